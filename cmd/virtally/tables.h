/* SPDX-License-Identifier: ISC */
/* The tables of the page. */
#ifndef TABLES_H
#define TABLES_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

/* How much there is room for: a page has at most PAGE_MAX bytes. */
struct detail {
	size_t rows;		/* of a kind */
	bool titles;		/* of names that were cut */
	bool tips;		/* of small charts */
	bool small;		/* small charts at all */
};

/* The top ten of the viruses, with what is left. */
void tables_top(FILE *f, const struct figures *fig, const struct detail *d);

/* The names of a kind that come first; nothing at all where there is none of it. */
void tables_kind(FILE *f, const struct figures *fig, const struct detail *d, enum kind kind,
    const char *title, const char *column);

/* In how many hours mail waited for an engine, at which gateways. */
void tables_engine(FILE *f, const struct figures *fig, const struct detail *d);

/* How many gateways are marked, PAGE_GATEWAYS at the most. */
size_t tables_marked(const struct figures *fig);

/* The gateways, marked ones first, in at most so many bytes; returns how many. */
size_t tables_gateways(FILE *f, const struct figures *fig, const struct detail *d,
    size_t bytes);

#endif
