/* SPDX-License-Identifier: ISC */
#include "common/binhex.h"

#include <string.h>

#define NO 0xff	/* not of the alphabet */
#define R4 NO, NO, NO, NO
#define R16 R4, R4, R4, R4

static const uint8_t VALUE[256] = {
	R16, R16,
	NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, NO, NO,
	13, 14, 15, 16, 17, 18, 19, NO, 20, 21, NO, NO, NO, NO, NO, NO,
	22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, NO,
	37, 38, 39, 40, 41, 42, 43, NO, 44, 45, 46, 47, NO, NO, NO, NO,
	48, 49, 50, 51, 52, 53, 54, NO, 55, 56, 57, 58, 59, 60, NO, NO,
	61, 62, 63, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	R16, R16, R16, R16, R16, R16, R16, R16
};

/* Older programs wrote other versions, or none. */
static const char SENTENCE[] = "(This file must be converted";

enum { RUN = 0x90 };

void
binhex_start(struct binhex *b, const struct carried *to)
{
	tell_start(&b->tell, to);
	b->bare = false;
	b->inside = false;
	b->blank = true;
	b->matched = 0;
}

static void
begin(struct binhex *b)
{
	b->bits = 0;
	b->have = 0;
	b->run = false;
	b->last = 0;
	b->at = BINHEX_LENGTH;
	b->left = 1;
	b->head_n = 0;
}

static uint32_t
number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
file(struct binhex *b)
{
	tell_file(&b->tell);
	tell_name(&b->tell, (const char *)b->head + 1, b->head[0]);
}

/* What follows, until it is something of at least one byte. */
static void
next(struct binhex *b)
{
	const unsigned char *sizes = b->head + 1 + b->head[0] + 11;

	while (b->left == 0) {
		switch (b->at) {
		case BINHEX_LENGTH:
			b->at = BINHEX_HEADER;
			b->left = b->head[0] + 21U;
			break;
		case BINHEX_HEADER:
			file(b);
			b->at = BINHEX_DATA;
			b->left = number(sizes);
			break;
		case BINHEX_DATA:
			tell_end(&b->tell);
			b->at = BINHEX_DATASUM;
			b->left = 2;
			break;
		case BINHEX_DATASUM:
			b->at = BINHEX_RSRC;
			b->left = number(sizes + 4);
			if (b->left > 0)
				file(b);
			break;
		case BINHEX_RSRC:
			tell_end(&b->tell);
			b->at = BINHEX_RSRCSUM;
			b->left = 2;
			break;
		default:
			b->at = BINHEX_BEHIND;
			b->left = UINT64_MAX;
			break;
		}
	}
}

/* n times the byte c. */
static void
put(struct binhex *b, unsigned char c, size_t n)
{
	while (n > 0) {
		size_t k = n < b->left ? n : (size_t)b->left;

		if (b->at == BINHEX_LENGTH || b->at == BINHEX_HEADER) {
			memset(b->head + b->head_n, c, k);
			b->head_n += k;
		} else if (b->at == BINHEX_BEHIND) {
			/* encoders fill up with zeros */
			if (!b->tell.open && c != 0)
				file(b);
			if (b->tell.open)
				tell_run(&b->tell, (char)c, k);
		} else if (b->tell.open) {
			tell_run(&b->tell, (char)c, k);
		}
		n -= k;
		b->left -= k;
		if (b->left == 0)
			next(b);
	}
}

static void
byte(struct binhex *b, unsigned char c)
{
	if (b->run) {
		b->run = false;
		if (c == 0)
			put(b, b->last = RUN, 1);
		else
			put(b, b->last, c - 1U);
	} else if (c == RUN) {
		b->run = true;
	} else {
		b->last = c;
		if (b->at == BINHEX_DATA && b->left > 1) {
			tell_byte(&b->tell, (char)c);
			b->left--;
		} else {
			put(b, c, 1);
		}
	}
}

static void
inside(struct binhex *b, unsigned value)
{
	b->bits = b->bits << 6 | value;
	b->have += 6;
	if (b->have >= 8) {
		b->have -= 8;
		byte(b, (unsigned char)(b->bits >> b->have));
	}
}

static void
outside(struct binhex *b, char c)
{
	if (c == SENTENCE[b->matched])
		b->matched++;
	else
		b->matched = c == SENTENCE[0] ? 1 : 0;
	if (SENTENCE[b->matched] == '\0') {
		b->bare = true;
		b->matched = 0;
	}
}

void
binhex_feed(struct binhex *b, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		unsigned value = VALUE[(unsigned char)*p];

		if (b->inside && value != NO) {
			inside(b, value);
		} else if (*p == ':') {
			/* at a line start it may be the end of one, the begin
			   of the next, or both */
			tell_end(&b->tell);
			b->inside = b->blank && b->bare;
			b->matched = 0;
			begin(b);
		} else if (!b->inside) {
			outside(b, *p);
		}
		if (*p == '\n' || *p == '\r')
			b->blank = true;
		else if (*p != ' ' && *p != '\t')
			b->blank = false;
	}
}

void
binhex_end(struct binhex *b)
{
	tell_end(&b->tell);
}
