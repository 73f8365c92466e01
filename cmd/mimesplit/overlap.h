/* SPDX-License-Identifier: ISC */
/*
 * Which entries of a conversions file leave nothing for a later one.  What is told
 * is sound: also of a part that has several types or names.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "cmd/mimesplit/conversions.h"

/*
 * Warns of each entry that all parts have an earlier one than, and of a file that
 * does not have one for every part; sets c->catches_all.  It has an entry.
 */
void overlap_find(struct conversions *c, conversions_tell *tell, void *ctx);

#endif
