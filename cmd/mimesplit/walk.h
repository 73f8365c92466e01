/* SPDX-License-Identifier: ISC */
/*
 * The walk: one pass over a message, line by line, with a stack of the
 * entities that are open (RFC 2046 5.1).
 *
 *	window --lines--> delimiter? --> closes and opens entities
 *	                  head?      --> head, then kind_of
 *	                  body?      --> leaf --> parts/N
 *
 * A line that begins with "--" is held against the boundaries of all open
 * multiparts; the line end before a delimiter belongs to the delimiter.  A
 * delimiter of an outer multipart closes the inner ones, and so does the end.
 */
#ifndef WALK_H
#define WALK_H

#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/window.h"

/*
 * Splits the message itself (whole = true; its ranges are told), or the
 * message that stands decoded in part number `of'.  The window is the
 * caller's.  Every encoded message found is a part with a file and waits in
 * pending.
 */
struct pending {
	unsigned long *part;	/* owned */
	size_t n, room;
};

void walk(struct split *s, struct window *window, bool whole, unsigned long of,
    struct pending *pending);

#endif
