/* SPDX-License-Identifier: ISC */
/*
 * The state of the lister, for the files that make it: lister.c takes what waits in
 * the queue, listzip.c and listother.c tell the names of one archive, listing.c tells,
 * and puts what may be one more into the queue.
 */
#ifndef LISTING_H
#define LISTING_H

#include "cmd/arcnames/lister.h"
#include "cmd/arcnames/unpack.h"

/* What waits to be looked into. */
struct content {
	struct span bytes;
	char *own;		/* bytes, where they are ours */
	char *in;		/* owned: REPORT_PATH at the most */
	size_t inlen;
	unsigned level;
	bool lone;		/* came out of a compressor */
	enum magic packer;	/* and that one's type */
	struct content *next;
};

struct lister {
	const struct lister_options *options;
	struct report *report;
	struct budget budget;
	struct content *first, **last;
	/* what is looked into now */
	struct content *now;
	struct place place;
	unsigned whys;
	bool doubtful;		/* it may be none: what is broken and has no names is */
	void *told;		/* names told of this archive: tsearch(3) */
	unsigned long members;	/* of all archives but zips */
};

/* p, or the process ends with UNPACK_FULL: there was no memory. */
void *listing_must(void *p);

/* Takes own, and puts bytes, which are in it or in FILE, into the queue. */
struct content *listing_push(struct lister *l, struct span bytes, char *own, unsigned level);

/* c is a member of what is looked into, or with an empty name what it holds. */
void listing_way(struct lister *l, struct content *c, struct span name);

/* A name, if there is one; false: there were too many. */
bool listing_tell(struct lister *l, const char *source, struct span name, struct span link);

/* Those in whys, and forgets them. */
void listing_whys(struct lister *l);

/* The data of a member: into the queue, where there may be an archive in it. */
void listing_open(struct lister *l, struct unpacked *u, struct span name);

/* An order; what it is does not matter. */
int listing_compare(struct span a, struct span b);

static const struct span NO_LINK = { NULL, 0 };

/* A zip, wherever in the content it stands. */
void list_zip(struct lister *l);

/* Another one, which begins at `at'; an offset behind what is known to be of it. */
size_t list_at(struct lister *l, enum magic type, size_t at);

/* A compressed file. */
void list_packed(struct lister *l, enum magic type);

#endif
