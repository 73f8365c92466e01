/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 in another charset, with the C library's iconv; nothing of what fits in it is
 * changed, and nothing is left out: what does not fit is NULL.
 */
#ifndef RECODE_H
#define RECODE_H

#include <stdbool.h>
#include <stddef.h>

enum { RECODE_NAME = 40 };	/* bytes of a charset's name, which are A-Za-z0-9._- */

/* Is it known, and is ASCII in it as it is?  Not so are UTF-7 and UTF-16. */
bool recode_usable(const char *charset);

/*
 * n bytes of UTF-8; malloc'd, *len bytes, in the state in which it began.  NULL: there
 * is no such charset, the text does not fit in it, or no memory.
 */
char *recode(const char *charset, const char *p, size_t n, size_t *len);

#endif
