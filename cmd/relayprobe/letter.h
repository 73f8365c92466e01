/* SPDX-License-Identifier: ISC */
/* The message that -S sends: what it is, and by which way it went. */
#ifndef LETTER_H
#define LETTER_H

#include <stddef.h>

/* malloc'd, n bytes, its lines ending in LF; NULL: no memory. */
char *letter(const char *from, const char *to, const char *token, const char *form,
    size_t *n);

#endif
