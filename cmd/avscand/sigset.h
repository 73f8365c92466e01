/* SPDX-License-Identifier: ISC */
/*
 * The set of signatures as a folder: which one, and whether it is worth a load.
 * libclamav refuses a whole set for one empty file and does not say which.
 */
#ifndef SIGSET_H
#define SIGSET_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Who named it; where nobody did, the lower one counts. */
enum sigset_place {
	SIGSET_NAMED,		/* -D, or the environment */
	SIGSET_KEPT,		/* sigupdate keeps it */
	SIGSET_FRESHCLAM,
	SIGSET_SHIPPED
};

struct sigset {
	char *dir;		/* without links; owned */
	int fd;			/* the folder, with a shared lock where it takes one */
	const char *name;	/* its last component */
	enum sigset_place place;
	time_t newest;		/* when its newest file was changed */
	uint64_t mark;		/* of the folder, and of each file's name, size and time */
};

/*
 * Fills s for the folder dir.  NULL: $MULTISCAN_SIGNATURES, what sigupdate
 * keeps, what freshclam keeps; with test, at last the set that ships with the
 * project, which is said on stderr.  A folder without a signature file, or
 * with an empty one, ends the process with EXIT_RETRY and is named.
 */
void sigset_open(struct sigset *s, const char *dir, bool test);

/* The same folder, of whose files nothing is known yet: newest and mark are 0. */
void sigset_find(struct sigset *s, const char *dir, bool test);

/*
 * The mark that the set for dir has now, where one that was found at place is in use:
 * that one, or one that counts more.  0: there is none, or it cannot be told.
 */
uint64_t sigset_look(const char *dir, enum sigset_place place);

/*
 * Its files have been read.  Until then sigupdate does not remove it, and where it
 * was named by a link to a generation it was whole when it was locked.
 */
void sigset_release(struct sigset *s);

/* Nothing of it is used any more. */
void sigset_free(struct sigset *s);

#endif
