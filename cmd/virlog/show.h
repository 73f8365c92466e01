/* SPDX-License-Identifier: ISC */
/*
 * A log for people: what is coded is decoded, and nothing that a sender wrote does
 * anything to a terminal.  man/virlog.1 has the rules.
 *
 * Pure.  What comes out is seen (clean_seen) save blanks, and two lines that differ are
 * shown differently: a backslash is two, a byte that is not shown \xHH.  Only what is in
 * every byte as virlog writes it is decoded, and has LOGKIND_MARK plain; in any other line
 * the bracket of the mark is \x5B.  A { before the mark is \x7B in the first, save that of
 * an object.
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SHOW_KEPT = 16,
	SHOW_LINE = 8192,		/* bytes of a line that may be one of ours */
	SHOW_ROOM = 4 * SHOW_LINE	/* for what is shown of them */
};

/*
 * n bytes (at most SHOW_LINE) of what is not coded into to, SHOW_ROOM bytes; returns how
 * many were written.  *used: how many of the n were shown; the others, fewer than
 * SHOW_KEPT, may begin a character or the mark.  end: nothing follows, and all are shown.
 */
size_t show_bytes(char *to, const char *p, size_t n, bool end, size_t *used);

/* A line of at most SHOW_LINE bytes, without its newline, whatever it is. */
size_t show_line(char *to, const char *line, size_t n);

#endif
