/* SPDX-License-Identifier: ISC */
/*
 * A pattern of a mapping table, man/mappings.5: compiled, and matched against a
 * whole string of any octets.  Upper and lower case of ASCII are the same.
 *
 * Of the ways to match, it is the one where the first wildcard is the longest
 * (or, with `$_', the shortest), then the second, and so on: what a matcher finds
 * that tries and goes back.  This one does not go back: it first marks, from the
 * last element to the first, where the rest can match.
 *
 * Pure: no file, no exit; memory of its own.
 */
#ifndef MAPMATCH_H
#define MAPMATCH_H

#include "common/nets.h"

enum {
	MAPMATCH_CAPTURES = 10,		/* $0 to $9 */
	MAPMATCH_PATTERN = 1024		/* bytes of a pattern, as written */
};

enum mapmatch_kind {
	MAPMATCH_TEXT,
	MAPMATCH_ONE,			/* % */
	MAPMATCH_RUN,			/* * */
	MAPMATCH_NET			/* $(a.b.c.d/n) ${v6/n}: an address, and no more of it */
};

struct mapelement {
	enum mapmatch_kind kind;
	bool lazy;			/* of a run */
	struct span text;		/* of a text, in lower case; in the pattern's memory */
	struct net net;
};

/* No two texts stand side by side, and none is empty. */
struct mappattern {
	struct mapelement *element;	/* owned */
	size_t n;
	size_t wildcards;		/* elements that are no text: $0, $1 .. in order */
	char *text;			/* owned */
};

/* What is wrong with a pattern or a template: "SIGN WHAT". */
struct mapwrong {
	struct span sign;		/* the piece of it that is meant; may be empty */
	const char *what;		/* static */
};

/*
 * 0, and p is to be freed; 1: it is no pattern, and *wrong says why; -1: no
 * memory.  Keeps nothing of text.
 */
int mapmatch_compile(struct mappattern *p, struct span text, struct mapwrong *wrong);

void mapmatch_free(struct mappattern *p);

/*
 * 1: it matches, and capture holds the first wildcards' pieces of text, empty
 * from p->wildcards on; 0: it does not; -1: no memory, or *steps, which what is
 * done is taken off of, came to 0.
 */
int mapmatch(const struct mappattern *p, struct span text,
    struct span capture[MAPMATCH_CAPTURES], unsigned long long *steps);

/* Is it nothing but `*', so that it matches whatever there is? */
bool mapmatch_any(const struct mappattern *p);

/*
 * 1: `wide' matches all that `narrow' does.  Never so where it does not; 0 for
 * some pairs of which it does.  -1 as of mapmatch.
 */
int mapmatch_covers(const struct mappattern *wide, const struct mappattern *narrow,
    unsigned long long *steps);

#endif
