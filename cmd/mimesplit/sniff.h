/* SPDX-License-Identifier: ISC */
/*
 * What else a leaf may hold: files inside a text, a container known by its
 * first bytes, base64 that no field speaks of.  It only says that there is
 * something; carry.h takes it out.  Most bytes are passed over by memchr.
 *
 * A line ends at LF and, in what is said to be a text, at CR; elsewhere at CR only
 * in a piece that has no LF.  But for that, nothing depends on the cut.
 */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>
#include <stddef.h>

enum carrier {
	CARRIER_UU = 1,		/* uuencode, begin-base64 */
	CARRIER_YENC = 2,
	CARRIER_BINHEX = 4,
	CARRIER_MESSAGE = 8,	/* a head inside a text: a bounce, mostly */
	CARRIER_DATA = 16,	/* data: URIs */
	CARRIER_TNEF = 32,
	CARRIER_CMS = 64,	/* S/MIME, signed and opaque */
	CARRIER_ICAL = 128,	/* attachments of calendars and address cards */
	CARRIER_PGP = 256,	/* OpenPGP: what needs no key */
	CARRIER_MAC = 512,	/* AppleSingle, AppleDouble, MacBinary */
	CARRIER_SRCDOC = 1024	/* pages in attributes of a page */
};

/* What a client looks for in some kinds of leaf only. */
enum look {
	LOOK_MARKUP = 1,	/* data: URIs */
	LOOK_BINHEX = 2,	/* its first line may be the data already */
	LOOK_WIDE = 4,		/* the text may be in UTF-16 */
	LOOK_NO_HEADS = 8,	/* not for messages in it */
	LOOK_UU = 16,		/* uuencode is its coding: not for people */
	LOOK_CMS = 32,		/* it is said to be S/MIME */
	LOOK_PGP = 64,		/* it is said to be OpenPGP */
	LOOK_ICAL = 128,	/* it is said to be a calendar or a card */
	LOOK_TEXT = 256		/* it is said to be a text */
};

enum { SNIFF_LINE = 512, SNIFF_FIRST = 1024, SNIFF_BACK = 32 };

struct sniff {
	unsigned look;
	unsigned found;		/* enum carrier bits */
	char first[SNIFF_FIRST];	/* the first bytes: they say what it is */
	size_t nfirst;
	char line[SNIFF_LINE];	/* the start of a line, cut by a piece's end */
	size_t nline;
	bool start;		/* line is being filled */
	char last[SNIFF_BACK];	/* the bytes before, for `data:' and the like */
	unsigned long long alphabet, blanks, others;	/* of base64, or not */
	bool count;		/* all bytes are counted, else until one is other */
};

void sniff_start(struct sniff *s, unsigned look, bool count);
void sniff_feed(struct sniff *s, const char *p, size_t n);
void sniff_end(struct sniff *s);

/* Could the whole of it be base64?  sure: nothing else was said of it. */
bool sniff_base64(const struct sniff *s, bool sure);

#endif
