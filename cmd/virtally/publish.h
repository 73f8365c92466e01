/* SPDX-License-Identifier: ISC */
/*
 * A file that appears whole: written beside its name, fsynced, renamed, its folder
 * fsynced.  What fails ends the process with EXIT_RETRY and the name; the half-made file is
 * removed, and one that a killed run left is written over.  A write that fails ends it at
 * once; so what is written need not be looked at.
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
	char beside[300];
	int fd;			/* -1: there is none, or it was given up */
	FILE *f;
};

/* In the folder dir; path is for people.  *p stays where it is until publish_done. */
FILE *publish_at(struct publish *p, int dir, const char *name, const char *path);

/* Any path. */
FILE *publish(struct publish *p, const char *path);

void publish_done(struct publish *p);

#endif
