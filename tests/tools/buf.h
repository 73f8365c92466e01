/* SPDX-License-Identifier: ISC */
/* Bytes that grow, for the tools that make mail; no memory ends the tool. */
#ifndef BUF_H
#define BUF_H

#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

struct buf {
	char *p;
	size_t n, room;
};

static void
add(struct buf *b, const void *p, size_t n)
{
	if (b->n + n > b->room) {
		b->room = (b->n + n) * 2 + 256;
		if ((b->p = realloc(b->p, b->room)) == NULL)
			err(EXIT_RETRY, "memory");
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
put(struct buf *b, const char *text)
{
	add(b, text, strlen(text));
}

#endif
