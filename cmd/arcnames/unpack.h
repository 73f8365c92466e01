/* SPDX-License-Identifier: ISC */
/*
 * Archives and compressed files through libarchive, each with the one reader that
 * its first octets ask for.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "cmd/arcnames/report.h"

enum {
	UNPACK_HEAD = 64 << 10,		/* bytes of a member that tell what it is */
	UNPACK_MUST = 100 << 20,	/* bytes of what had to be unpacked */
	UNPACK_LOOK = 1 << 30,		/* of what was only looked through */
	UNPACK_FULL = 2			/* exit status: there is no more memory */
};

/*
 * Once, before the process is confined: names are in UTF-8, whatever the locale of
 * the caller is, and what the C library needs for that is loaded.  False: errno.
 */
bool unpack_prepare(void);

/* Bytes that were unpacked: what they hold is searched, so they are kept. */
struct bytes {
	char *p;		/* owned: free() */
	size_t n, room;
};

/* What may still be unpacked, of FILE as a whole; must is paid by who keeps it. */
struct budget {
	unsigned long long must, look;
};

struct unpacked;	/* a member, while the callback looks at it */

/* One member, good until the callback returns; a span whose p is NULL is absent. */
struct member {
	struct span names[2];	/* as it stands, and as UTF-8 where that differs */
	struct span link;
	bool folder;
	struct unpacked *data;	/* NULL: none is to be had */
};

/* Is there a reader for that type? */
bool unpack_reads(enum magic type);

/*
 * Each member of the archive that begins with file.p; zip: of the first local
 * header alone.  The callback returns false to stop.  whys gets the bits of what
 * was not to be had; false: the callback stopped.
 */
bool unpack_members(struct span file, enum magic type, unsigned *whys,
    bool (*member)(void *ctx, struct member *m), void *ctx);

/*
 * The data of a member that may have an archive in it: as much of it as must allows
 * where its head is that of one, else UNPACK_MUST at the most, and what is behind
 * that is searched.  whys as above: where not all of it was looked at.  No memory
 * ends the process with UNPACK_FULL.
 */
struct bytes unpack_data(struct unpacked *u, struct budget *b, unsigned *whys);

/* The first n bytes of a member. */
struct bytes unpack_some(struct unpacked *u, size_t n, unsigned *whys);

/* What a compressed file holds. */
struct bytes unpack_file(struct span file, enum magic type, struct budget *b,
    unsigned *whys);

/* The name in the head of a gzip file (RFC 1952), or p is NULL. */
struct span unpack_gzip_name(struct span file);

#endif
