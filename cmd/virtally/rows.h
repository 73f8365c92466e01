/* SPDX-License-Identifier: ISC */
/*
 * The cells of a period in order: by hours where the period is a day, else by days, in
 * hour -1.  The spans are the tally's names, valid as those of figures.
 */
#ifndef ROWS_H
#define ROWS_H

#include "cmd/virtally/figures.h"

struct row {
	int day;		/* TALLY_PAST: what is no longer kept by days */
	int hour;		/* -1: the whole day */
	struct span gateway;
	enum kind kind;
	struct span name;	/* n 0: the sum of the kind */
	struct count count;
};

/* *n of them; the caller frees.  Ends the process where there is no memory. */
struct row *rows_make(const struct tally *t, const struct figures *fig, size_t *n);

#endif
