/* SPDX-License-Identifier: ISC */
#include "common/clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint32_t from, to;
};

/* What must not be shown, beyond the control characters. */
static const struct range HIDDEN[] = {
	{ 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
	{ 0x2066, 0x2069 }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xfffe, 0xffff }, { 0xe0000, 0xe007f },
};

/* What else is not seen: all of Default_Ignorable_Code_Point (Unicode 15). */
static const struct range IGNORABLE[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

/* The smallest character that needs so many bytes. */
static const uint32_t LEAST[] = { 0, 0, 0x80, 0x800, 0x10000 };

/* The character at p and its length, 0 where there is none. */
static size_t
sequence(const unsigned char *p, size_t n, uint32_t *c)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 0;

	if (len == 0 || len > n)
		return 0;
	*c = len == 1 ? p[0] : p[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < LEAST[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

static bool
among(uint32_t c, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static bool
hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    among(c, HIDDEN, sizeof HIDDEN / sizeof HIDDEN[0]);
}

/* The length without the blanks at the end of the last line. */
static size_t
trim(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

static size_t
clean(char *p, size_t n, bool lines)
{
	size_t i = 0, out = 0, len;
	uint32_t c;

	while (i < n) {
		if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t') {
			char white = p[i++];

			if (white == '\r' && i < n && p[i] == '\n')
				white = p[i++];
			if (lines && white == '\n')
				out = trim(p, out);
			p[out++] = !lines ? ' ' : white == '\r' ? '?' : white;
			continue;
		}
		len = sequence((const unsigned char *)p + i, n - i, &c);
		if (len == 0 || hidden(c)) {
			p[out++] = '?';
			i += len == 0 ? 1 : len;
			continue;
		}
		memmove(p + out, p + i, len);
		out += len;
		i += len;
	}
	return lines ? trim(p, out) : out;
}

size_t
clean_text(char *p, size_t n)
{
	return clean(p, n, true);
}

size_t
clean_line(char *p, size_t n)
{
	return clean(p, n, false);
}

size_t
clean_seen(const char *p, size_t n)
{
	uint32_t c;
	size_t len = n == 0 ? 0 : sequence((const unsigned char *)p, n, &c);

	if (len == 0 || hidden(c) ||
	    among(c, IGNORABLE, sizeof IGNORABLE / sizeof IGNORABLE[0]))
		return 0;
	return len;
}

size_t
clean_cut(const char *p, size_t n, size_t max)
{
	if (n <= max)
		return n;
	n = max;
	while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return n;
}
