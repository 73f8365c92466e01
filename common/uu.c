/* SPDX-License-Identifier: ISC */
#include "common/uu.h"

#include <string.h>
#include <strings.h>

/* Trailing CR and blanks go. */
static size_t
trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\0';
}

/* The length of the word that begins the line, 0: none of them. */
static size_t
keyword(const char *p, size_t n, bool *base64, bool *coded)
{
	static const char *const WORDS[] = { "begin-base64-encoded", "begin-base64",
	    "begin" };

	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
		size_t len = strlen(WORDS[i]);

		if (n > len && strncasecmp(p, WORDS[i], len) == 0 && blank(p[len])) {
			*base64 = i < 2;
			*coded = i == 0;
			return len + 1;
		}
	}
	return 0;
}

bool
uu_begin(const char *p, size_t n, struct span *name, bool *base64, bool *coded)
{
	size_t i, digits = 0;

	n = trimmed(p, n);
	if ((i = keyword(p, n, base64, coded)) == 0)
		return false;
	while (i < n && blank(p[i]))
		i++;
	for (; i < n && ((p[i] >= '0' && p[i] <= '7') || (p[i] == 'o' && digits == 1)); i++)
		digits++;
	if (digits < 1 || digits > 8 || (i < n && !blank(p[i])))
		return false;
	while (i < n && blank(p[i]))
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
		if (p[i] < ' ' || p[i] > '~')
			return -1;
	for (size_t i = 1; o < bytes; i += 4) {
		unsigned q = sixbits(p, n, i) << 18 | sixbits(p, n, i + 1) << 12 |
		    sixbits(p, n, i + 2) << 6 | sixbits(p, n, i + 3);

		for (int shift = 16; shift >= 0 && o < bytes; shift -= 8)
			out[o++] = (char)(q >> shift);
	}
	return (int)bytes;
}
