/* SPDX-License-Identifier: ISC */
/*
 * A file of mapping tables and what it includes, man/mappings.5, read into tables
 * that can be asked.  What it holds and is not understood is an error, told by its
 * name; of a table that decides nothing about relaying only the name is read.
 *
 * No memory, or a file that cannot be read to its end: EXIT_RETRY.
 */
#ifndef MAPFILE_H
#define MAPFILE_H

#include "cmd/relaycheck/mapping.h"

enum {
	MAPFILE_MAX = 1 << 20,		/* bytes of a file */
	MAPFILE_FILES = 32,		/* read for one, itself included */
	MAPFILE_DEPTH = 8,		/* files that include one another */
	MAPFILE_ENTRIES = 10000,	/* of all tables */
	MAPFILE_TABLES = 200,
	MAPFILE_LINE = 4096,		/* bytes of an entry with its continuations */
	MAPFILE_NAME = 64		/* bytes of a table's name */
};

struct mapfile {
	struct maptable *table;		/* owned */
	size_t tables;
	const struct maptable *internal;	/* INTERNAL_IP */
	const struct maptable *send;		/* ORIG_SEND_ACCESS */
	char **name;			/* owned: of files and tables, what path and name point to */
	size_t names;
};

/*
 * text: printable, without a newline, for the time of the call; line 0: the file as a
 * whole.  It need not return.
 */
typedef void (*mapping_tell)(void *to, const char *path, unsigned long line,
    const char *text);

/* NULL: it cannot be used, and tell was called for each error. */
struct mapfile *mapfile_read(const char *path, mapping_tell tell, void *to);

/* The same of bytes, in which an include is an error; path is what is told. */
struct mapfile *mapfile_parse(const char *path, struct span bytes, mapping_tell tell,
    void *to);

void mapfile_free(struct mapfile *m);

/* Tells each table that is not read because no other comes to it. */
void mapfile_unused(const struct mapfile *m, mapping_tell tell, void *to);

#endif
