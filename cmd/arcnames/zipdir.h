/* SPDX-License-Identifier: ISC */
/*
 * The names in a zip (APPNOTE.TXT 6.3.10), as every reader may see them: those of
 * every central directory that an end record leads to, wherever it stands, and
 * those of the local headers from each beginning.  Nothing is unpacked.
 *
 * Pure: bytes in, a callback for each header.  Linear: a file in which more
 * headers are seen than ZIP_HEADERS is not read further.
 */
#ifndef ZIPDIR_H
#define ZIPDIR_H

#include "common/record.h"

#include <stdint.h>

enum { ZIP_HEADERS = 100000 };

/* One header; the names point into the file. */
struct zip_header {
	struct span name;
	struct span unicode;	/* of the extra field 0x7075; p is NULL: none */
	bool central;		/* of a central directory */
	bool folder;		/* ends in a slash, and has no data */
	bool encrypted;
	bool link;		/* its data is what a symbolic link points to */
	uint64_t local;		/* where its local header stands; ZIP_NOWHERE */
};

#define ZIP_NOWHERE UINT64_MAX

struct zip_facts {
	unsigned long directories;	/* central ones that could be read */
	bool encrypted;			/* a member, or a directory */
	bool volume;			/* one of several */
	bool broken;			/* said of what begins as a zip, or ends as one */
	bool limit;			/* it was not read to its end */
};

/* The callback returns false to stop.  False: it did. */
bool zip_walk(struct span file, struct zip_facts *f,
    bool (*header)(void *ctx, const struct zip_header *h), void *ctx);

#endif
