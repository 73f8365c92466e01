/* SPDX-License-Identifier: ISC */
/* Is it its author's, and not older than what was taken before? */
#ifndef PINNED_H
#define PINNED_H

#include "cmd/sigupdate/candidate.h"

/*
 * A manifest and its signature, whoever brought them: by one of the source's keys, of
 * its set, not older than one that was taken.  m is filled and to be freed where
 * that is true; else the candidate is REFUSED.
 */
bool pinned_manifest(struct run *r, struct candidate *c, struct span manifest,
    struct span signature, struct manifest *m);

/*
 * The .cvd files that it brings, those in .part/SOURCE: are they ClamAV's, and not older
 * than ours?  False: it is REFUSED, or FAILED.
 */
bool pinned_cvds(struct run *r, struct candidate *c);

/* A container of this name and number: false, and it is REFUSED, where ours is newer. */
bool pinned_number(struct run *r, struct candidate *c, const char *name,
    unsigned long long number);

/* After it: the newest date in what it brings; none of the future.  part: .part/SOURCE. */
time_t pinned_made(const struct run *r, const struct candidate *c, int part);

#endif
