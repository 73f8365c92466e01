/* SPDX-License-Identifier: ISC */
/*
 * A log for people: what is coded is decoded, and nothing that a sender wrote does
 * anything to a terminal.  man/virlog.1 has the rules.
 *
 * Pure.  What comes out is clean (common/clean.h), and what went in can be made of it:
 * a backslash is two, a byte that is not shown \xHH.
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SHOW_LINE = 8192,		/* bytes of a line that may be one of ours */
	SHOW_ROOM = 4 * SHOW_LINE	/* for what is shown of them */
};

/*
 * n bytes (at most SHOW_LINE) of what is not coded into to, SHOW_ROOM bytes; returns how
 * many were written.  *used: how many of the n were shown; the others, fewer than four,
 * may begin a character.  end: nothing follows, and all are shown.
 */
size_t show_bytes(char *to, const char *p, size_t n, bool end, size_t *used);

/* A line of at most SHOW_LINE bytes, without its newline, whatever it is. */
size_t show_line(char *to, const char *line, size_t n);

#endif
