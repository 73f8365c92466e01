/* SPDX-License-Identifier: ISC */
/*
 * The names of a part: every one that some client could take from its head,
 * each with its source as record.5 has them (filename, type, rfc2231, word,
 * location, description).  The same bytes are told once.
 *
 * Pure but for memory.
 */
#ifndef NAME_H
#define NAME_H

#include "common/head.h"

enum {
	NAME_COUNT = 64,	/* names kept */
	NAME_BYTES = 16384	/* and their bytes in all: fits in a record */
};

struct names {
	struct {
		const char *source;	/* static */
		size_t at, n;
	} name[NAME_COUNT];
	size_t count;
	size_t files;		/* of them, by name_collect: those that may be of a file,
				   which a description without a suffix is not */
	size_t len;
	bool full;		/* there were more, or longer ones */
	char bytes[NAME_BYTES];
};

void name_start(struct names *names);
void name_add(struct names *names, const char *source, const char *p, size_t n);

/* Adds the names of a head; -1: no memory. */
int name_collect(struct names *names, const struct head *h);

#endif
