/* SPDX-License-Identifier: ISC */
/*
 * Logs that grow, are rotated and cut: each line that came since watch_start is looked at.
 * A log that cannot be read says nothing; what is said on standard error tells why.
 */
#ifndef WATCH_H
#define WATCH_H

#include "cmd/multiscan-heartbeat/sighting.h"

#include <sys/types.h>

#include <stdbool.h>

enum { WATCH_LOGS = 8, WATCH_LINE = 16384 };

struct watch {
	size_t n;
	struct watched {
		const char *path;
		int fd;			/* -1: it is not there */
		dev_t device;
		ino_t inode;
		off_t offset;
		size_t len;		/* of the line that is not whole */
		bool skip;		/* it is too long */
		char line[WATCH_LINE];
	} log[WATCH_LOGS];
};

/* One more; from its present end on.  False: it is there and cannot be read, see errno. */
bool watch_start(struct watch *w, const char *path);

/* What the lines say of name that have come; of several the one that says most. */
enum sighting watch_look(struct watch *w, const char *name);

#endif
