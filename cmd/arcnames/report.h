/* SPDX-License-Identifier: ISC */
/*
 * What the lister tells, one record at a time, each written as it is found: what
 * was told before it died counts.
 */
#ifndef REPORT_H
#define REPORT_H

#include "common/magic.h"

enum {
	REPORT_NAMES = 10000,	/* more of them are not told, */
	REPORT_BYTES = 4 << 20,	/* nor more bytes in them */
	REPORT_PATH = 512	/* bytes of an `in' that are told */
};

/* The archive that is looked into; in: the members that lead to it. */
struct place {
	unsigned level;		/* FILE is 1 */
	enum magic type;
	struct span in;		/* empty for FILE */
};

struct report {
	int fd;
	unsigned long names, bytes;
	bool full;		/* there were more than are told */
	unsigned whys;		/* bits, by enum why, of what was told of this place */
};

/* Why not all is told, in the order of suffixcheck(1). */
enum why { WHY_ENCRYPTED, WHY_VOLUME, WHY_DEPTH, WHY_LIMIT, WHY_BROKEN, WHY_UNLISTABLE };

/* The word for why=. */
const char *report_word(enum why why);

/*
 * A name, with its source; where link.p is not NULL it is a link to that.  False:
 * there were too many.
 */
bool report_name(struct report *r, const struct place *at, const char *source,
    struct span name, struct span link);

/* The content of FILE, or of a member, that was compressed alone, as a suffix. */
void report_magic(struct report *r, const struct place *at, const char *suffix);

/* Once for a place; report_place begins one. */
void report_place(struct report *r);
void report_why(struct report *r, const struct place *at, enum why why);

#endif
