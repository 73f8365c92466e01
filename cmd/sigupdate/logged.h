/* SPDX-License-Identifier: ISC */
/*
 * What a run brought and could not bring, in the log, where the configuration wants that:
 * records to the virlog beside our program, which has a few seconds.  A log that fails is
 * said and changes nothing.
 */
#ifndef LOGGED_H
#define LOGGED_H

#include "cmd/sigupdate/candidate.h"

/* A run's sources that are not as they were, or are stale, and the set in use. */
void logged_run(struct run *r, const struct candidate *c, size_t n);

/*
 * Of a run that did not come to its end: who is stale, as failed, and the set in use.
 * Reads the root anew, as stale_say does.
 */
void logged_broken(const struct conf *c, const char *root);

/* A set that was put in use by hand. */
void logged_set(const struct conf *c, const struct manifest *set, const char *gen);

#endif
