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

/* Are they one name to a file system that does not tell case? */
bool filename_same(struct span a, struct span b);

#endif
