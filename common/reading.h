/* SPDX-License-Identifier: ISC */
/*
 * Every value that some client reads for one parameter of a structured field
 * (RFC 2045 5.1, RFC 2231): wherever its name stands, in or out of quotes and
 * comments, however its value is quoted, cut, split into pieces and coded.
 *
 * Pure.  Time is linear in the field and bounded by effort, memory is the
 * caller's; what neither is enough for is told by cut.
 */
#ifndef READING_H
#define READING_H

#include "common/record.h"

enum {
	READING_SITES = 128,	/* places of one parameter that are looked at */
	READING_TEXT = 16384,	/* bytes of a field that the views show */
	READING_VIEWS = 7,
	READING_SEEN = 64	/* values known to have been derived from */
};

enum reading_kind { READING_PLAIN, READING_EXTENDED, READING_WORD };

/* A place in a text where a value of the parameter begins. */
struct reading_site {
	size_t at;		/* after the `=' */
	enum { SITE_PROPER, SITE_LOOSE, SITE_LONGER } where;
				/* LONGER: the name is a part of another one */
	bool coded;		/* RFC 2231: the name ends in `*' */
	int number;		/* RFC 2231: of a piece, else -1 */
};

struct readings {
	/* The caller's, all of it set before readings_find. */
	const char *word;	/* the parameter's name, lower case */
	const char *other;	/* NULL, or what makes it another one before it */
	bool name;		/* a file's name: its encoded words are read first,
				   its quotes never kept, its folds are */
	size_t max;		/* bytes of the longest value */
	char *room;		/* READING_ROOM(max) bytes */
	/* Takes a value; false: enough. */
	bool (*tell)(void *arg, enum reading_kind kind, struct span value);
	void *arg;
	size_t effort;		/* bytes that may still be looked at */

	bool cut;		/* set where something was not read */
	bool stopped;		/* tell has said enough */
	/* Set by readings_find. */
	bool tidy;		/* the field is what RFC 2045 has, or `;' at its end */
	struct span text;
	struct reading_site site[READING_SITES];
	size_t sites;
	struct {
		size_t n;
		unsigned char level;
	} old[READING_SEEN];	/* their bytes are in room */
	size_t seen;
};

#define READING_ROOM(max) (2 * (size_t)READING_TEXT + 13 * ((size_t)(max) + 2))

/* What may be read of a field of n bytes. */
size_t reading_effort(size_t n);

/* Finds the sites of a field. */
void readings_find(struct readings *r, struct span field);

/*
 * The values of the sites that were found, as most clients read them.  derive:
 * those that can be made of them too, as by decoding.
 */
void readings_usual(struct readings *r, bool derive);

/* Those of longer names that end in the word or begin with it. */
void readings_longer(struct readings *r);

/* After readings_usual: all that any client reads. */
void readings_odd(struct readings *r);

/* All that a value with no name before it may be taken for. */
void readings_derive(struct readings *r, enum reading_kind kind, struct span value);

/*
 * The n-th other text that clients make of a field before they read it
 * (READING_VIEWS in all): without comments, controls, folds; its encoded words
 * decoded.  out: 2 * READING_TEXT bytes.  false: it does not differ.
 */
bool reading_view(struct span field, size_t n, char *out, struct span *view);

#endif
