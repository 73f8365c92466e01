/* SPDX-License-Identifier: ISC */
/*
 * The treatment of each part by the conversions file.
 *
 * Part 0 and what holds other parts keep the standard checks, whatever matches.
 * The readings of a part have the treatments of them all together, and wherever
 * there are two or more the standard checks are one of them: a sender who makes
 * a part that is read in two ways cannot choose the laxer one.
 */
#ifndef TREAT_H
#define TREAT_H

#include "cmd/mimesplit/conversions.h"

struct split;

enum {
	TREAT_CALLS = 200,	/* parts given to functions: each takes its time */
	TREAT_APPLY = 16 << 10	/* bytes of the words apply= */
};

/*
 * Reads a file, tells its errors (warn: and what looks wrong) on standard error.
 * False: it cannot be used.  One that cannot be read ends the process with
 * EXIT_RETRY.
 */
bool treat_read(struct conversions *c, const char *path, bool warn);

/* Sets treat and apply of the outline, which is finished. */
void treat_parts(struct split *s);

#endif
