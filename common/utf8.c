/* SPDX-License-Identifier: ISC */
#include "common/utf8.h"

static char
next(uint32_t c, unsigned shift)
{
	return (char)(0x80 | (c >> shift & 0x3f));
}

size_t
utf8_put(char *to, uint32_t c)
{
	size_t n = 0;

	if (c < 0x80) {
		to[n++] = (char)c;
		return n;
	}
	if (c < 0x800) {
		to[n++] = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			to[n++] = (char)(0xe0 | c >> 12);
		} else {
			to[n++] = (char)(0xf0 | c >> 18);
			to[n++] = next(c, 12);
		}
		to[n++] = next(c, 6);
	}
	to[n++] = next(c, 0);
	return n;
}
