/* SPDX-License-Identifier: ISC */
/*
 * What an engine says of a content becomes records on standard output: a verdict
 * each, or, where the ignore file covers it, a record of its own.
 */
#ifndef FINDING_H
#define FINDING_H

#include "cmd/avscan/ask.h"
#include "cmd/avscan/ignore.h"
#include "common/workdir.h"

/* Signatures, each once. */
struct names {
	char **list;		/* owned */
	size_t n;
};

struct findings {
	struct asker asker;
	struct ignore ignore;
	bool any;		/* a verdict was printed */
	bool infected;		/* a leaf is */
	struct names found;	/* in leaves */
	struct names ignored;	/* in leaves */
};

/* One thing to look at. */
struct content {
	int fd;			/* a regular file; the caller's */
	const char *what;	/* its name in messages, of any bytes */
	const char *path;	/* of a file; else NULL and */
	const struct workdir *w;
	const struct part *part;	/* a part of it; its line is NULL for the
					   message itself, which comes last */
};

/* Prints what is found.  CLEAN, FOUND, UNSCANNED: it was looked at. */
enum answer findings_scan(struct findings *f, const struct content *c);

void findings_free(struct findings *f);

#endif
