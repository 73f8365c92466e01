/* SPDX-License-Identifier: ISC */
/*
 * A window that slides over a file once, from its start to its end, so that
 * memory does not grow with the message.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>

enum { WINDOW_LOOK = 64 << 10, WINDOW_SIZE = 256 << 10 };

struct window {
	int fd;
	unsigned long long base;	/* offset in the file of buf[0] */
	size_t have;			/* bytes in buf */
	bool eof;
	char *buf;			/* owned, WINDOW_SIZE bytes */
	/* Told each piece as it is read; NULL: nobody. */
	void (*seen)(void *ctx, const char *p, size_t n);
	void *ctx;
};

/* -1: no memory.  fd stays the caller's. */
int window_open(struct window *w, int fd);
void window_close(struct window *w);

/*
 * What stands from offset at on: at least WINDOW_LOOK bytes unless the file
 * ends before.  at never goes back.  -1: read error.
 */
long window_look(struct window *w, unsigned long long at, const char **p);

#endif
