/* SPDX-License-Identifier: ISC */
/*
 * A file that appears whole: written beside its name, fsynced, renamed, its folder
 * fsynced.  What fails ends the process with EXIT_RETRY and the name; the half-made file is
 * removed, and one that a killed run left is by the next one.  A write that fails ends it at
 * once; so what is written need not be looked at.
 *
 * What is written is a new file of a name that nobody knows beforehand: whatever others may
 * put into the folder is neither written to nor waited for.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <stdbool.h>
#include <stdio.h>

struct publish {
	int dir;
	bool own;		/* dir is closed by us */
	const char *name;	/* in dir */
	const char *path;	/* for people */
	char beside[32];
	int fd;			/* -1: there is none, or it was given up */
	FILE *f;
};

/*
 * In the folder dir, for all to read; path is for people.  *p stays where it is until
 * publish_done.
 */
FILE *publish_at(struct publish *p, int dir, const char *name, const char *path);

/* The same for the folder's owner, and its group to read. */
FILE *publish_state_at(struct publish *p, int dir, const char *name, const char *path);

/* Any path, for all to read. */
FILE *publish(struct publish *p, const char *path);

void publish_done(struct publish *p);

/*
 * What was just made in the folder dir becomes its owner's and its group's: so root may do
 * once by hand what another one does each night.  False: errno.
 */
bool publish_give(int fd, int dir);

#endif
