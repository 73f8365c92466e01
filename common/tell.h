/* SPDX-License-Identifier: ISC */
/*
 * How the decoders of carriers tell a struct carried: single bytes are
 * gathered, so that one costs a store, and what is told keeps its order.
 *
 * Invariant: between tell_file and tell_end a file is open; names and data are
 * told only then.  Pure.
 */
#ifndef TELL_H
#define TELL_H

#include "common/carried.h"

#include <stdbool.h>

enum {
	TELL_NAME = 1024,	/* bytes that a decoder keeps of a name */
	TELL_BYTES = 1024
};

struct tell {
	struct carried to;
	bool open;
	size_t n;
	char buf[TELL_BYTES];
};

void tell_start(struct tell *t, const struct carried *to);

/* The next file; ends the one before. */
void tell_file(struct tell *t);

/*
 * A name, without the blanks around it; where quotes stand around it, or it
 * goes on behind a NUL, it is told without that too: three times at the most.
 */
void tell_name(struct tell *t, const char *p, size_t n);

void tell_data(struct tell *t, const char *p, size_t n);

/* n times the same byte. */
void tell_run(struct tell *t, char c, size_t n);

/* Ends the file, if there is one. */
void tell_end(struct tell *t);

void tell_flush(struct tell *t);

static inline void
tell_byte(struct tell *t, char c)
{
	if (t->n == sizeof t->buf)
		tell_flush(t);
	t->buf[t->n++] = c;
}

#endif
