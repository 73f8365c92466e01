/* SPDX-License-Identifier: ISC */
/*
 * Is what stands before the first delimiter of a multipart, or after the last,
 * nothing but words?  "This is a multi-part message in MIME format." is in most
 * mails, and nothing that a client opens.  An address of the web may be long.
 */
#ifndef PROSE_H
#define PROSE_H

#include <stdbool.h>
#include <stddef.h>

enum { PROSE_MAX = 1000, PROSE_WORD = 30, PROSE_ALONE = 16, PROSE_URL = 200 };

struct prose {
	size_t n, word;		/* bytes; of the word */
	size_t words, longest;	/* of the line */
	char start[5];		/* of the word */
	bool mixed;		/* the line is no row of one sign */
	size_t url;		/* of the word: what it has of "https://" */
	bool other;		/* something that is no prose */
	bool begin;		/* a line as uuencode begins with */
};

/* Bytes in any cut; begin with a struct of zeros. */
void prose_feed(struct prose *s, const char *p, size_t n);

#endif
