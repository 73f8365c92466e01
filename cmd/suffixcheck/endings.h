/* SPDX-License-Identifier: ISC */
/*
 * What the end of a name lets a reader expect of the content.
 *
 * Pure.
 */
#ifndef ENDINGS_H
#define ENDINGS_H

#include "common/record.h"

enum {
	ENDING_PLAIN = 1 << 0,		/* a text, a picture, a sound: no archive */
	ENDING_PACKED = 1 << 1,		/* an archive */
	ENDING_OFFICE = 1 << 2,		/* a document that may have no macros */
	ENDING_VOLUME = 1 << 3,		/* .r01 .z01 .part1.rar: one of several */
	ENDING_NUMBER = 1 << 4		/* .001: one of several, of an archive */
};

/* Bits, of a name that is folded (fold.h). */
unsigned endings(struct span form);

/* The name of what a compressor made it from: without .gz, ...; else n is 0. */
struct span endings_less(struct span name);

#endif
