/* SPDX-License-Identifier: ISC */
/*
 * What is to be cut out of a message and what comes in its place, from the
 * ranges of the manifest and the records of changes.
 *
 * The target of a change is the edit= of its part, and where several targets
 * lie in each other the outermost of them.  A target is replaced by a note if
 * one of the changes that name it says substitute, else it is deleted; but a
 * target without a span (the message, the content of a message/rfc822) and the
 * last of the children of a multipart that are all deleted leave a note.
 *
 * Pure but for memory.  Texts and marks are spans of the changes given, which
 * must outlive the plan.
 */
#ifndef MIMEJOIN_PLAN_H
#define MIMEJOIN_PLAN_H

#include "common/workdir.h"

/* What is used of a part; parts are numbered from 0 without a gap. */
struct node {
	unsigned long long parent, edit;
	struct range head, body, span;
};

enum plan_act { PLAN_SUBSTITUTE, PLAN_DELETE };

struct change {
	unsigned long long target;
	enum plan_act act;
	size_t number;			/* in changes, from 1 */
	struct span with;		/* coded */
};

enum edit_how {
	EDIT_DELETE,			/* nothing comes in its place */
	EDIT_PART,			/* the head and body of a part: a note */
	EDIT_MESSAGE			/* the same, but fields of head stay */
};

/* [start, start + len) of the message goes. */
struct edit {
	enum edit_how how;
	unsigned long long start, len;
	struct range head;
	size_t change, changes;		/* plan.change[change...]: its texts */
	const char *otherwise;		/* the text where there are none */
};

enum {
	PLAN_STRIPS = 8,		/* names of fields that go */
	PLAN_SUBJECTS = 4,		/* texts before the Subject ... */
	PLAN_SUBJECT = 200		/* ... and the bytes of each */
};

struct plan {
	struct edit *edit;		/* by start; none reaches into the next */
	size_t edits;
	struct span *mark;		/* coded, in order; field_fold takes each */
	size_t marks;
	struct span strip[PLAN_STRIPS];	/* coded; no two are the same */
	size_t strips;
	struct span subject[PLAN_SUBJECTS];	/* the same */
	size_t subjects;
	struct change *change;
	size_t changes;
};

enum plan_where { PLAN_MANIFEST, PLAN_CHANGES, PLAN_MEMORY };

/* Why there is no plan: `number' counts parts from 0, changes from 1. */
struct plan_error {
	enum plan_where where;
	unsigned long long number;
	const char *what;
};

/*
 * changes: valid records with their newlines, n bytes.  size: the message's.
 * false: *e says why, and there is nothing to free.
 */
bool plan_make(struct plan *p, const struct node *nodes, size_t parts,
    unsigned long long size, const char *changes, size_t n, struct plan_error *e);
void plan_free(struct plan *p);

/*
 * The text of an edit's note: each text once, in order, an empty line between
 * two.  Stops when over max; out has room for max + RECORD_MAX bytes.
 */
size_t plan_text(const struct plan *p, const struct edit *e, char *out, size_t max);

#endif
