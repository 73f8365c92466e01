/* SPDX-License-Identifier: ISC */
/* A leaf being decoded into parts/N, and looked at as it goes. */
#ifndef LEAF_H
#define LEAF_H

#include "cmd/mimesplit/sniff.h"
#include "common/transfer.h"

struct split;

enum { LEAF_BUFFER = 64 << 10, LEAF_CHUNK = 32 << 10 };

struct leaf {
	struct split *split;
	unsigned long part;
	int fd;
	struct transfer transfer;
	struct sniff sniff;
	char held[2];		/* the last line end: a delimiter may own it */
	size_t nheld;
	size_t n;		/* bytes in buf, not written yet */
	char buf[LEAF_BUFFER + TRANSFER_KEPT];
};

/*
 * Begins parts/N for the part.  The file is made with its first bytes, or when
 * it is closed: a leaf that is never closed leaves nothing.  Of a part that stands
 * in another reading and is raw it is not made at all: settle.h decides whether it
 * is wanted.  unsaid: its coding is none that we know.
 */
void leaf_open(struct leaf *l, struct split *s, unsigned long part,
    enum transfer_coding coding, unsigned look, bool unsaid);
/* Bytes of the body as they stand in the message, in any cut. */
void leaf_feed(struct leaf *l, const char *p, size_t n);
/*
 * delimited: the last line end belongs to a delimiter.  What it may carry is
 * put on the agenda.
 */
void leaf_close(struct leaf *l, bool delimited);

#endif
