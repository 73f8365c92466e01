/* SPDX-License-Identifier: ISC */
/*
 * The engines are told of a new set: RELOAD in clamd's protocol, which an avscand and
 * a clamd know.  An avscand says in its answer to VERSION which set it has, so it is
 * told until it has it; a clamd does not, and is told once.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "cmd/sigupdate/candidate.h"

/*
 * Tells each that does not have the current set, or was not told of it; notes that in
 * the state.  False: one could not be told (said), and is to be told at the next run.
 */
bool notice_engines(struct run *r);

#endif
