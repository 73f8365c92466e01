/* SPDX-License-Identifier: ISC */
/* One file from folder to folder; root_copy and root_digest are in root.h. */
#ifndef COPY_H
#define COPY_H

#include "cmd/sigupdate/manifest.h"

enum copy {
	COPY_DONE,
	COPY_CHANGED,		/* it did not stay the same, three times */
	COPY_SOURCE,		/* errno: it cannot be read; ENODEV: is no regular file */
	COPY_DISK		/* errno: nor written */
};

/* As root_copy; what came of it, and but for COPY_DONE there is no file. */
enum copy copy_file(int from, const char *name, int to, struct manifest_file *got);

/* What was wrong with the source, for people; NULL: nothing was.  errno as copy_file left it. */
const char *copy_why(enum copy came);

#endif
