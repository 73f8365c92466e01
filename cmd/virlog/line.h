/* SPDX-License-Identifier: ISC */
/*
 * What a record says in a log: man/virlog.1 lists every form.
 *
 * Pure: a valid record in, printable ASCII out.  Values stay coded, so nothing
 * of a sender's gets out of its word; "virus found" stands in the line of an
 * infected part and in no other.
 */
#ifndef LINE_H
#define LINE_H

#include "common/record.h"

/* The severities of syslog that are used; the facility is mail. */
enum line_level { LINE_ALERT = 1, LINE_WARNING = 4, LINE_NOTICE = 5 };

enum {
	LINE_FACILITY = 2,
	LINE_BYTES = 1024	/* of a whole line, its newline included */
};

/* False: a record of this kind has no line (the last record of a check). */
bool line_wanted(const char *record, size_t n);

enum line_level line_level(const char *record, size_t n);

/*
 * The line from its [ID ...] on, without a newline, at most room bytes; room
 * is 512 to LINE_BYTES.  What does not fit: the longest values are cut between
 * escapes, and if that is not enough the last words left out; both are named in
 * words cut=KEY.  Returns its length.
 */
size_t line_text(char *to, size_t room, const char *record, size_t n);

#endif
