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
void pen_number(struct pen *p, size_t n);

struct fit {
	struct word w[FIT_WORDS];	/* their values whole */
	size_t first[FIT_WORDS];	/* the first word of the same key */
	size_t n;
	size_t tos;			/* how many of them are to= */
	bool cuts;			/* is there a word cut= of the record? */
	size_t max;			/* bytes of a value that stay */
	size_t left;			/* words that were left out */
	bool to_left;			/* of these, to= */
	struct span dropped;		/* of these, the first of another key; n 0: none */
};

bool span_same(struct span a, struct span b);
bool span_is(struct span a, const char *text);

/* The head of a coded value of max bytes at the most, cut between escapes. */
struct span fit_cut(struct span v, size_t max);

/* The keys of a line that were named as having lost something. */
struct named {
	bool word[FIT_WORDS];	/* by the first word of the key */
	size_t at;		/* fit_lost's */
};

/* Is the key of word i to be named in this place?  Not where it was, or will be. */
bool fit_name(const struct fit *f, struct named *named, size_t i);

/*
 * The keys that lost something in turn, each once, and none that was named or that a word
 * cut= of the record names: start with *named all 0.
 */
bool fit_lost(const struct fit *f, struct named *named, struct span *key);

/*
 * Has the words of a valid record put, all of them if they fit.  If not, in this order and
 * as little as is needed: words to= beyond the tenth are left out, from the last; the
 * longest values are cut, but not below 100 bytes; words to= beyond the first are left
 * out; values are cut, not below 32; the last words are left out.  put puts all that is in
 * f; what it has put is taken back where it did not fit.
 */
void fit_words(struct pen *p, const char *record, size_t n,
    void (*put)(struct pen *p, const struct fit *f));

#endif
