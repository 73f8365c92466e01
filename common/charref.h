/* SPDX-License-Identifier: ISC */
/*
 * Character references of HTML, a character at a time: the numeric ones, in
 * UTF-8, and the named ones for ASCII that matter, with a semicolon or, of four
 * of them, without one (WHATWG HTML 13.2.5.73, in attributes).  Pure.
 */
#ifndef CHARREF_H
#define CHARREF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHARREF_NAME = 8,
	CHARREF_OUT = CHARREF_NAME + 2
};

struct charref {
	enum { CHARREF_NONE, CHARREF_AMP, CHARREF_HASH, CHARREF_HEX, CHARREF_HEXDIGITS,
	    CHARREF_DIGITS, CHARREF_NAMED } at;
	uint32_t code;
	size_t name_n;
	char name[CHARREF_NAME];
	/* What came of it: the caller takes it, and sets n to 0. */
	bool decoded;		/* else it was no reference: as it stood */
	size_t n;
	char out[CHARREF_OUT];
};

void charref_start(struct charref *r);

/* After an ampersand, which is the reference's. */
void charref_begin(struct charref *r);

/* Is one under way? */
static inline bool
charref_open(const struct charref *r)
{
	return r->at != CHARREF_NONE;
}

/* A character while it is; false: it ended before that one. */
bool charref_byte(struct charref *r, char c);

/* The input ends. */
void charref_end(struct charref *r);

#endif
