/* SPDX-License-Identifier: ISC */
/*
 * BinHex 4.0 (RFC 1741): files in a text, each from a line that begins with
 * `:' to the next `:', once the sentence that announces BinHex was seen.  The
 * data fork is a file, a resource fork that is not empty another one of the
 * same name; what stands behind both is told as well.  Check sums are not
 * looked at, and what is not of the alphabet is skipped.
 *
 * Fed in any cut.  A run of 254 takes 16 bits, at six a character: less than 96
 * bytes of data are told for one fed.  Pure.
 */
#ifndef BINHEX_H
#define BINHEX_H

#include "common/tell.h"

#include <stdint.h>

enum { BINHEX_HEAD = 277 };	/* the length of the name, 255, 21 bytes more */

struct binhex {
	struct tell tell;
	bool bare;		/* the sentence was seen, or is not needed: set
				   by the caller after binhex_start */
	bool inside;		/* between the colons */
	bool blank;		/* nothing but blanks in this line so far */
	size_t matched;		/* of the sentence */

	uint32_t bits;		/* six a character */
	unsigned have;
	bool run;		/* after 0x90 */
	unsigned char last;

	enum { BINHEX_LENGTH, BINHEX_HEADER, BINHEX_DATA, BINHEX_DATASUM,
	    BINHEX_RSRC, BINHEX_RSRCSUM, BINHEX_BEHIND } at;
	uint64_t left;		/* bytes of what at says; 0 only outside */
	size_t head_n;
	unsigned char head[BINHEX_HEAD];
};

void binhex_start(struct binhex *b, const struct carried *to);
void binhex_feed(struct binhex *b, const char *p, size_t n);
void binhex_end(struct binhex *b);

#endif
