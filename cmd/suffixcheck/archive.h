/* SPDX-License-Identifier: ISC */
/*
 * arcnames, the command beside this one, run over a file; what it says, record by
 * record.
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "common/record.h"

enum {
	ARCHIVE_SECONDS = 30,	/* for one file */
	ARCHIVE_ALL = 100,	/* for all files of a message */
	ARCHIVE_OFF = 16	/* types that can be named with -x */
};

struct archives {
	bool off;			/* none is looked into */
	const char *types[ARCHIVE_OFF];	/* that are not looked into */
	unsigned count;
	double used;			/* seconds, of ARCHIVE_ALL */
};

/*
 * Calls record for each but the last.  false: there was no time left for it.
 * Where arcnames fails the process ends with EXIT_RETRY.
 */
bool archive_names(struct archives *a, int fd,
    void (*record)(void *ctx, struct span line), void *ctx);

#endif
