/* SPDX-License-Identifier: ISC */
/*
 * What a record says in a log: man/virlog.1 lists every form, common/logkind.h names
 * the kinds.
 *
 * Pure: a valid record in, printable ASCII out.  Values stay coded, so nothing
 * of a sender's gets out of its word; "virus found" stands in the line of an
 * infected part and in no other.
 */
#ifndef LINE_H
#define LINE_H

#include "common/logkind.h"

/* The severities of syslog that are used; the facility is mail. */
enum line_level { LINE_ALERT = 1, LINE_WARNING = 4, LINE_NOTICE = 5, LINE_INFO = 6 };

enum {
	LINE_FACILITY = 2,
	LINE_BYTES = 1024	/* of a whole line, its newline included */
};

/* What there is to say of a record; all but this is the record's memory. */
struct line {
	const char *record;
	size_t n;
	bool wanted;		/* false: no line (the last record of a check) */
	enum logkind kind;
	enum line_level level;
	struct span subject;	/* coded, 1 to 128 bytes */
	const char *done;	/* what follows the kind's text: "", " dealt", " passed" */
};

void line_read(struct line *l, const char *record, size_t n);

/* "alert". */
const char *line_level_name(enum line_level level);

/*
 * The line from its [ID ...] on, without a newline, at most room bytes; room
 * is 512 to LINE_BYTES.  What does not fit is cut or left out, see fit_words; words
 * cut=KEY and left=N say so.  Returns its length.
 */
size_t line_text(char *to, size_t room, const struct line *l);

#endif
