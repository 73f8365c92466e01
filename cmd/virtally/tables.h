/* SPDX-License-Identifier: ISC */
/* The tables of the page. */
#ifndef TABLES_H
#define TABLES_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

/* The top ten of the viruses, with what is left. */
void tables_top(FILE *f, const struct figures *fig);

/* The names of a kind that come first; nothing at all where there is none of it. */
void tables_kind(FILE *f, const struct figures *fig, enum kind kind, const char *title,
    const char *column);

/* The gateways, marked ones first, in at most so many bytes. */
void tables_gateways(FILE *f, const struct figures *fig, size_t bytes);

#endif
