/* SPDX-License-Identifier: ISC */
/*
 * A window that slides once over a file, or a range of it, from start to end,
 * so that memory does not grow with the message.  Offsets are the file's.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>

enum { WINDOW_LOOK = 64 << 10, WINDOW_SIZE = 256 << 10 };

struct window {
	int fd;
	unsigned long long base;	/* offset in the file of buf[0] */
	unsigned long long to;		/* nothing from here on is looked at */
	size_t have;			/* bytes in buf */
	bool stream;			/* fd is read, not a file's range */
	bool eof;
	/* Told each piece as it is read; NULL: nobody. */
	void (*seen)(void *ctx, const char *p, size_t n);
	void *ctx;
	char buf[WINDOW_SIZE];
};

/* Begins anew: what can be read from fd, or bytes from to to of a file. */
void window_stream(struct window *w, int fd);
void window_range(struct window *w, int fd, unsigned long long from,
    unsigned long long to);

/*
 * What stands from offset at on: at least WINDOW_LOOK bytes unless the end
 * comes before.  at never goes back.  -1: read error.
 */
long window_look(struct window *w, unsigned long long at, const char **p);

#endif
