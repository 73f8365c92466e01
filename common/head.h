/* SPDX-License-Identifier: ISC */
/*
 * The fields of a head (RFC 5322 2.2, RFC 2045 3), read a line at a time and
 * never given up: a line that is no field is counted and skipped.
 *
 * Only the fields that say how to read a body or name it are kept, each as
 * often as it stands up to HEAD_SAME times.  A kept value is as it stood after
 * the colon, except that each line end inside it (a fold) is one '\n'; the
 * blanks that follow it are kept, so that a reader may take a fold for one
 * blank or for nothing.
 *
 * A line that is no field but for bytes around the name that some take for blanks
 * (controls, NBSP, a byte order mark) is kept as a guess.
 *
 * A line that is no field, right after a field that is kept, may be the rest of
 * it whose blank was lost: the field with that line is kept as one more.  Of many
 * such lines all count that hold a name or a boundary, or come right after one.
 *
 * Pure but for memory: head_line grows one buffer, up to HEAD_MAX bytes.
 */
#ifndef HEAD_H
#define HEAD_H

#include "common/record.h"

/* What is not as RFC 5322 has it, though read all the same. */
enum head_odd {
	HEAD_BAD_LINE = 1,	/* no field, and no continuation of one */
	HEAD_BLANK_LINE = 2,	/* a continuation of nothing but blanks */
	HEAD_SPACE_COLON = 4,	/* blanks between a name and its colon */
	HEAD_LEADING_SPACE = 8,	/* a field with blanks before its name */
	HEAD_NUL = 16,
	HEAD_CONTROL = 32,	/* another control byte */
	HEAD_EIGHT = 64		/* bytes over 127 */
};

enum head_field {
	HEAD_TYPE, HEAD_ENCODING, HEAD_DISPOSITION, HEAD_DESCRIPTION,
	HEAD_LOCATION, HEAD_MSGID,
	HEAD_SUN,		/* X-Sun-Data-Name, a name as it stands */
	HEAD_FIELDS
};

enum {
	HEAD_SAME = 8,		/* occurrences of one field that are kept */
	HEAD_MAX = 1 << 20,	/* bytes of all kept values */
	HEAD_TORN = 4,		/* lines that may have lost their blank, whatever
				   is in them */
	HEAD_TORN_MAX = 1000	/* bytes of one of these */
};

struct head {
	char *buf;		/* owned */
	size_t len, size;
	struct {
		size_t at, n;
	} value[HEAD_FIELDS][HEAD_SAME];
	size_t count[HEAD_FIELDS];
	unsigned guessed[HEAD_FIELDS];	/* bits: values that are such a guess */
	int last;		/* the field a continuation belongs to, or -1 */
	bool field;		/* a line before was a field: one can be continued */
	int split;		/* the field whose name alone stood in a line */
	int torn;		/* the field that lines without a blank may go on */
	unsigned torn_lines;
	bool torn_goes_on;	/* the last of them holds a name or a boundary */
	unsigned long lines;
	unsigned odd;		/* head_odd bits */
	bool full;		/* something wanted was not kept */
};

void head_init(struct head *h);
/* Forgets all values; keeps the memory. */
void head_start(struct head *h);
void head_free(struct head *h);

/*
 * Is this line a field?  *namelen is the length of its name, the value begins
 * at the length returned; 0: it is none.
 */
size_t head_field_line(const char *p, size_t n, size_t *namelen);

/* Does a line hold one of the fields that say how to read a body? */
bool head_decides(const char *p, size_t n);

/*
 * One line without its line end.  more: the bytes go on the line begun by the
 * call before (a line too long for the reader's window).  -1: no memory.
 */
int head_line(struct head *h, const char *p, size_t n, bool more);

/* Is the i-th value a guess: from lines that are no field? */
bool head_guessed(const struct head *h, enum head_field f, size_t i);

/* The i-th value of a field; false if there are not so many. */
bool head_value(const struct head *h, enum head_field f, size_t i, struct span *v);

#endif
