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

/* The length of the word that begins the line, 0: none of them. */
static size_t
keyword(const char *p, size_t n, bool *base64)
{
	static const char PLAIN[] = "begin ", BASE64[] = "begin-base64",
	    ENCODED[] = "-encoded";
	size_t len = sizeof BASE64 - 1;

	*base64 = false;
	if (n >= sizeof PLAIN - 1 && memcmp(p, PLAIN, sizeof PLAIN - 1) == 0)
		return sizeof PLAIN - 1;
	if (n < len || memcmp(p, BASE64, len) != 0)
		return 0;
	*base64 = true;
	if (n - len >= sizeof ENCODED - 1 && memcmp(p + len, ENCODED, sizeof ENCODED - 1) == 0)
		len += sizeof ENCODED - 1;
	return len < n && p[len] == ' ' ? len + 1 : 0;
}

bool
uu_begin(const char *p, size_t n, struct span *name, bool *base64)
{
	size_t i, digits = 0;

	n = trimmed(p, n);
	if ((i = keyword(p, n, base64)) == 0)
		return false;
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		digits++;
	if (digits < 3 || digits > 6 || (i < n && p[i] != ' '))
		return false;
	while (i < n && p[i] == ' ')
		i++;
	name->p = p + i;
	name->n = n - i;
	return true;
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
	/* a check sum, and whatever it is, may follow */
	if (n > 1 + (bytes + 2) / 3 * 4)
		n = 1 + (bytes + 2) / 3 * 4;
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
