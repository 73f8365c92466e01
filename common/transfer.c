/* SPDX-License-Identifier: ISC */
#include "common/transfer.h"

#include <string.h>

#define NO 0xff	/* not of the alphabet */
#define R4 NO, NO, NO, NO
#define R16 R4, R4, R4, R4

static const uint8_t VALUE[256] = {
	R16, R16,
	R4, R4, NO, NO, NO, 62, NO, NO, NO, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, R4,
	NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, R4,
	NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, R4,
	R16, R16, R16, R16, R16, R16, R16, R16
};

void
transfer_start(struct transfer *t, enum transfer_coding coding)
{
	t->coding = coding;
	t->bits = 0;
	t->have = 0;
	t->kept = 0;
}

/* The bytes of a quantum that ends early: 2 characters give 1, 3 give 2. */
static size_t
base64_flush(struct transfer *t, char *out)
{
	size_t n = 0;

	if (t->have == 2)
		out[n++] = (char)(t->bits >> 4);
	if (t->have == 3) {
		out[n++] = (char)(t->bits >> 10);
		out[n++] = (char)(t->bits >> 2);
	}
	t->have = 0;
	t->bits = 0;
	return n;
}

static size_t
base64_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	const unsigned char *at = (const unsigned char *)p, *end = at + n;
	char *o = out;

	while (at < end) {
		while (t->have == 0 && end - at >= 4) {
			uint8_t a = VALUE[at[0]], b = VALUE[at[1]];
			uint8_t c = VALUE[at[2]], d = VALUE[at[3]];
			uint32_t q;

			if ((a | b | c | d) & 0x80)
				break;
			q = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
			o[0] = (char)(q >> 16);
			o[1] = (char)(q >> 8);
			o[2] = (char)q;
			o += 3;
			at += 4;
		}
		if (at == end)
			break;
		if (*at == '=')
			o += base64_flush(t, o);
		else if (VALUE[*at] != NO) {
			t->bits = t->bits << 6 | VALUE[*at];
			if (++t->have == 4) {
				*o++ = (char)(t->bits >> 16);
				*o++ = (char)(t->bits >> 8);
				*o++ = (char)t->bits;
				t->have = 0;
				t->bits = 0;
			}
		}
		at++;
	}
	return (size_t)(o - out);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * keep holds one of: blanks that a line end may follow (a CR is one of them,
 * as it may be the line end's), or `=' with what may become an escape or a
 * soft line break.  This is what becomes of it when the byte c comes; false: c
 * has been used up.
 */
static bool
qp_resolve(struct transfer *t, char c, char **out)
{
	char *k = t->keep;
	bool used = false;

	if (k[0] == '=') {
		if (c == '\n')
			used = true;		/* a soft break: all of it goes */
		else if (t->kept == 2 && hex(k[1]) >= 0 && hex(c) >= 0) {
			*(*out)++ = (char)(hex(k[1]) << 4 | hex(c));
			used = true;
		}
	} else if (c == '\n') {
		if (k[t->kept - 1] == '\r')
			*(*out)++ = '\r';
		*(*out)++ = '\n';
		used = true;
	}
	if (!used) {
		memcpy(*out, k, t->kept);
		*out += t->kept;
	}
	t->kept = 0;
	return !used;
}

/* Does c go on what is kept, undecided still? */
static bool
qp_undecided(const struct transfer *t, char c)
{
	if (t->kept == sizeof t->keep)
		return false;
	if (t->keep[0] != '=')
		return blank(c);
	if (t->kept == 1)
		return hex(c) >= 0 || blank(c);
	return blank(t->keep[1]) && blank(c);
}

static size_t
qp_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	char *o = out;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (t->kept > 0) {
			if (qp_undecided(t, c)) {
				t->keep[t->kept++] = c;
				continue;
			}
			if (!qp_resolve(t, c, &o))
				continue;
		}
		if (c == '=' || blank(c))
			t->keep[t->kept++] = c;
		else
			*o++ = c;
	}
	return (size_t)(o - out);
}

size_t
transfer_feed(struct transfer *t, const char *p, size_t n, char *out)
{
	if (t->coding == TRANSFER_BASE64)
		return base64_feed(t, p, n, out);
	if (t->coding == TRANSFER_QP)
		return qp_feed(t, p, n, out);
	memcpy(out, p, n);
	return n;
}

size_t
transfer_end(struct transfer *t, char *out)
{
	size_t n = t->kept;

	if (t->coding == TRANSFER_BASE64)
		return base64_flush(t, out);
	/* blanks before the end go, and so does a soft break: its line end
	   belongs to the delimiter */
	if (n > 0 && (t->keep[0] != '=' || n == 1 || blank(t->keep[1])))
		n = 0;
	memcpy(out, t->keep, n);
	t->kept = 0;
	return n;
}
