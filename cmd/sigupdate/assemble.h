/* SPDX-License-Identifier: ISC */
/*
 * The whole set: of each source what is new, else what `current' has of it, and what
 * somebody put there by hand; tried before it is called good.
 */
#ifndef ASSEMBLE_H
#define ASSEMBLE_H

#include "cmd/sigupdate/candidate.h"

/*
 * Puts .stage together from the n candidates, one for each source of the configuration,
 * and has it tried; those for which it is not good are refused, and it is
 * tried without them.  True: .stage is whole and good but for its manifest, which m
 * is, to be freed.  False: there is nothing new to be used.
 */
bool assemble(struct run *r, struct candidate *c, size_t n, struct manifest *m);

#endif
