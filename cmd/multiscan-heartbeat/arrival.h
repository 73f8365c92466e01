/* SPDX-License-Identifier: ISC */
/*
 * A message that came to the heartbeat's address: whose it is, and what of ours is in it,
 * as it stands or in base64, however its lines are broken.  Pure, linear, and in memory that
 * does not grow.
 */
#ifndef ARRIVAL_H
#define ARRIVAL_H

#include "cmd/multiscan-heartbeat/letter.h"

enum {
	ARRIVAL_LINE = 128,	/* bytes of a line of the head that are looked at */
	ARRIVAL_VIEWS = 5	/* as it stands, and in base64 that begins at any of four places */
};

struct arrival {
	char token[LETTER_TOKEN + 1];	/* of the first field that has one; "": none */
	bool holds[MAIL_N];
	unsigned long long bytes;

	/* its own */
	bool body;
	size_t linelen;
	char line[ARRIVAL_LINE];
	char text[MAIL_N][LETTER_BYTES];
	unsigned char back[MAIL_N][LETTER_BYTES];	/* Knuth, Morris, Pratt */
	size_t at[MAIL_N][ARRIVAL_VIEWS];
	unsigned long quad;
	unsigned long long digits;	/* of base64, in a row */
};

void arrival_start(struct arrival *a);
void arrival_feed(struct arrival *a, const char *p, size_t n);
void arrival_end(struct arrival *a);

/* "virus", "clean", "both", "nothing" */
const char *arrival_holds(const struct arrival *a);

#endif
