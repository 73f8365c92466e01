/* SPDX-License-Identifier: ISC */
/*
 * What is scanned is a copy in memory that nobody else has.  libclamav takes a
 * file's hash, and reads it again for the scan: who changes it meanwhile would have
 * the hash of something infected remembered as clean, for everybody.  Nor does a
 * copy lie about its length, or end while it is read.
 */
#ifndef COPY_H
#define COPY_H

#include <stdbool.h>

/* Room for copies; a descriptor, or -1 with errno. */
int copy_open(void);

/*
 * Copies fd from its start to its end, or to max + 1 bytes, over what was there.
 * false: *call was refused, with errno.
 */
bool copy_take(int copy, int fd, unsigned long long max, const char **call);

/* Forgets it.  false: errno. */
bool copy_drop(int copy);

#endif
