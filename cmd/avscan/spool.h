/* SPDX-License-Identifier: ISC */
/* What is no regular file, as one in memory. */
#ifndef SPOOL_H
#define SPOOL_H

enum { SPOOL_MAX = (100 << 20) + 1 };	/* bytes */

/*
 * Reads from to its end: a descriptor of a regular file that the caller closes,
 * or -1 after a message, in which it is called name.
 */
int spool(int from, const char *name);

#endif
