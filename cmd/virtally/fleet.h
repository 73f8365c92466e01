/* SPDX-License-Identifier: ISC */
/* The gateways of a report: which there are, and which somebody should look at. */
#ifndef FLEET_H
#define FLEET_H

#include "cmd/virtally/figures.h"

/* One for each host of the tally, in its order; ends the process where there is no memory. */
struct gateway *fleet_new(const struct tally *t);

/*
 * Says what was last heard of each, marks them, drops those that were not heard of in
 * FIGURES_KNOWN days and have nothing in the period, and gives the rest, in order, to f,
 * which owns them then.  f->span is set, the days are open.
 */
void fleet_judge(struct figures *f, const struct tally *t, struct gateway *fleet);

#endif
