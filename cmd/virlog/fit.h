/* SPDX-License-Identifier: ISC */
/*
 * The words of a record, made to fit into what is left of a line.
 *
 * Pure.
 */
#ifndef FIT_H
#define FIT_H

#include "common/record.h"

enum { FIT_WORDS = 64 };	/* of a record that are looked at */

/* A line being made, never terminated; what finds no room sets full and is left out. */
struct pen {
	char *to;
	size_t len;
	size_t room;
	bool full;
};

void pen_put(struct pen *p, struct span s);
void pen_say(struct pen *p, const char *text);

struct fit {
	struct word w[FIT_WORDS];	/* their values whole */
	size_t first[FIT_WORDS];	/* the first word of the same key */
	size_t n;
	size_t max;			/* bytes of a value that stay */
	struct span dropped;		/* the first key that was left out; n 0: none */
};

bool span_same(struct span a, struct span b);
bool span_is(struct span a, const char *text);

/* The head of a coded value of max bytes at the most, cut between escapes. */
struct span fit_cut(struct span v, size_t max);

/* The keys that lost something in turn, each once: start with *at = 0. */
bool fit_lost(const struct fit *f, size_t *at, struct span *key);

/*
 * Has the words of a valid record put: with the longest values cut if that is needed, and
 * the last words left out if that is not enough.  put puts all that is in f; what it has
 * put is taken back where it did not fit.
 */
void fit_words(struct pen *p, const char *record, size_t n,
    void (*put)(struct pen *p, const struct fit *f));

#endif
