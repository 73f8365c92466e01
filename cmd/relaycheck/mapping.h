/* SPDX-License-Identifier: ISC */
/*
 * A mapping table asked, man/mappings.5: the first entry whose pattern matches
 * makes a new string by its template, says yes or no or neither, and says where
 * the table goes on.
 *
 * Nothing that a table holds or is asked makes this run on or grow: at a bound of
 * the ones below the answer is MAPPING_LIMIT, and must not be taken for a yes.
 *
 * Pure: no file, no exit; memory of its own.
 */
#ifndef MAPPING_H
#define MAPPING_H

#include "cmd/relaycheck/mapmatch.h"

enum {
	MAPPING_MAX = 8192,		/* bytes of a string asked or made */
	MAPPING_TEMPLATE = 1024,	/* bytes of a template, as written */
	MAPPING_FIRED = 100,		/* entries that may fire for a question */
	MAPPING_NESTED = 10,		/* tables that may ask one another */
	MAPPING_STEPS = 1 << 27		/* of matching, for a question */
};

enum mapping_op {
	MAPPING_TEXT,			/* text */
	MAPPING_CAPTURE,		/* $n */
	MAPPING_SAY_YES, MAPPING_SAY_NO,
	MAPPING_IF_AUTH, MAPPING_UNLESS_AUTH,	/* $:A $;A */
	MAPPING_CALL,			/* $|table; and what follows makes its argument */
	MAPPING_RETURN			/* up to here: | */
};

struct maptable;

struct mapstep {
	enum mapping_op op;
	unsigned capture;
	bool guarded;			/* a call: $C stands before it */
	struct span text;		/* or the name of a table; in the template's memory */
	const struct maptable *table;	/* of a call: set by who has the tables */
};

enum mapping_control {
	MAPPING_END,			/* $E, or none of these */
	MAPPING_NEXT,			/* $C */
	MAPPING_RESTART,		/* $R */
	MAPPING_ONCE_MORE		/* $L */
};

/* Calls are not nested in it, and each has its return. */
struct maptemplate {
	struct mapstep *step;		/* owned */
	size_t n;
	enum mapping_control control;	/* the last one written */
	char *text;			/* owned */
};

struct mapentry {
	struct mappattern pattern;
	struct maptemplate template;
	const char *path;		/* of the file that it stands in */
	unsigned long line;
	size_t number;			/* in its table, from 1 */
};

struct maptable {
	const char *name;
	const char *path;
	unsigned long line;		/* of its name */
	bool reached;			/* false: it is asked by nothing, and was not compiled */
	struct mapentry *entry;		/* owned */
	size_t entries;
};

/*
 * Its calls have no table yet.  wildcards: those of the pattern.  0, and t is to
 * be freed; 1 and -1 as of mapmatch_compile.
 */
int mapping_template(struct maptemplate *t, struct span text, size_t wildcards,
    struct mapwrong *wrong);

void mapping_template_free(struct maptemplate *t);

/* Does it fire whenever its pattern matches? */
bool mapping_unconditional(const struct maptemplate *t);

/* The step that says yes or no; NULL: neither. */
const struct mapstep *mapping_says(const struct maptemplate *t);

/* An entry fired; result is what it made, for the time of the call. */
typedef void mapping_fired(void *to, const struct maptable *table,
    const struct mapentry *entry, struct span result);

struct mapping_question {
	struct span probe;
	bool authenticated;		/* flag A */
	mapping_fired *fired;		/* in the order of what happened; NULL: not told */
	void *to;
};

enum mapping_said {
	MAPPING_NOTHING,		/* no entry that fired said yes or no, or none fired */
	MAPPING_YES, MAPPING_NO,	/* said last */
	MAPPING_LIMIT,			/* a bound was met */
	MAPPING_MEMORY			/* there is none */
};

struct mapping_answer {
	const struct mapentry *last;	/* that fired in this table; NULL: none did */
	const struct mapentry *by;	/* who said yes or no last; NULL: none did */
	size_t n, nreply;
	char text[MAPPING_MAX];		/* what was made last; else the probe */
	char reply[MAPPING_MAX];	/* what by wrote behind its $Y or $N */
};

enum mapping_said mapping_ask(const struct maptable *table,
    const struct mapping_question *q, struct mapping_answer *a);

#endif
