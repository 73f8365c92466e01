/* SPDX-License-Identifier: ISC */
/*
 * The file that a transfer is written into: NAME, and NAME.tag beside it, which has
 * the strong ETag and the URL that its bytes came with, a line each.
 *
 * Invariant, whoever kills us: where there is a NAME.tag, NAME holds a beginning of
 * what had that ETag at that URL.  Of another URL nothing is continued: two servers
 * may use one ETag for two contents.
 *
 * What the disk refuses ends the process with EXIT_RETRY, the file named.
 */
#ifndef PARTFILE_H
#define PARTFILE_H

#include "cmd/sigupdate/fetch.h"

struct partfile {
	int dir;		/* not owned, */
	const char *name;	/* nor are these */
	const char *url;
	int fd;			/* -1: not open */
	unsigned long long size;
	char tag[FETCH_TAG];	/* "": not to be continued */
};

/* What is there that can be continued: size and tag; else 0 and "". */
void partfile_open(struct partfile *p, int dir, const char *name, const char *url);

/* Begins anew, empty; tag: a strong ETag, or "". */
void partfile_anew(struct partfile *p, const char *tag);

void partfile_write(struct partfile *p, const char *bytes, size_t n);

/* It is whole: on the disk, and no tag. */
void partfile_whole(struct partfile *p);

/* For the next try, where that can go on from there; else removes both. */
void partfile_leave(struct partfile *p);

void partfile_remove(struct partfile *p);

#endif
