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

static size_t
blanks_end(const char *p, size_t n, size_t i)
{
	while (i < n && blank(p[i]))
		i++;
	return i;
}

static size_t
word_end(const char *p, size_t n, size_t i)
{
	while (i < n && !blank(p[i]))
		i++;
	return i;
}

/* The length of the word that begins the line, 0: none of them. */
static size_t
keyword(const char *p, size_t n, struct uu_head *h)
{
	static const char *const WORDS[] = { "begin-base64-encoded", "begin-base64",
	    "begin" };

	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
		size_t len = strlen(WORDS[i]);

		if (n < len || strncasecmp(p, WORDS[i], len) != 0 ||
		    (i < 2 && (n == len || !blank(p[len]))))
			continue;
		h->base64 = i < 2;
		h->coded = i == 0;
		return len;
	}
	return 0;
}

/* Digits in the C language's ways, and those of Python; 0: this is no mode. */
static size_t
digits(const char *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] >= '0' && p[i] <= '7')
			k++;
		else if (p[i] != '+' && p[i] != '_' && !(p[i] == 'o' && k == 1))
			return 0;
	}
	return k;
}

bool
uu_begin(const char *p, size_t n, struct uu_head *h)
{
	size_t at, mode, end, modes;

	n = trimmed(p, n);
	if ((at = keyword(p, n, h)) == 0)
		return false;
	mode = blanks_end(p, n, at);
	end = word_end(p, n, mode);
	modes = digits(p + mode, end - mode);
	h->name.p = p + blanks_end(p, n, end);
	h->name.n = (size_t)(p + n - h->name.p);
	if (at < n && mode == at)
		h->trust = UU_NONE;
	else if (modes == 0)
		h->trust = UU_WORD;
	else if (end - mode == modes && (modes == 3 || modes == 4) &&
	    h->name.n == word_end(h->name.p, h->name.n, 0))
		h->trust = UU_SURE;
	else
		h->trust = UU_MODE;
	if (modes == 0 && h->name.n == 0) {	/* no mode but a name */
		h->name.p = p + mode;
		h->name.n = n - mode;
	}
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

/* The characters that a line of so many bytes has. */
static size_t
length(size_t bytes)
{
	return 1 + (bytes + 2) / 3 * 4;
}

static bool
within(const char *p, size_t n, char from, char to)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < from || p[i] > to)
			return false;
	return true;
}

static bool
is_data(const char *p, size_t n, size_t bytes, enum uu_how how)
{
	size_t need = length(bytes);

	switch (how) {
	case UU_ANY:
	case UU_STREAM:
		return true;
	case UU_STRICT:
		for (size_t i = 0; i < n; i++)
			if (p[i] >= 'a' && p[i] <= 'z')
				return false;
		return (bytes + 2) / 3 == (n + 1) / 4;
	default:
		/* a check sum, and whatever it is, may follow */
		return n == need || (within(p, 1, ' ', '`') &&
		    within(p, n < need ? n : need, ' ', '~'));
	}
}

int
uu_data(const char *p, size_t n, enum uu_how how, char *out)
{
	size_t bytes, o = 0;

	while (n > 0 && p[n - 1] == '\r')
		n--;
	if (n == 0)
		return -1;
	bytes = sixbits(p, n, 0);
	if (!is_data(p, n, bytes, how))
		return -1;
	if (n > length(bytes))
		n = length(bytes);
	for (size_t i = 1; o < bytes; i += 4) {
		unsigned q = sixbits(p, n, i) << 18 | sixbits(p, n, i + 1) << 12 |
		    sixbits(p, n, i + 2) << 6 | sixbits(p, n, i + 3);

		for (int shift = 16; shift >= 0 && o < bytes; shift -= 8)
			out[o++] = (char)(q >> shift);
	}
	return (int)bytes;
}

int
uu_stream(struct uu_stream *u, const char *p, size_t n, char *out)
{
	int o = 0;

	while (n > 0 && p[n - 1] == '\r')
		n--;
	for (size_t i = 0; i < n; i++) {
		unsigned six = sixbits(p, n, i);

		if (i == 0 || u->left == 0) {
			u->left = six;
			continue;
		}
		u->group = (u->group << 6 | six) & 0xffffff;
		if (++u->have < 4)
			continue;
		for (int shift = 16; shift >= 0 && u->left > 0; shift -= 8, u->left--)
			out[o++] = (char)(u->group >> shift);
		u->have = 0;
	}
	return o;
}

/* A ruler is as long as it says by chance. */
static bool
ruler(const char *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (p[i] != p[0])
			return false;
	return true;
}

bool
uu_proves(const char *p, size_t n, enum uu_trust trust, bool first)
{
	size_t need;
	bool whole, alphabet;

	while (n > 0 && p[n - 1] == '\r')
		n--;
	if (n < 2 || trust == UU_NONE || ruler(p, n))
		return false;
	need = length(sixbits(p, n, 0));
	whole = n == need || n == need + 1;	/* with a check sum */
	alphabet = within(p, n < need ? n : need, ' ', '`');
	if (trust == UU_WORD)
		return whole && alphabet;
	return (whole && first) || (alphabet && n + 3 >= need && n <= need + 2);
}
