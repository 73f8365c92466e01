/* SPDX-License-Identifier: ISC */
/*
 * All sources are asked, one after another: first those that need nobody else, then the
 * others, each with its share of the time that is left.
 */
#ifndef ASK_H
#define ASK_H

#include "cmd/sigupdate/candidate.h"

enum { ASK_NOBODY = -1, ASK_MOST = 256 };

/*
 * What the process that watches over a run knows of it, in memory that they share: who
 * was asked when it ended, so that it can be run once more without that source.
 */
struct watch {
	int asking;			/* the source, or ASK_NOBODY */
	bool over;			/* the run came to its end */
	bool skip[ASK_MOST];		/* not to be asked */
	/* What came of those who brought nothing: they are not asked twice for one run. */
	struct {
		bool known, here;
		enum outcome outcome;
		time_t until;
		char why[CANDIDATE_WHY];
	} asked[ASK_MOST];
};

/* c: one for each source of the configuration.  seconds: for all of them together. */
void ask_all(struct run *r, struct candidate *c, struct watch *w, unsigned long seconds);

/* It was heard, and what it has is in use or known: noted in the state. */
void ask_heard(struct run *r, const struct candidate *c);

#endif
