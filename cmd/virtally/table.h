/* SPDX-License-Identifier: ISC */
/*
 * Memory for a table that is looked into everywhere: zeroed, and in large pages where it is
 * large, so that a look at it is one miss and not two.  NULL: there is none.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

void *table_new(size_t n, size_t size);

/* n and size as they were given to table_new. */
void table_free(void *p, size_t n, size_t size);

#endif
