/* SPDX-License-Identifier: ISC */
/*
 * What came of asking a source, and what a run knows meanwhile.
 *
 * A candidate that is NEW brings files: each lies in .part/SOURCE, mode 0444, its size
 * and SHA-256 known, or is the one that `current' has under that name from the same
 * source.  Nothing of it is in use before the whole set was tried.
 */
#ifndef CANDIDATE_H
#define CANDIDATE_H

#include "cmd/sigupdate/conf.h"
#include "cmd/sigupdate/fetch.h"
#include "cmd/sigupdate/manifest.h"
#include "cmd/sigupdate/root.h"
#include "cmd/sigupdate/state.h"

struct run {
	const struct conf *conf;
	struct root root;
	struct state state;
	char current[ROOT_GEN];		/* "" where there is none */
	int folder;			/* of current, or -1 */
	struct manifest now;		/* of current, or empty */
	char **strangers;		/* what somebody put there by hand; NULL behind the last */
	bool look;			/* fetch nothing, change nothing */
	bool ask_now, smaller;		/* -a, -S */
	bool lost;			/* nothing is known of what is in use: said */
	bool failed;			/* something of ours: said already, the status is 75 at least */
	bool act;			/* somebody has to: said already, the exit status is 1 */
	time_t time;
	long long end;			/* ms of clock_ms: when the time of the source that is asked is over */
};

/* In the order in which one answer of several mirrors counts. */
enum outcome {
	OUTCOME_LATER,			/* not to be asked before `until' */
	OUTCOME_FAILED,			/* not now */
	OUTCOME_REFUSED,		/* what it has is not taken */
	OUTCOME_SAME,
	OUTCOME_NEW
};

enum { CANDIDATE_WHY = 1024 };

struct candidate {
	const struct source *source;
	enum outcome outcome;
	char why[CANDIDATE_WHY];	/* printable ASCII: FAILED, REFUSED, LATER; SAME: or "" */
	bool here;			/* FAILED by something of this machine: somebody has to act */
	time_t until;
	struct manifest brings;		/* NEW: one source and its files */
	unsigned long long generation;	/* that its author gave what it has; 0: none */
	time_t made;			/* and when he made it; 0: not known */
	/* To be remembered once that is in use, for the next time. */
	const char *url;
	char tag[FETCH_TAG];
	char modified[64];
};

/* The word of state=. */
const char *outcome_word(enum outcome o);

/* FAILED, by something of this machine that will not go away by itself. */
void candidate_here(struct candidate *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The outcome, and why: cut to what there is room for, made printable. */
void candidate_is(struct candidate *c, enum outcome o, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Forgets what it brings; what else it is, stays. */
void candidate_empty(struct candidate *c);

/* What `current' has of its source under this name; NULL: nothing. */
const struct manifest_file *candidate_old(const struct run *r, const struct source *s,
    const char *name);

/* The same file, to the byte? */
bool candidate_same_file(const struct manifest_file *a, const struct manifest_file *b);

/* Adds a file of its source; true, or it is FAILED for want of memory. */
bool candidate_add(struct candidate *c, const struct manifest_file *f);

/*
 * All files are there, or are known (with look): SAME where they are what we have, or
 * what was taken back by hand; else NEW, with its record of the source.
 */
void candidate_settle(struct run *r, struct candidate *c, unsigned long long generation,
    time_t made);

#endif
