/* SPDX-License-Identifier: ISC */
/*
 * The state of a walk, for the files that make it: walk.c takes the bytes and
 * the lines of heads, walkpart.c opens and closes entities, walkline.c knows
 * what a line is.
 */
#ifndef WALKING_H
#define WALKING_H

#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/reread.h"

struct walk {
	struct split *split;
	struct source from;
	const char *reading;	/* of the parts directly in `of'; NULL: first */
	unsigned long of;
	unsigned head_rules;	/* of the first head only */
	bool whole;		/* the message itself: all ranges are told */
	struct entity *stack;	/* owned */
	unsigned depth, room;
	struct boundaries *boundaries;	/* the split's, as is leaf */
	struct leaf *leaf;	/* in use while the top is a LEAF */
	struct head headers;
	offset at;
	bool line_start;
	char last;		/* the byte before at */
	unsigned eol;		/* length of the line end before at */
	bool bare_cr;		/* one that would end a line for some */
	bool lf, crlf;		/* ends of head lines seen */
};

static inline struct entity *
top(struct walk *w)
{
	return &w->stack[w->depth - 1];
}

static inline struct outline *
outline(struct walk *w)
{
	return &w->split->outline;
}

static inline struct entry *
entry(struct walk *w, const struct entity *e)
{
	return &outline(w)->entry[e->part];
}

/* An entity for a part that is there, on top. */
struct entity *walk_push(struct walk *w, unsigned long part);

/* A new part inside parent, its head beginning here; the very first has none. */
struct entity *walk_push_part(struct walk *w, unsigned long parent);

/* The top entity's body begins here: e->kind says how, or first its head does. */
void walk_open_body(struct walk *w);
void walk_begin_body(struct walk *w, bool ended);

/* Ends entities until depth many are left; delimited: by the line that is next. */
void walk_pop_to(struct walk *w, unsigned depth, bool delimited);

/* The length of a line without its end; blanks: and without those before it. */
size_t walk_trimmed(const char *p, size_t n, bool blanks);

/* The length of the line at p with its end; 0: longer than what is there. */
size_t walk_line_length(const struct walk *w, const char *p, size_t n);

/* Goes past n bytes, which are one line or more, or pieces of one. */
void walk_advance(struct walk *w, const char *p, size_t n);

/* If a delimiter stands here, acts on it and goes past it. */
bool walk_delimiter(struct walk *w, const char *p, size_t n);

/* How many of the bytes that are there may be passed in one step. */
size_t walk_foreseen(const struct walk *w, size_t have);

/*
 * How many of the n bytes at p may be passed before a delimiter that stands in
 * the middle of a line; none: one stood here, and was acted on.  Without
 * RULE_ANYWHERE it is only noted, and all n may.  Those before `from' have no
 * "--"; `have' are there.
 */
size_t walk_within(struct walk *w, const char *p, size_t from, size_t n, size_t have);

/* The same for the line at p, which is of a head. */
size_t walk_within_head(struct walk *w, const char *p, size_t n);

#endif
