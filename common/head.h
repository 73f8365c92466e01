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
 * Pure but for memory: head_line grows one buffer, up to HEAD_MAX bytes.
 */
#ifndef HEAD_H
#define HEAD_H

#include "common/record.h"

enum head_field {
	HEAD_TYPE, HEAD_ENCODING, HEAD_DISPOSITION, HEAD_DESCRIPTION,
	HEAD_LOCATION, HEAD_MSGID, HEAD_FIELDS
};

enum {
	HEAD_SAME = 8,		/* occurrences of one field that are kept */
	HEAD_MAX = 1 << 20	/* bytes of all kept values */
};

struct head {
	char *buf;		/* owned */
	size_t len, size;
	struct {
		size_t at, n;
	} value[HEAD_FIELDS][HEAD_SAME];
	size_t count[HEAD_FIELDS];
	int last;		/* the field a continuation belongs to, or -1 */
	unsigned long bad;	/* lines that are no field */
	bool full;		/* something wanted was not kept */
};

void head_init(struct head *h);
/* Forgets all values; keeps the memory. */
void head_start(struct head *h);
void head_free(struct head *h);

/*
 * One line without its line end.  more: the bytes go on the line begun by the
 * call before (a line too long for the reader's window).  -1: no memory.
 */
int head_line(struct head *h, const char *p, size_t n, bool more);

/* The i-th value of a field; false if there are not so many. */
bool head_value(const struct head *h, enum head_field f, size_t i, struct span *v);

#endif
