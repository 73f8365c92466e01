/* SPDX-License-Identifier: ISC */
/*
 * The set of signatures as a folder: which one, and whether it is worth a load.
 * libclamav refuses a whole set for one empty file and does not say which.
 */
#ifndef SIGSET_H
#define SIGSET_H

#include <stdbool.h>
#include <time.h>

struct sigset {
	char *dir;		/* without links; owned */
	int fd;			/* the folder, with a shared lock where it takes one */
	const char *name;	/* its last component */
	time_t newest;		/* when its newest file was changed */
};

/*
 * Fills s for the folder dir.  NULL: $MULTISCAN_SIGNATURES, what sigupdate
 * keeps, what freshclam keeps; with test, at last the set that ships with the
 * project, which is said on stderr.  A folder without a signature file, or
 * with an empty one, ends the process with EXIT_RETRY and is named.
 */
void sigset_open(struct sigset *s, const char *dir, bool test);

/* The same folder, of whose files nothing is known yet: newest is 0. */
void sigset_find(struct sigset *s, const char *dir, bool test);

/*
 * Its files have been read.  Until then sigupdate does not remove it, and where it
 * was named by a link to a generation it was whole when it was locked.
 */
void sigset_release(struct sigset *s);

/* Nothing of it is used any more. */
void sigset_free(struct sigset *s);

#endif
