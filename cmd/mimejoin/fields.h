/* SPDX-License-Identifier: ISC */
/*
 * The head of a message that becomes a note: which of its fields stay.
 *
 * A field stays, byte for byte, where it is a token, a colon and a value, with
 * its continuation lines, is not Content-* or MIME-Version, and no client
 * could read another field or the end of the head in it: so not with a NUL or
 * another control byte but tab and ESC (raw ISO-2022-JP), with a CR that does
 * not end a line, or with a continuation line of blanks only.  All else goes:
 * a line that is no field ("From ", an empty line) too.
 *
 * Pure: fed in pieces of any size, it tells ranges and keeps no bytes.
 */
#ifndef MIMEJOIN_FIELDS_H
#define MIMEJOIN_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

enum { FIELDS_NAME = 12 };	/* as much of a name as is looked at */

/* A range to keep, in order; neighbours are told as one.  -1 stops. */
typedef int fields_keep(void *arg, unsigned long long start, unsigned long long len);

struct fields {
	fields_keep *keep;
	void *arg;
	unsigned long long at;		/* of the next byte */
	unsigned long long start;	/* of the field */
	unsigned long long keptstart, keptend;	/* not told yet */
	char name[FIELDS_NAME];		/* its beginning */
	size_t namelen;
	bool good;			/* the field so far */
	bool inname;			/* before the colon */
	bool linestart;
	bool blank;			/* the continuation line so far */
	bool cr;			/* the byte before was one */
};

/* start: the offset of the head's first byte. */
void fields_start(struct fields *f, unsigned long long start, fields_keep *keep, void *arg);
/* 0, or -1 from keep. */
int fields_feed(struct fields *f, const char *p, size_t n);
/* At the end of the head; a last field without its line end is told as well. */
int fields_end(struct fields *f);

/* Is it Content-* or MIME-Version, which say how the message is to be read? */
bool field_says_how(const char *name, size_t n);

enum { FIELD_MAX = 4096, FIELD_LINEMAX = 998 };

/*
 * Writes p[n] to out as one field, blanks folded so that a line has at most 76
 * bytes where it has blanks, eol at its end.  out has room for 3 * n + 3.
 * Returns the length, 0 where p is not "Token: value" in printable ASCII, is
 * over FIELD_MAX, has a word over FIELD_LINEMAX, or is a field that says how
 * the message is to be read (Content-*, MIME-Version).
 */
size_t field_fold(const char *p, size_t n, const char *eol, char *out);

#endif
