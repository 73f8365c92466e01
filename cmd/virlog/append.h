/* SPDX-License-Identifier: ISC */
/*
 * A file that many append lines to, each line with one write.
 *
 * A writer may come to its end within a line (a full disk): to look for that and to write
 * are one step for those who take the lock.  Who cannot have it in time goes on without.
 */
#ifndef APPEND_H
#define APPEND_H

#include "cmd/virlog/line.h"

#include <stdbool.h>

struct append {
	const char *path;	/* the caller's */
	int fd;			/* -1: not open */
	int look;		/* the same file, to read; -1: it cannot be, or is none */
	bool regular;
};

/*
 * Makes the file, with mode 0640, where there is none.  A pipe that nobody reads is an
 * error, not a wait.  0, or -1 with errno.
 */
int append_open(struct append *a, const char *path);

/*
 * Appends n bytes (at most LINE_BYTES - 1) and a newline; a line that another writer has
 * not ended is ended before it, and where that cannot be seen a newline is put there in
 * any case.  Waits for the lock for *left milliseconds at most, and takes from *left what
 * that took.  0, or -1 with errno: the file may end in a part of the line, which no later
 * line is then taken for.
 */
int append_line(const struct append *a, const char *line, size_t n, long long *left);

/* 0, or -1 with errno: what was appended may be lost. */
int append_close(struct append *a);

#endif
