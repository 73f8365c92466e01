/* SPDX-License-Identifier: ISC */
/*
 * The outline: what is known of each part, kept until the end and then written
 * as the manifest, and the limits that were reached.  Every function ends the
 * process with EXIT_RETRY where there is no memory.
 */
#ifndef OUTLINE_H
#define OUTLINE_H

#include "common/workdir.h"

/*
 * What keeps us from saying that all was looked at: limits, and structures that
 * some client reads in another way than we do, so that it may see parts which
 * no engine was shown.
 */
enum limit {
	LIMIT_DEPTH, LIMIT_PARTS, LIMIT_SIZE, LIMIT_DECODED, LIMIT_HEAD,
	LIMIT_NAMES, LIMIT_BOUNDARY,
	READ_BOUNDARY,		/* a boundary parameter of more than one reading */
	READ_NO_PARTS,		/* a multipart without a delimiter */
	READ_AFTER_CLOSE,	/* a delimiter after the one that closes */
	READ_TWICE,		/* two Content-Types or encodings that differ */
	READ_ENCODED,		/* a multipart with a transfer encoding */
	READ_ENCODING,		/* base64 and the like, but not as it is written */
	READ_BARE_CR,		/* a CR in a head that ends no line */
	READ_PARTIAL,		/* message/partial */
	LIMITS
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
