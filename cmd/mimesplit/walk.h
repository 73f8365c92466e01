/* SPDX-License-Identifier: ISC */
/*
 * The walk: one pass over a message, or a range of bytes, line by line, with a
 * stack of the entities that are open (RFC 2046 5.1).
 *
 *	window --lines--> delimiter? --> closes and opens entities
 *	                  head?      --> head, then kind_of
 *	                  body?      --> leaf --> parts/N
 *	the end of an entity --> what else it may be --> agenda
 *
 * A line that begins with "--" is held against the boundaries of all open
 * multiparts; the line end before a delimiter belongs to the delimiter.  A
 * delimiter of an outer multipart closes the inner ones, and so does the end.
 */
#ifndef WALK_H
#define WALK_H

#include "cmd/mimesplit/split.h"

/* The message itself, from the split's window, which was begun by the caller. */
void walk_message(struct split *s);

/* What a task says; its bytes are read through the split's window from fd. */
void walk_task(struct split *s, const struct task *t, int fd);

#endif
