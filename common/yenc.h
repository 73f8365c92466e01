/* SPDX-License-Identifier: ISC */
/*
 * yEnc (the yEnc draft 1.3): files in a text, from a line "=ybegin ..." to
 * "=yend size=...", to the next "=ybegin" or to the end.  Sizes and check sums
 * are not looked at; a part of a file that was posted in parts is a file.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef YENC_H
#define YENC_H

#include "common/tell.h"

struct yenc {
	struct tell tell;
	enum { YENC_LINE, YENC_BEGIN, YENC_REST, YENC_DATA } at;
	char word[16];		/* at a line start: what may be a keyword */
	size_t have;
	bool first;		/* the line after =ybegin */
	bool escape;
	bool named;		/* of " name=": all of it stood there */
	size_t matched;		/* of " name=": characters so far */
	size_t name_n;
	char name[TELL_NAME];	/* the rest of the line, cut */
};

void yenc_start(struct yenc *y, const struct carried *to);
void yenc_feed(struct yenc *y, const char *p, size_t n);
void yenc_end(struct yenc *y);

#endif
