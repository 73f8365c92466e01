/* SPDX-License-Identifier: ISC */
/*
 * The state of a parse of the conversions file, for the files that make it:
 * conversions.c takes lines and entries, clause.c knows what a clause says.
 */
#ifndef CLAUSE_H
#define CLAUSE_H

#include "cmd/mimesplit/conversions.h"
#include "common/fold.h"

struct parser {
	struct conversions *c;
	conversions_tell *tell;
	void *ctx;
	unsigned long line;
	bool wrong;		/* somewhere in the file */
	bool open;		/* in an entry: c->entry[c->entries] */
	bool spoilt;		/* an error in it was told */
	unsigned actions;
	size_t room;		/* of c->entry */
	size_t sign_room;	/* of c->signs */
	struct fold fold;
	bool no_memory;
	char value[CONVERSIONS_VALUE + 1];	/* that stood in quotes */
	char *joined;		/* owned: lines that go on, ... */
	size_t njoined;		/* ... these bytes */
	unsigned long from;	/* and where they begin; 0: there are none */
};

/* An error in the line at hand, about the word. */
void parser_complain(struct parser *p, struct span word, const char *what);

/* One clause of the open entry. */
void clause_take(struct parser *p, struct span word, struct span value);

static inline struct conversion *
current(struct parser *p)
{
	return &p->c->entry[p->c->entries];
}

#endif
