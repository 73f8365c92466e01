/* SPDX-License-Identifier: ISC */
/*
 * How a source of each kind is asked.  c: its source and url are set; afterwards, what
 * came of it.
 */
#ifndef KINDS_H
#define KINDS_H

#include "cmd/sigupdate/candidate.h"

void local_ask(struct run *r, struct candidate *c);	/* local.c: a folder of this machine */
void signed_ask(struct run *r, struct candidate *c);	/* signed.c: a manifest and its files */
void archive_ask(struct run *r, struct candidate *c);	/* archive.c: the same in one file */
void cvd_ask(struct run *r, struct candidate *c);	/* cvd.c: .cvd files */

#endif
