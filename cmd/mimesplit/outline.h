/* SPDX-License-Identifier: ISC */
/*
 * The outline: what is known of each part, kept until the end and then written
 * as the manifest, and the limits that were reached.  Every function ends the
 * process with EXIT_RETRY where there is no memory.
 */
#ifndef OUTLINE_H
#define OUTLINE_H

#include "common/workdir.h"

enum limit {
	LIMIT_DEPTH, LIMIT_PARTS, LIMIT_SIZE, LIMIT_DECODED, LIMIT_HEAD,
	LIMIT_NAMES, LIMIT_BOUNDARY, LIMITS
};

struct entry {
	unsigned long parent, edit;
	unsigned depth;
	bool file;
	unsigned long long size;
	struct range head, body, span;
	char *imap;		/* owned; NULL: none */
	char *words;		/* owned; type, encoding, names: coded words */
};

struct outline {
	struct entry *entry;	/* owned; entry[n] is part n */
	unsigned long count, room;
	bool reached[LIMITS];
	unsigned long where[LIMITS];	/* the first part it was reached in */
};

/* A new part; its number. */
unsigned long outline_add(struct outline *o, unsigned long parent);

/* A limit was reached in a part: said once for each limit. */
void outline_limit(struct outline *o, enum limit limit, unsigned long part);

/* The manifest's text, malloc'd. */
char *outline_manifest(const struct outline *o, const char *id, size_t *n);

/* The verdict records of the limits, to stdout; how many there were. */
unsigned outline_print_limits(const struct outline *o, const char *id);

void outline_free(struct outline *o);

#endif
