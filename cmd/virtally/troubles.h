/* SPDX-License-Identifier: ISC */
/* What went wrong in a period: mail that is stuck, or was lost, or went on with a virus. */
#ifndef TROUBLES_H
#define TROUBLES_H

#include "cmd/virtally/figures.h"

struct troubles;

/* Ends the process where there is no memory. */
struct troubles *troubles_new(const struct tally *t);

/* A cell of a name, in the period; g is its gateway. */
void troubles_take(struct troubles *x, struct figures *f, const struct cell *c,
    struct gateway *g);

/* All are taken: f has what they say, x is gone. */
void troubles_end(struct troubles *x, struct figures *f);

#endif
