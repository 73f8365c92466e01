/* SPDX-License-Identifier: ISC */
/*
 * Does a file's name end in a listed suffix, as any client may read it?
 *
 * Pure but for memory.
 */
#ifndef SUFFIX_H
#define SUFFIX_H

#include "cmd/suffixcheck/fold.h"

/*
 * The listed suffixes, each made by suffix_item, and the names that may end in
 * them all the same, each made by suffix_exception.
 */
struct suffixes {
	struct span *item;
	size_t n;
	struct span *except;
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
 * a * or ? inside.  false: no memory.
 */
bool suffix_item(struct fold *f, struct span text, struct span *item);

/*
 * Makes an exception, in which * is any characters and ? one: the same way.  Its
 * length is 0 where it would be of no name or of all: a blank or a separator
 * inside, nothing but wildcards and dots, more than 255 characters.
 */
bool suffix_exception(struct fold *f, struct span text, struct span *glob);

/*
 * Tries every reading of the name, in a fixed order: 1 at the first of which a
 * form ends in an item and matches no exception, 0, or -1: no memory.
 */
int suffix_hit(const struct suffixes *list, struct span name, struct fold *f,
    struct hit *hit);

/* The last component of a path that is not blank; else the first. */
struct span suffix_component(struct span path);

/*
 * The path of a URL (RFC 3986 3) after its scheme and authority, without query and
 * fragment; of cid: and mid:, which name no file (RFC 2392), none.  What has no
 * scheme is a path.
 */
struct span suffix_location(struct span url);

/* Does it end in a colon, a dollar and a word (a stream of NTFS)?  Where; else n. */
size_t suffix_stream(struct span name);

#endif
