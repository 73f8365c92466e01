/* SPDX-License-Identifier: ISC */
/*
 * The fields of one name in the head of a message, in whatever way a client may read it:
 * in upper or lower case, with NULs in the name, with blanks, controls or bytes over 127
 * around it, with or without its colon, behind lines that are no field, where lines end in
 * an LF and where a CR ends them as well.  What begins with a blank goes on the field
 * before it, if there is one.
 *
 * If all of them are cut out, none is found in what is left.
 *
 * Pure, and in memory that does not grow.
 */
#ifndef FIELDFIND_H
#define FIELDFIND_H

#include "common/record.h"

enum { FIELDFIND_NAME = 64 };	/* bytes of a name at most */

/* One way to tell lines. */
struct fieldfind_lines {
	bool ended;		/* the head */
	unsigned long long end;	/* then: where its empty line begins */
	unsigned long long begin;	/* of the line */
	unsigned long long start;	/* of the last that goes on no other */
	bool fresh;		/* no byte of it was seen */
	bool empty;		/* nothing but CRs was */
	bool more;		/* it goes on the field before it */
	bool field;		/* that line is a field, or goes on one */
	bool match;		/* the field is one of those that are looked for */
	size_t name;		/* bytes of the name that were seen ... */
	bool after, dead;	/* ... all of them; something else was */
	bool stray;		/* bytes that a strict reader does not take stood there */
	enum { FIND_NAME, FIND_BLANKS, FIND_YES, FIND_NO } any;	/* a field of any name? */
	bool named;		/* of that, its name has a byte */
};

enum fieldfind_event {
	FIELDFIND_NOTHING,
	FIELDFIND_VALUE,	/* a field's value begins at `at'; plain: for any reader */
	FIELDFIND_END		/* [start, end) is all that is to go for one or more */
};

struct fieldfind {
	char name[FIELDFIND_NAME];	/* in lower case */
	size_t n;
	unsigned long long at;	/* of the next byte */
	unsigned long long start, end;
	bool plain;
	bool done;		/* the head is over: nothing more is looked at */
	unsigned long long count, by_cr;	/* found; with a CR as a line end */
	struct fieldfind_lines lf, cr;
	bool cr_alone, seen_lf;
	bool cutting;		/* a cut is open, ... */
	bool within;		/* ... which began in the middle of a line */
	bool hangs;		/* ... or with a line that goes on what is before it */
	char last;		/* the byte before at */
};

/* False: name is none of 1 to FIELDFIND_NAME printable ASCII without a colon. */
bool fieldfind_start(struct fieldfind *f, struct span name);

/* The whole message has no LF: a CR ends its lines, and nothing else does. */
void fieldfind_cr_alone(struct fieldfind *f);

/*
 * Takes bytes up to and with the one that shows an event, told in *event, or all n;
 * returns how many.  Those of a message from its beginning, in any cut.
 */
size_t fieldfind_feed(struct fieldfind *f, const char *p, size_t n,
    enum fieldfind_event *event);

/* The same at the end of the message; call it until it says FIELDFIND_NOTHING. */
enum fieldfind_event fieldfind_finish(struct fieldfind *f);

/* How many there are, after the last byte. */
unsigned long long fieldfind_count(const struct fieldfind *f);

#endif
