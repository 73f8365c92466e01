/* SPDX-License-Identifier: ISC */
/*
 * A manifest: what a set is, and each file of it, as records (record(5)).  One that
 * an author publishes (sigupdate(1)) and one that is kept in a generation have the
 * same form; the latter has a record of each source too.
 *	manifest=SET generation=N made=2026-11-26T15:00:00Z files=N [sigs=N engine=V]
 *	source=NAME kind=WORD [generation=N] made=... sigs=N id=HEX64
 *	name=file:NAME [source=NAME] size=N sha256=HEX64 [sigs=N]
 * The key that a record begins with says its kind, and manifest= is the first one.  With
 * records of sources each file has the source= of one of them, and id= is what
 * manifest_id says; without, no file has one, and generation= has to be there.
 *
 * Bounded, in n log n; every number and name is checked; an unknown key is passed over,
 * an unknown kind of record is not, nor a known key twice: what is not understood is
 * refused.  A number is decimal, below 2^63, and has no leading zero.
 * Pure: no file, no exit.  Memory is malloc'd and freed by manifest_free.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "cmd/sigupdate/filename.h"
#include "common/record.h"

#include <time.h>

enum {
	MANIFEST_FILES = 4096,		/* at most */
	MANIFEST_SOURCES = 256,
	MANIFEST_NAME = 32,		/* bytes of a source's name */
	MANIFEST_BYTES = 4 << 20,	/* of a manifest */
	MANIFEST_WRONG = 256,
	SHA256_BYTES = 32
};

struct manifest_source {
	char name[MANIFEST_NAME + 1];
	char kind[16];
	unsigned long long generation;	/* that its author gave it; 0: none */
	time_t made;			/* of what it brought; 0: not known */
	unsigned long long sigs;
	unsigned char id[SHA256_BYTES];	/* manifest_id of its files */
};

struct manifest_file {
	char name[FILENAME_MAX_BYTES + 1];
	char source[MANIFEST_NAME + 1];	/* "": none is said */
	unsigned long long size;
	unsigned char sha256[SHA256_BYTES];
	unsigned long long sigs;	/* signatures, as we count them: 0 where it is not said */
};

/*
 * All zero is an empty one.  Files are in the order of their names, as if in lower
 * case, and no two are filename_same; sources are as they were added.
 */
struct manifest {
	char set[64];			/* printable ASCII, as engine */
	unsigned long long generation;	/* 0: not said */
	time_t made;
	unsigned long long sigs;	/* 0: not said */
	char engine[32];		/* "": not said */
	struct manifest_source *source;
	size_t sources;
	struct manifest_file *file;
	size_t files;
	char wrong[MANIFEST_WRONG];	/* what manifest_parse says */
};

/* Is it a name that a source may have: 1 to 32 of a-z 0-9 - _, no sign first? */
bool manifest_name(struct span name);

/*
 * Reads one; what m held before is not freed.  NULL, or what is wrong, in printable
 * ASCII and memory of m's own, and m holds nothing else.  Refused beside what is said
 * above: a record that is none, a file name that filename_wrong refuses, two that
 * filename_same, another number of files than files= says, sizes that are 2^63 bytes
 * or more together, more than the bounds above, a last line without a newline.
 */
const char *manifest_parse(struct manifest *m, struct span text);

/*
 * A copy is added, and what manifest_file or manifest_source told before
 * is not valid any more.  False, with errno: ENOMEM; EEXIST, where there is one of
 * that name (filename_same) already; E2BIG, too many.
 */
bool manifest_add_file(struct manifest *m, const struct manifest_file *f);
bool manifest_add_source(struct manifest *m, const struct manifest_source *s);

/* NULL: there is none of just that name. */
const struct manifest_file *manifest_file(const struct manifest *m, const char *name);
const struct manifest_source *manifest_source(const struct manifest *m, const char *name);

/*
 * What a source brought, in 32 bytes: SHA-256 over the name and a NUL, the size in
 * eight bytes, the highest first, and the SHA-256 of each of its files in order.
 * source NULL: all files.
 */
void manifest_id(const struct manifest *m, const char *source, unsigned char id[SHA256_BYTES]);

/*
 * Its text, malloc'd and terminated, for manifest_parse: two manifests are equal where
 * their texts are.  NULL: no memory.
 */
char *manifest_text(const struct manifest *m, size_t *n);

void manifest_free(struct manifest *m);

/*
 * 2026-11-26T15:00:00Z, and back; false: it is none.  The years are 1970 to 9999: a time
 * out of them becomes the nearest in them.
 */
enum { MANIFEST_TIME = 21 };
void manifest_time(time_t t, char text[MANIFEST_TIME]);
bool manifest_when(struct span text, time_t *t);

#endif
