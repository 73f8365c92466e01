/* SPDX-License-Identifier: ISC */
#ifndef CURRENT_H
#define CURRENT_H

#include "cmd/sigupdate/candidate.h"

/*
 * What the current set is, into current, folder, now and strangers of r, whose state
 * has been read: none, or one whose manifest cannot be read, is an empty one.  Each file is
 * compared with its SHA-256: one that was changed or is gone is said, and not in
 * now, so that its source has something new, and nothing of it is carried over.
 */
void current_read(struct run *r);
void current_free(struct run *r);

#endif
