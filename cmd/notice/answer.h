/* SPDX-License-Identifier: ISC */
/*
 * May a message be answered by a program (RFC 3834)?  Its envelope's sender and the
 * lines of its head are asked.  Pure.
 */
#ifndef NOTICE_ANSWER_H
#define NOTICE_ANSWER_H

#include "common/record.h"

enum { ANSWER_LINE = 1000 };	/* bytes of a field that are looked at */

/* Of one message; zeroed before. */
struct answer {
	const char *why;	/* why not, one word; NULL: it may */
	size_t n;
	char field[ANSWER_LINE];	/* the last field, its folds as blanks */
};

/* The envelope's sender, decoded. */
void answer_sender(struct answer *a, struct span from);

/* A line of the head without its line end; at its end once with an empty one. */
void answer_line(struct answer *a, struct span line);

#endif
