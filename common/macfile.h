/* SPDX-License-Identifier: ISC */
/*
 * Files of the Macintosh with their names: AppleSingle and AppleDouble (RFC
 * 1740), MacBinary (I to III).  The data fork is a file; where there is none, as
 * in AppleDouble, the name is told of a file without data.  A resource fork is
 * not told: it stands in the part as it is.
 *
 * Of the entries of a header MACFILE_ENTRIES are looked at, and the first one of
 * a kind is taken.  Fed in any cut.  No more data told than bytes fed.  Pure.
 */
#ifndef MACFILE_H
#define MACFILE_H

#include "common/tell.h"

#include <stdint.h>

enum {
	MACFILE_ENTRIES = 64,
	MACFILE_HEAD = 26 + 12 * MACFILE_ENTRIES,
	MACFILE_PROBE = 128	/* bytes that macfile_begins has to see */
};

struct macfile {
	struct tell tell;
	bool ready;		/* the ranges are known; else head is filled */
	uint64_t pos;		/* bytes read */
	size_t head_n;
	unsigned char head[MACFILE_HEAD];
	struct macfile_range {
		uint64_t from, to;	/* equal: there is none */
	} name, data;
	size_t text_n;
	char text[TELL_NAME];	/* the name, cut */
};

bool macfile_begins(const char *p, size_t n);

void macfile_start(struct macfile *m, const struct carried *to);
void macfile_feed(struct macfile *m, const char *p, size_t n);
void macfile_end(struct macfile *m);

#endif
