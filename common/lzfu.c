/* SPDX-License-Identifier: ISC */
#include "common/lzfu.h"

#include <string.h>

/* What the dictionary holds at first, MS-OXRTFCP 2.1.2.1. */
static const char FIRST[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

void
lzfu_start(struct lzfu *l)
{
	l->at = LZFU_HEADER;
	l->head_n = 0;
	l->pos = sizeof FIRST - 1;
	memset(l->dict, 0, sizeof l->dict);
	memcpy(l->dict, FIRST, l->pos);
}

static void
out(struct lzfu *l, struct tell *t, char c)
{
	l->dict[l->pos] = c;
	l->pos = (l->pos + 1) % LZFU_DICT;
	tell_byte(t, c);
}

static void
header(struct lzfu *l, struct tell *t)
{
	if (memcmp(l->head + 8, "LZFu", 4) == 0) {
		l->at = LZFU_FLAGS;
		return;
	}
	if (memcmp(l->head + 8, "MELA", 4) != 0)
		tell_data(t, l->head, LZFU_HEAD);
	l->at = LZFU_PLAIN;
}

/* The next item, or the next eight flags. */
static void
next(struct lzfu *l)
{
	l->flags >>= 1;
	l->at = l->flags == 1 ? LZFU_FLAGS : LZFU_ITEM;
}

/* A reference: 12 bits where, 4 bits how much; to where we are: the end. */
static void
reference(struct lzfu *l, struct tell *t, unsigned w)
{
	unsigned from = w >> 4, n = (w & 15) + 2;

	if (from == l->pos) {
		l->at = LZFU_DONE;
		return;
	}
	for (unsigned i = 0; i < n; i++)
		out(l, t, l->dict[(from + i) % LZFU_DICT]);
	next(l);
}

static void
byte(struct lzfu *l, struct tell *t, char c)
{
	switch (l->at) {
	case LZFU_HEADER:
		l->head[l->head_n++] = c;
		if (l->head_n == LZFU_HEAD)
			header(l, t);
		break;
	case LZFU_FLAGS:
		l->flags = (unsigned char)c | 0x100U;
		l->at = LZFU_ITEM;
		break;
	case LZFU_ITEM:
		if (l->flags & 1) {
			l->high = (unsigned char)c;
			l->at = LZFU_LOW;
		} else {
			out(l, t, c);
			next(l);
		}
		break;
	case LZFU_LOW:
		reference(l, t, l->high << 8 | (unsigned char)c);
		break;
	default:
		break;
	}
}

void
lzfu_feed(struct lzfu *l, struct tell *t, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end && l->at != LZFU_PLAIN && l->at != LZFU_DONE)
		byte(l, t, *p++);
	if (p < end && l->at == LZFU_PLAIN)
		tell_data(t, p, (size_t)(end - p));
}
