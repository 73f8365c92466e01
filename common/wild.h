/* SPDX-License-Identifier: ISC */
/*
 * A pattern: `*' is any run of bytes, `%' one byte, `$x' the byte x itself; upper
 * and lower case of ASCII are the same.  One of names (nameform.h) is folded, and
 * one is a character in it.
 *
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef WILD_H
#define WILD_H

#include "common/record.h"

#include <stdint.h>

enum { WILD_ONE = 256, WILD_RUN = 257 };

struct wild {
	const uint16_t *p;	/* bytes in lower case, WILD_ONE, WILD_RUN */
	size_t n;
	bool chars;		/* WILD_ONE is a character of UTF-8, not a byte */
};

/* text into out, which has room for text.n; false: it ends in a bare `$'. */
bool wild_make(struct wild *w, struct span text, uint16_t *out);

/*
 * The steps taken, at most about the product of both lengths, are taken off
 * *steps; at 0 the answer is false and means nothing.
 */
bool wild_match(struct wild w, struct span text, unsigned long long *steps);

/* Does it match whatever there is? */
bool wild_any(struct wild w);

/*
 * Does it match all that `narrow' does?  Never true where it does not; false for
 * some pairs of which it does.
 */
bool wild_covers(struct wild w, struct wild narrow);

#endif
