/* SPDX-License-Identifier: ISC */
/*
 * Pages that stand in a page, as the value of an attribute srcdoc=: each one is
 * a file, its character references decoded once, as a browser takes it.
 *
 * Whether a quote before it is open is not asked for.  Where the same word stands
 * in such a value, the value may be no attribute's: with `restart' the file ends
 * there, and the next one begins.
 *
 * Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef SRCDOC_H
#define SRCDOC_H

#include "common/charref.h"
#include "common/tell.h"

struct srcdoc {
	struct tell tell;
	bool restart;		/* set by the caller after srcdoc_start */
	bool nested;		/* one stood in another; valid at the end */
	bool value;		/* a file is being read, up to: */
	char quote;		/* '\0': a blank or a > */
	enum { SRCDOC_SCAN, SRCDOC_NAME, SRCDOC_EQUALS } at;	/* what was seen */
	size_t matched;		/* of the name */
	bool within;		/* the character before is one of a name */
	struct charref ref;
};

void srcdoc_start(struct srcdoc *s, const struct carried *to);
void srcdoc_feed(struct srcdoc *s, const char *p, size_t n);
void srcdoc_end(struct srcdoc *s);

#endif
