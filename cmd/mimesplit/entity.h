/* SPDX-License-Identifier: ISC */
/*
 * One open entity of a walk: what its head said, and what was met of it so far
 * that clients may read differently.
 */
#ifndef ENTITY_H
#define ENTITY_H

#include "cmd/mimesplit/delimiter.h"
#include "cmd/mimesplit/kind.h"
#include "cmd/mimesplit/prose.h"
#include "cmd/mimesplit/split.h"

typedef unsigned long long offset;

enum { GUESSES = 4, GUESS_MAX = 998 };

/* What a multipart in the making knows. */
struct parts {
	struct boundary *boundary;	/* owned; one for each of kind.boundary */
	size_t boundaries;
	unsigned long children;
	unsigned hits;			/* bits: these others delimit as well */
	unsigned loose_hits;		/* bits: those with text behind them */
	unsigned within;		/* bits: these stand in the middle of a line */
	bool closed;			/* its close delimiter was seen */
	bool loose;			/* a delimiter with text behind it was */
	bool after_close;		/* and one after the close */
	bool in_head;			/* and one in a head that had fields */
	offset first, end;		/* where the preamble ends, the epilogue begins */
	struct prose before, after;
	struct guess {			/* lines that look like delimiters */
		char text[GUESS_MAX];
		size_t n;
	} guess[GUESSES];
	size_t guesses;
};

struct entity {
	unsigned long part;
	enum { HEAD, LEAF, PARTS, MESSAGE } state;
	bool borrowed;		/* the part of a task: its record is written */
	bool has_span;
	offset head, body, span;	/* where each begins */
	struct kind kind;	/* boundary owned, words handed on */
	struct parts *parts;	/* owned; in PARTS */
	/* of the head: */
	enum { EMPTY_NONE, EMPTY_SKIPPING, EMPTY_SKIPPED } empty;	/* RULE_SKIP_EMPTY */
	bool bad_line, blank_line;	/* one where the body may begin as well */
	bool space_colon;		/* a field where it may */
	struct prose after;	/* the lines from there on that are no fields */
	bool decides;		/* a field there says how to read */
	bool fields, has_lines;	/* there was a field at all, a line at all */
	bool late_head;		/* a head after the first empty line */
};

/* Frees what it owns. */
void entity_free(struct entity *e);

/* Begins PARTS with the boundaries of e->kind, which may be none. */
void entity_begin_parts(struct entity *e, struct boundaries *all, unsigned place);
void entity_end_parts(struct entity *e, struct boundaries *all);

/* A line that may be a delimiter of a multipart that has shown none so far. */
void entity_guess(struct parts *p, const char *text, size_t n);

#endif
