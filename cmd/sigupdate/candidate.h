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
	bool act;			/* somebody has to: said already, the exit status is 1 */
	time_t time;
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
	time_t until;
	struct manifest brings;		/* NEW: one source and its files */
	/* To be remembered once that is in use, for the next time. */
	const char *url;
	char tag[FETCH_TAG];
	char modified[64];
};

/* The word of state=. */
const char *outcome_word(enum outcome o);

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

/* How a source of each kind is asked; by mirrors_ask but for local. */
void local_ask(struct run *r, struct candidate *c);
void signed_ask(struct run *r, struct candidate *c, const char *url);
void archive_ask(struct run *r, struct candidate *c, const char *url);
void cvd_ask(struct run *r, struct candidate *c, const char *url);

/* Its mirrors in turn, those that are not to be asked yet left out. */
void mirrors_ask(struct run *r, struct candidate *c,
    void (*ask)(struct run *r, struct candidate *c, const char *url));

/* A transfer from url for this candidate, with all its limits. */
void mirrors_fetch(const struct run *r, const struct candidate *c, const char *url,
    struct fetch *f);

/* Only if it is another than what was taken last from there, and that is what we have. */
void mirrors_newer(struct run *r, const struct candidate *c, struct fetch *f);

/* A transfer that brought nothing: FAILED or REFUSED, `what' before the reason. */
void mirrors_failed(struct run *r, struct candidate *c, const char *what,
    const struct fetched *got);

/*
 * A manifest and its signature, whoever brought them: by one of the source's keys, of
 * its set, not older than one that was seen.  m is filled and to be freed where
 * that is true; else the candidate is REFUSED.
 */
bool pinned_manifest(struct run *r, struct candidate *c, struct span manifest,
    struct span signature, struct manifest *m);

/*
 * The .cvd files that it brings, those in .part/SOURCE: are they ClamAV's, and not older
 * than ours?  False: it is REFUSED, or FAILED.
 */
bool pinned_cvds(struct run *r, struct candidate *c);

/* After it: the newest date in what it brings; none of the future.  part: .part/SOURCE. */
time_t pinned_made(const struct run *r, const struct candidate *c, int part);

/* The names in .part/SOURCE, as folder_names gives them; never NULL. */
char **part_names(int part);

/* Makes a file of .part/SOURCE, whole and verified, one that never changes. */
void part_seal(int part, const char *name);

/* Removes all of .part/SOURCE that is neither a file of m nor what is there of one. */
void part_only(int part, const struct manifest *m);

/* The first 512 bytes of a container; false: it has none, or is none. */
bool part_head(int dir, const char *name, char first[512]);

#endif
