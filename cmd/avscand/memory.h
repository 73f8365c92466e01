/* SPDX-License-Identifier: ISC */
/*
 * Was memory refused?  libclamav calls a file bad for which there was no memory, or
 * dies of it, in many ways.  So this module's malloc, calloc and realloc stand before the
 * C library's, and remember.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>

/*
 * From now on *refused becomes true where it is; it may be shared with a process that
 * wants to know of what this one dies.  NULL: nobody is told any more.
 */
void memory_watch(volatile bool *refused);

/* A call failed, as errno tells. */
void memory_failed(void);

#endif
