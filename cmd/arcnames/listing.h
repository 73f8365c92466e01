/* SPDX-License-Identifier: ISC */
/*
 * The state of the lister, for the files that make it: lister.c has the queue,
 * listzip.c and listother.c tell the names of one archive and put what may be one
 * into the queue.
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
	bool doubtful;		/* it may be none: broken is told only with names */
	void *told;		/* names told of this archive: tsearch(3) */
	unsigned long members;	/* of all archives but zips */
};

/* p, or the process ends with UNPACK_FULL: there was no memory. */
void *must(void *p);

/* Takes own, and puts bytes, which are in it or in FILE, into the queue. */
struct content *push(struct lister *l, struct span bytes, char *own, unsigned level);

/* c is a member of what is looked into, or with an empty name what it holds. */
void set_way(struct lister *l, struct content *c, struct span name);

/* A name, if there is one; false: there were too many. */
bool tell(struct lister *l, const char *source, struct span name, struct span link);

/* Those in whys, and forgets them. */
void tell_whys(struct lister *l);

/* The data of a member: into the queue, where there may be an archive in it. */
void open_member(struct lister *l, struct unpacked *u, struct span name);

/* An order; what it is does not matter. */
int compare_spans(struct span a, struct span b);

static const struct span NO_LINK = { NULL, 0 };

/* The archives of one content: a zip, wherever it stands; one that begins at `at'. */
void list_zip(struct lister *l);
void list_archive(struct lister *l, enum magic type);

/* Those that begin behind something else; zip: it was listed already. */
void list_embedded(struct lister *l, bool zip);

/* A compressed file. */
void list_packed(struct lister *l, enum magic type);

#endif
