/* SPDX-License-Identifier: ISC */
/* The names of each kind in a period, those that were counted most first. */
#ifndef RANKING_H
#define RANKING_H

#include "cmd/virtally/figures.h"

/* Sets ntop, top, distinct and named; f->span is set, the days are open. */
void ranking_make(struct figures *f, const struct tally *t);

#endif
