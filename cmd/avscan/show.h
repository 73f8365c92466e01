/* SPDX-License-Identifier: ISC */
/* Names and words of others, fit for a terminal. */
#ifndef SHOW_H
#define SHOW_H

#include <stddef.h>

/* The text as one clean line, cut where it is long; until the next call. */
const char *show(const char *text);

/* The bytes of a clean text that make a head of at most max. */
size_t show_cut(const char *text, size_t max);

#endif
