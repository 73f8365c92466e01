/* SPDX-License-Identifier: ISC */
/*
 * Values of records for people: decoded, and nothing that a sender wrote does anything
 * to a terminal.  A character that is not seen (clean_seen), and a byte that is no UTF-8,
 * is \xHH, a backslash \\; so two values that differ are shown differently.
 */
#ifndef SAFE_H
#define SAFE_H

#include "common/record.h"

#include <stdio.h>

enum { SAFE_LONG = 300 };	/* bytes of a value, beyond which there is ... */

/* n bytes that are not coded, at most max of them; quoted: a " is \" */
void safe_bytes(FILE *to, const char *p, size_t n, size_t max, bool quoted);

/* A coded value, decoded; at most max bytes of it. */
void safe_text(FILE *to, struct span coded, size_t max);

/* The same as a word: in quotes where it had an escape, so that its end is seen. */
void safe_word(FILE *to, struct span coded, size_t max);

/* Local time, and a size in at most six characters, as 17, 2.5K, 310M. */
void safe_time(FILE *to, long long seconds);
void safe_size(FILE *to, unsigned long long bytes);

#endif
