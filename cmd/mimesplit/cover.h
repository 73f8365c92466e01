/* SPDX-License-Identifier: ISC */
/*
 * Is a range of the message nothing but texts of the first reading, and the
 * lines round them: fields, delimiters, words for people?
 */
#ifndef COVER_H
#define COVER_H

#include <stdbool.h>

struct split;

bool cover_all(struct split *s, unsigned long long start, unsigned long long len);

#endif
