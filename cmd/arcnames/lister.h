/* SPDX-License-Identifier: ISC */
/*
 * All names in a file, and in what is packed in it.
 *
 *	file --magic--> archive --zipdir, rar, unpack--> names --report-->
 *	                  members that may be archives --> queue --> the same again
 *
 * A queue, not recursion; what waits in it is in memory, bounded by the budget of
 * unpack.h.  Runs confined: errors end the process.
 */
#ifndef LISTER_H
#define LISTER_H

#include "cmd/arcnames/report.h"

struct lister_options {
	unsigned depth;			/* levels that are opened */
	bool off[MAGIC_COUNT];		/* types that libarchive does not read, by choice */
};

void lister_run(struct span file, const struct lister_options *o, struct report *r);

#endif
