/* SPDX-License-Identifier: ISC */
/* uuencode and its base64 form, a line at a time (POSIX uuencode(1)).  Pure. */
#ifndef UU_H
#define UU_H

#include "common/record.h"

enum { UU_LINE = 63 };	/* bytes that one line can hold */

/* How much a line is like one that begins a file. */
enum uu_trust {
	UU_NONE,	/* it begins with "begin", as many a sentence does */
	UU_WORD,	/* "begin" stands alone */
	UU_MODE,	/* and a mode behind it, in digits, + and _ */
	UU_SURE		/* a mode of 3 or 4 digits, a name of one word */
};

struct uu_head {
	enum uu_trust trust;
	struct span name;	/* in the line; may be empty */
	bool base64;
	bool coded;		/* begin-base64-encoded: the name too */
};

/* Does this line begin with "begin"?  In any case; blanks may be NULs. */
bool uu_begin(const char *p, size_t n, struct uu_head *h);

/* Is this line "end"? */
bool uu_end(const char *p, size_t n);

/* Which lines are data. */
enum uu_how {
	UU_USUAL,	/* those of the alphabet, and any that are as long as they say */
	UU_ANY,		/* all; six bits of each byte */
	UU_STRICT,	/* those as long as they say, without a lower case letter */
	UU_STREAM	/* all, as one stream: see uu_stream */
};

/*
 * A data line: the bytes it holds, UU_LINE at the most, or -1: it is none.  What
 * is more than its length says is not looked at, what is less is zeros: blanks
 * at its end may be lost.
 */
int uu_data(const char *p, size_t n, enum uu_how how, char *out);

/*
 * Lines as one stream: a length is where the data of the one before is over, and
 * at a line start, where a group of four characters may go on.
 */
struct uu_stream {
	unsigned left;		/* bytes that the length says are to come */
	unsigned have;		/* characters of a group */
	unsigned long group;
};

/* The bytes of one more line, no more than it has characters. */
int uu_stream(struct uu_stream *u, const char *p, size_t n, char *out);

/*
 * Is this line so much like data that it proves a doubtful line before to have
 * begun a file?  first: it is the first line behind that.
 */
bool uu_proves(const char *p, size_t n, enum uu_trust trust, bool first);

#endif
