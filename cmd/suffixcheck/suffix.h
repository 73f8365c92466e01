/* SPDX-License-Identifier: ISC */
/*
 * Does a file's name end in a listed suffix, as any client may read it?
 *
 * Pure but for memory.
 */
#ifndef SUFFIX_H
#define SUFFIX_H

#include "common/nameform.h"

/*
 * The listed suffixes, each made by suffix_item, and the names that may end in
 * them all the same, each made by suffix_exception.
 */
struct suffixes {
	struct span *item;
	size_t n;
	struct wild *except;
	size_t excepts;
};

struct hit {
	const char *why;	/* the reading that hit: the word for why= */
	struct span item;	/* points into the list */
	struct span excepted;	/* the item that an exception took back last, or n is 0 */
};

/*
 * Makes an item of a list from what a person wrote: `*.EXE', `.exe' and `exe'
 * are the same.  *item is in memory of its own, the caller's.  Its length is 0
 * where no name could end in it: nothing but dots, a blank, a path separator, or
 * a * or ? inside; or where octets that are no UTF-8, or characters that are not
 * seen, would be left out of it.  false: no memory.
 */
bool suffix_item(struct fold *f, struct span text, struct span *item);

/*
 * Makes an exception, in which * is any characters and ? one: the same way.  Its
 * length is 0 where it would be of no name or of all: a blank or a separator
 * inside, nothing but wildcards and dots, more than 255 characters; or of others
 * than was meant, as above.  Its signs are the caller's to free.
 */
bool suffix_exception(struct fold *f, struct span text, struct wild *glob);

/*
 * Tries every reading of the name, in a fixed order: 1 at the first of which a
 * form ends in an item and matches no exception, 0, or -1: no memory.
 */
int suffix_hit(const struct suffixes *list, struct span name, struct fold *f,
    struct hit *hit);

#endif
