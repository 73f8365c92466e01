/* SPDX-License-Identifier: ISC */
/*
 * The agenda: which bytes are to be read once more, and how.  A task is made
 * where a walk meets something that clients read in more than one way, or a
 * decoded part that holds others; tasks make tasks.
 *
 * Each is taken once, and the bytes read again are bounded by a multiple of the
 * message's own, so that the work stays linear in it.
 */
#ifndef AGENDA_H
#define AGENDA_H

#include "common/transfer.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	AGENDA_EACH = 256,	/* what a task costs beside its bytes */
	AGENDA_FILE = 4096,	/* and a file that it makes */
	AGENDA_MORE = 1 << 20,	/* bytes read again in any case */
	AGENDA_MOST = 100000	/* tasks: memory is bounded too */
};

/* How a walk reads, where clients differ. */
enum rules {
	/* all of it, inner parts too */
	RULE_CR = 1,		/* a CR ends a line as well */
	RULE_LOOSE = 2,		/* a delimiter may have any text behind it */
	RULE_REOPEN = 4,	/* a multipart goes on after its close */
	RULE_BLIND = 64,	/* in a head that has begun a delimiter is a line */
	RULE_ANYWHERE = 256,	/* a delimiter may stand in the middle of a line */
	RULE_LITERAL = 128,	/* a quoted-printable message as it stands: of its
				   oddities most are its coding's */
	RULES_INHERITED = RULE_CR | RULE_LOOSE | RULE_REOPEN | RULE_BLIND |
	    RULE_ANYWHERE | RULE_LITERAL,
	/* the first head; inner ones have tasks of their own */
	RULE_STOP_BAD = 8,	/* a line that is no field begins the body */
	RULE_STOP_BLANKS = 16,	/* so does what follows a line of blanks */
	RULE_SKIP_EMPTY = 32,	/* the first empty lines do not end a head */
	RULE_STOP_COLON = 512	/* a name with blanks before its colon begins the body */
};

enum kind_is { KIND_LEAF, KIND_MULTIPART, KIND_MESSAGE };

struct task {
	bool message;			/* the bytes are the message's ... */
	unsigned long source;		/* ... else those of this part's file */
	unsigned long long from, to;
	unsigned long of;		/* the part that is read so */
	const char *reading;		/* static; NULL: a first reading */
	unsigned rules;
	unsigned carriers;		/* enum carrier bits: files to take out;
					   0: to be walked */
	bool inner;			/* a message in a text: if it is one */
	bool body;			/* from is the start of a body, that is: */
	enum kind_is is;
	enum transfer_coding coding;
	unsigned look;			/* of a leaf: enum look bits */
	bool plain;			/* of a leaf: shown, never opened */
	bool slight;			/* a text, decoded a little differently */
	bool digest;
	char *boundary;			/* of a multipart; owned */
	size_t nboundary;
};

#define AGENDA_NONE ((unsigned long)-1)

struct agenda {
	struct task *task;		/* owned */
	size_t count, room;
	size_t next, late;			/* late: of RULE_ANYWHERE */
	size_t staged;			/* from here on they are not looked at yet */
	unsigned long long cost;
	unsigned long times;		/* the message's bytes that may be read again */
	size_t *slot;			/* owned; which tasks there were, by hash */
	size_t slots;
	size_t key;
};

/*
 * Stages a task; boundary is copied.  allowed: bytes of the message so far.
 * False: it would be too much, and is not added.
 */
bool agenda_add(struct agenda *a, const struct task *t, unsigned long long allowed);

/* What a task costs more. */
void agenda_charge(struct agenda *a, unsigned long long bytes);

/*
 * Takes in what was staged, but for what there was before.  Parts from base on
 * may have gone meanwhile: now[i] stands for part base + i, file[i] has its
 * bytes; AGENDA_NONE: none has.  NULL: all are there.
 */
void agenda_commit(struct agenda *a, unsigned long base, const unsigned long *now,
    const unsigned long *file);

/*
 * The next task, to *t, whose boundary stays the agenda's; false: no more.  Those
 * of RULE_ANYWHERE come when there are no others.
 */
bool agenda_take(struct agenda *a, struct task *t);

void agenda_free(struct agenda *a);

#endif
