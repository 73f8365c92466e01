/* SPDX-License-Identifier: ISC */
/*
 * The lines that virlog writes and virtally reads: their kinds, and the words that tell
 * them apart.  man/virlog.1 shows each.
 *
 *	[ID 702911 mail.LEVEL] SUBJECT TEXT KEY=VALUE ...
 *	{"time":...,"host":...,"tag":...,"level":...,"kind":...,"subject":...,"text":...,KEY:...}
 *
 * Pure.
 */
#ifndef LOGKIND_H
#define LOGKIND_H

#include "common/record.h"

enum logkind {
	LOGKIND_VIRUS,
	LOGKIND_CONVERSION,
	LOGKIND_SUFFIX,
	LOGKIND_ODD,
	LOGKIND_UNSCANNED,
	LOGKIND_IGNORED,
	LOGKIND_RELAY,
	LOGKIND_SIGNATURES,
	LOGKIND_CLEAN,
	LOGKIND_ACTION,
	LOGKIND_OTHER,		/* a record of none of these */
	LOGKIND_N
};

/* What every line of a mail program had in 2002, on Solaris: LEVEL follows, and "] ". */
#define LOGKIND_MARK "[ID 702911 mail."

/* One word, as "virus"; as a JSON line's "kind" has it. */
const char *logkind_name(enum logkind kind);

/* The text behind the subject, without what was done: "virus found and". */
const char *logkind_text(enum logkind kind);

/* Does the text go on with " dealt" or " passed"? */
bool logkind_dealt(enum logkind kind);

/*
 * The kind of a line whose text begins at p (behind SUBJECT and a blank), n bytes to the
 * end of the line; *used is the length of the text.  False: none of ours, or the text is
 * followed by anything but a blank or the end.
 */
bool logkind_find(const char *p, size_t n, enum logkind *kind, size_t *used);

#endif
