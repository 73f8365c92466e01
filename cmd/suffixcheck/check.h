/* SPDX-License-Identifier: ISC */
/*
 * One part, or what stands for one: its names, then its content; then the
 * verdict.
 *
 *	check_start -> check_name ... -> content (content.h) -> check_end
 *
 * No memory, and a standard output that fails, end the process with EXIT_RETRY.
 */
#ifndef CHECK_H
#define CHECK_H

#include "cmd/suffixcheck/archive.h"
#include "cmd/suffixcheck/odd.h"

/* The first of a kind in their order, and the name that it was seen in. */
struct seen {
	enum odd odd;
	char name[RECORD_MAX];	/* SOURCE:BYTES; or empty */
	size_t n;
};

struct check {
	const struct suffixes *list;
	struct fold fold;
	struct archives archives;
	unsigned long long part;
	bool numbered;		/* there is a part, and its number is told */
	/* of the part at hand: */
	bool described;		/* a description may be a file's name */
	bool named;		/* a name that is none but by its place was seen */
	bool banned;		/* that verdict was told */
	bool applefile;		/* of that type: a fork of a file of any name */
	unsigned endings;	/* of its names */
	struct span excepted;	/* a suffix that a name may have here, or n is 0 */
	struct seen odd, unscanned;
	struct seen name;	/* the first name */
	struct hit less;	/* of a name without the suffix of a compressor, ... */
	struct seen lessname;	/* ... and that name, or n is 0 */
};

/* Of this type, TYPE/SUBTYPE in lower case. */
void check_start(struct check *c, struct span type);

/*
 * A name, SOURCE:BYTES, of which the bytes begin at start.  A description and the
 * end of a location name a file only where nothing else does: they come last.
 */
void check_name(struct check *c, const char *p, size_t start, size_t n, bool last);

/* A listed suffix was met: in this name, or in the content. */
void check_ban(struct check *c, const char *why, struct span item, const char *p, size_t n);

/* What is odd, or why not all could be seen; of a name, or n is 0. */
void check_odd(struct check *c, enum odd odd, const char *p, size_t n);

/* All names were there, or all but some (cut): was there a verdict? */
bool check_end(struct check *c, bool cut);

#endif
