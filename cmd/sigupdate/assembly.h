/* SPDX-License-Identifier: ISC */
/* The set while it is put together: of assemble.c and fits.c alone. */
#ifndef ASSEMBLY_H
#define ASSEMBLY_H

#include "cmd/sigupdate/candidate.h"

struct assembly {
	struct run *r;
	struct candidate *c;
	size_t n;
	bool *in;		/* of each: what it brings is in the set */
	struct manifest *m;
};

/* Is what the source i brings in the set? */
bool assembly_is_in(const struct assembly *a, size_t i);

/* Of how many sources it is. */
size_t assembly_new(const struct assembly *a);

/*
 * Refuses what cannot stand beside the rest: names that others have, more files than
 * there can be.  To be called again after any other refusal, since that brings back what
 * the source had.
 */
void fits_together(struct assembly *a);

/* Refuses what may not be in it at all: exceptions, what is older, what has shrunk. */
void fits_alone(struct assembly *a);

/* Has it shrunk by more than that? */
bool fits_less(const struct run *r, unsigned long long now, unsigned long long then,
    unsigned long shrink);

#endif
