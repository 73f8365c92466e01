/* SPDX-License-Identifier: ISC */
/* The messages of a quarantine, by the time at which they came. */
#ifndef FOLDER_H
#define FOLDER_H

#include "common/workdir.h"

struct entry {
	long long stowed;		/* seconds: the manifest's time */
	char id[WORKDIR_IDLEN + 1];
};

struct folder {
	size_t n;
	struct entry *entries;		/* the oldest first; owned */
};

/*
 * All folders that are named as messages are and have a manifest; ends the process where
 * the folder at fd cannot be read.  tell: others, and files, are named on standard error;
 * hidden names are not.
 */
void folder_read(struct folder *f, int fd, const char *path, bool tell);
void folder_free(struct folder *f);

/* As 2026-11-26T21:40:12Z. */
struct folder_time { char text[40]; };
struct folder_time folder_time(long long seconds);

#endif
