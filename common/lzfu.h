/* SPDX-License-Identifier: ISC */
/*
 * Compressed RTF (MS-OXRTFCP): the value of PR_RTF_COMPRESSED, told as it comes
 * out.  Its sizes and its check sum are not looked at.  What says neither LZFu
 * nor MELA is told as it is.
 *
 * Fed in any cut.  Eight references are 17 bytes and stand for 136 at the most:
 * no more than 8 times the bytes fed are told.  Pure.
 */
#ifndef LZFU_H
#define LZFU_H

#include "common/tell.h"

enum {
	LZFU_HEAD = 16,
	LZFU_DICT = 4096
};

struct lzfu {
	enum { LZFU_HEADER, LZFU_PLAIN, LZFU_FLAGS, LZFU_ITEM, LZFU_LOW,
	    LZFU_DONE } at;
	size_t head_n;
	char head[LZFU_HEAD];
	unsigned flags;		/* those of the items to come, and a 1 above */
	unsigned high;		/* of a reference, its first byte */
	unsigned pos;		/* where the next byte goes in dict */
	char dict[LZFU_DICT];
};

void lzfu_start(struct lzfu *l);

/* t: a file is open; it outlives the call only for its caller. */
void lzfu_feed(struct lzfu *l, struct tell *t, const char *p, size_t n);

#endif
