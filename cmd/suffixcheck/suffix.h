/* SPDX-License-Identifier: ISC */
/*
 * Does a file's name end in a listed suffix, as any client may read it?
 *
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef SUFFIX_H
#define SUFFIX_H

#include "common/record.h"

/* The listed suffixes, each made by suffix_item. */
struct suffixes {
	struct span *item;
	size_t n;
};

struct hit {
	const char *why;	/* the reading that hit: the word for why= */
	struct span item;	/* points into the list */
};

/*
 * Makes an item of a list from what a person wrote: `*.EXE', `.exe' and `exe'
 * are the same.  to has room for text.n + 1 bytes.  Returns the item's length,
 * or 0 where no name could end in it: nothing but dots, a blank or a path
 * separator inside.
 */
size_t suffix_item(char *to, struct span text);

/*
 * Tries every reading of the name, in a fixed order; true at the first that
 * ends in an item.  room is scratch of name.n bytes.
 */
bool suffix_hit(const struct suffixes *list, struct span name, char *room,
    struct hit *hit);

#endif
