/* SPDX-License-Identifier: ISC */
/*
 * The names in the headers of a tar (POSIX pax: ustar and pax; the GNU and star
 * forms as tar(5) of libarchive has them): of every block whose sum is that of a
 * header, whatever the sizes before it say, for readers disagree on these, and go on
 * after junk.  Those of a tar that is stored in this one are among them.
 *
 * Pure and linear.
 */
#ifndef TARNAMES_H
#define TARNAMES_H

#include "common/record.h"

/* Calls name for each; it returns false to stop.  False: it did. */
bool tar_walk(struct span file, bool (*name)(void *ctx, struct span name), void *ctx);

#endif
