/* SPDX-License-Identifier: ISC */
/*
 * Names of signature files that a source may bring: flat, A-Z a-z 0-9 . _ -, not
 * beginning with a dot or a dash, at most 100 bytes, and with a suffix that
 * libclamav takes for signatures.  Nothing else ever becomes a file name.
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef FILENAME_H
#define FILENAME_H

#include "common/record.h"

enum { FILENAME_MAX_BYTES = 100 };

/* NULL: it is such a name; else what is wrong, for people. */
const char *filename_wrong(struct span name);

/*
 * Does such a file take away from what others find: names of signatures to ignore, hashes
 * of files to pass, domains to believe, what is not looked at?  Or may it hold such a file:
 * a .cld or .cud, whose files nobody signs?
 */
bool filename_excepts(struct span name);

/*
 * What stands for the name where two files take each other's place: without case, for a
 * file system that does not tell it, and .cvd for .cld and .cud, of which libclamav loads
 * one of a stem.  For a name that filename_wrong does not refuse.
 */
void filename_key(struct span name, char key[FILENAME_MAX_BYTES + 1]);

/* Are they one name to a file system that does not tell case? */
bool filename_same(struct span a, struct span b);

#endif
