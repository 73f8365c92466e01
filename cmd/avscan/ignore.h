/* SPDX-License-Identifier: ISC */
/*
 * The ignore file: lines `SIGNATURE|sha256:HEX YYYY-MM-DD REASON', which say
 * what an engine finds and is not to be counted, up to a day.
 */
#ifndef IGNORE_H
#define IGNORE_H

#include "common/record.h"

struct ignore_line {
	char *what;		/* owned; the other two lie behind it */
	const char *until;	/* its last day, as it is written */
	const char *reason;
	bool hash;		/* what is sha256: and 64 digits in lower case */
	unsigned long day;	/* until, as the number YYYYMMDD */
	unsigned long number;	/* of the line */
	bool told;		/* that it is past its day */
};

struct ignore {
	const char *path;	/* as long as it is used */
	struct ignore_line *lines;	/* owned */
	size_t n;
	bool hashes;		/* one of them is a hash */
	unsigned long today;
};

/*
 * Reads it; without one i is empty.  path is that of -I, or NULL: then the one
 * of $MULTISCAN_IGNORE or of /etc.  Ends the process with EXIT_RETRY where the
 * file cannot be read or a line is wrong.
 */
void ignore_read(struct ignore *i, const char *path);
void ignore_free(struct ignore *i);

/*
 * The line that covers this signature, or this content, today; NULL: none.  Of
 * one that would but for its day a word is said on standard error, once.
 */
const struct ignore_line *ignore_signature(struct ignore *i, struct span name);

/* *read is false where the file could not be read; then it is NULL, with errno. */
const struct ignore_line *ignore_content(struct ignore *i, int fd, bool *read);

#endif
