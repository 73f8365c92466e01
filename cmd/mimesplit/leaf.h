/* SPDX-License-Identifier: ISC */
/*
 * A leaf being decoded into parts/N, and what is uuencoded inside it into
 * parts of its own.  Errors of disk and memory end the process with
 * EXIT_RETRY.
 */
#ifndef LEAF_H
#define LEAF_H

#include "cmd/mimesplit/outline.h"
#include "common/name.h"
#include "common/transfer.h"

/* One message being split: what all its walks share. */
struct split {
	struct workdir dir;
	struct outline outline;
	unsigned long long seen;	/* bytes of message read so far */
	unsigned long long decoded;	/* bytes written to parts */
	unsigned long max_parts;
	unsigned max_depth;
	unsigned long long max_size;
};

enum { SINK_SIZE = 64 << 10, LEAF_LINE = 1024, LEAF_CHUNK = 32 << 10 };

/* A part's file, buffered. */
struct sink {
	int fd;			/* -1: closed */
	unsigned long part;
	size_t n;
	char buf[SINK_SIZE];
};

struct leaf {
	struct split *split;
	struct sink out;
	struct transfer transfer;
	char chunk[LEAF_CHUNK + TRANSFER_KEPT];	/* decoded, on its way */
	char held[2];		/* the last line end: a delimiter may own it */
	size_t nheld;
	/* the carrier: decoded text is searched for uuencode by lines */
	bool search;
	enum { UU_NONE, UU_BEGUN, UU_OPEN } uu;
	struct sink inner;
	struct names *names;	/* those of the file in the text */
	char line[LEAF_LINE];
	size_t nline;
	bool cut;		/* there was more of it */
};

/* Opens parts/N for the part. */
void leaf_open(struct leaf *l, struct split *s, unsigned long part,
    enum transfer_coding coding, bool search);
/* Bytes of the body as they stand in the message, in any cut. */
void leaf_feed(struct leaf *l, const char *p, size_t n);
/* delimited: the last line end belongs to a delimiter. */
void leaf_close(struct leaf *l, bool delimited);

#endif
