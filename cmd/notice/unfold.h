/* SPDX-License-Identifier: ISC */
/* The fields of a head from its lines.  Pure. */
#ifndef NOTICE_UNFOLD_H
#define NOTICE_UNFOLD_H

#include "common/record.h"

enum { UNFOLD_MAX = 1000 };	/* bytes of a field; what is over is left out */

/* Zeroed before the first line. */
struct unfold {
	size_t n;
	char field[UNFOLD_MAX];
	char next[UNFOLD_MAX];
	size_t nextlen;
};

/* A field: its name, and its value with the blanks of its folds. */
struct field {
	struct span name, value;
};

/*
 * A line of the head without its line end; after the last one an empty line.  true: it
 * ended a field, which is good until the next call.
 */
bool unfold_line(struct unfold *u, struct span line, struct field *f);

/* Equal but for the case of ASCII. */
bool unfold_is(struct span s, const char *text);

#endif
