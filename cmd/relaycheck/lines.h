/* SPDX-License-Identifier: ISC */
/*
 * Lines of a descriptor, each as soon as it is there, in memory that does not grow.
 */
#ifndef LINES_H
#define LINES_H

#include "common/record.h"

enum { LINES_MAX = 65536 };	/* bytes of a line, its newline counted */

struct lines {
	int fd;
	size_t at, end;
	bool skip;		/* the rest of a line that was too long */
	bool eof;
	char bytes[LINES_MAX];
};

enum lines_state {
	LINES_ONE,		/* a line, without its newline; the last may have had none */
	LINES_LONG,		/* one that was too long, and is passed over */
	LINES_END,
	LINES_FAILED		/* errno says why */
};

void lines_start(struct lines *l, int fd);

/* The line is valid until the next call. */
enum lines_state lines_next(struct lines *l, struct span *line);

/* Will lines_next have to wait for more bytes? */
bool lines_wait(const struct lines *l);

#endif
