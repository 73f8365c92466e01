/* SPDX-License-Identifier: ISC */
#include "common/uu.h"

#include <string.h>

/* Trailing CR and blanks go. */
static size_t
trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

bool
uu_begin(const char *p, size_t n, struct span *name)
{
	size_t i = 6, digits = 0;

	n = trimmed(p, n);
	if (n < 7 || memcmp(p, "begin ", 6) != 0)
		return false;
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		digits++;
	if (digits < 3 || digits > 6 || i >= n || p[i] != ' ')
		return false;
	while (i < n && p[i] == ' ')
		i++;
	name->p = p + i;
	name->n = n - i;
	return name->n > 0;
}

bool
uu_end(const char *p, size_t n)
{
	return trimmed(p, n) == 3 && memcmp(p, "end", 3) == 0;
}

static unsigned
sixbits(const char *p, size_t n, size_t i)
{
	return i < n ? ((unsigned)(unsigned char)p[i] - ' ') & 63 : 0;
}

int
uu_data(const char *p, size_t n, char *out)
{
	size_t bytes, o = 0;

	while (n > 0 && p[n - 1] == '\r')
		n--;
	if (n == 0 || p[0] < ' ' || p[0] > '`')
		return -1;
	bytes = ((unsigned)p[0] - ' ') & 63;
	/* one character of check sum, and blanks, may follow */
	if (trimmed(p, n) > 1 + (bytes + 2) / 3 * 4 + 1)
		return -1;
	for (size_t i = 1; i < n; i++)
		if (p[i] < ' ' || p[i] > '`')
			return -1;
	for (size_t i = 1; o < bytes; i += 4) {
		unsigned q = sixbits(p, n, i) << 18 | sixbits(p, n, i + 1) << 12 |
		    sixbits(p, n, i + 2) << 6 | sixbits(p, n, i + 3);

		for (int shift = 16; shift >= 0 && o < bytes; shift -= 8)
			out[o++] = (char)(q >> shift);
	}
	return (int)bytes;
}
