/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that says how far something is, where it takes longer than a
 * second; nothing where standard error is no terminal.  It is written over, never
 * scrolled, and is gone before anything else is written: whoever writes erases it first.
 */
#ifndef TERMLINE_H
#define TERMLINE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	TERMLINE_QUIET = 1000,	/* ms in which nothing is shown */
	TERMLINE_EVERY = 200,	/* ms between two lines */
	TERMLINE_MAX = 200	/* bytes of a line */
};

struct termline {
	bool on;		/* standard error is a terminal */
	long long start, last;	/* ms of clock_ms */
	size_t shown;		/* bytes of the line that is there */
};

void termline_start(struct termline *t);

/* Is it time for a line?  Then it counts as shown now. */
bool termline_due(struct termline *t);

/* How many bytes fit on the terminal without a wrap. */
size_t termline_width(void);

/* n bytes of clean text, in place of what was there; cut at termline_width. */
void termline_show(struct termline *t, const char *text, size_t n);

void termline_erase(struct termline *t);

#endif
