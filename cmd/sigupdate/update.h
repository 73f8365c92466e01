/* SPDX-License-Identifier: ISC */
/*
 * One run: asks the sources, makes a new generation of what is new, tells the engines.
 * Anything may end the process in between: what counts is on the disk.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include "cmd/sigupdate/ask.h"
#include "cmd/sigupdate/conf.h"

#include <stdbool.h>

struct update_options {
	const char *root;
	bool look;			/* check */
	bool ask_now;			/* -a */
	bool smaller;			/* -S */
	unsigned long earliest;		/* -e; 0: at once */
	unsigned long seconds;		/* -t */
};

/*
 * The exit status: EXIT_NOTHING, EXIT_FOUND or EXIT_RETRY.  Who is stale is not looked at.
 * Where it ends the process instead, w says while asking whom.
 */
int update(const struct conf *c, const struct update_options *o, struct watch *w);

#endif
