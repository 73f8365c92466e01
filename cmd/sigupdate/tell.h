/* SPDX-License-Identifier: ISC */
/* Records, on standard output where no stream is named: see OUTPUT in sigupdate(1). */
#ifndef TELL_H
#define TELL_H

#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/stale.h"

#include <stdio.h>

void tell_candidate(FILE *to, const struct candidate *c, time_t heard, enum stale stale);

/* A source as it is remembered, without having been asked. */
void tell_source(const struct state_source *s, const struct manifest_source *has,
    enum stale stale);

/* state: current, previous, kept. */
void tell_generation(FILE *to, const struct manifest *m, const char *gen, const char *state);

/* A file of a generation; why: NULL, or what is wrong with it, in one word. */
void tell_file(const struct manifest_file *f, const char *why);

/* Files of a generation that its manifest does not name: why=by-hand. */
void tell_by_hand(const struct root *r, const char *gen, const struct manifest *m);

#endif
