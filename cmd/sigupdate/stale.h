/* SPDX-License-Identifier: ISC */
/* Is what we have of a source too old, whatever the reason? */
#ifndef STALE_H
#define STALE_H

#include "cmd/sigupdate/candidate.h"

enum stale { STALE_NOT, STALE_MAX_AGE, STALE_CHANGES };

/* The word of stale=: max-age, changes; "" for STALE_NOT. */
const char *stale_word(enum stale s);

/* now: the manifest of the current set. */
enum stale stale_source(struct state *state, const struct manifest *now,
    const struct source *s, time_t time);

/*
 * Says each source that is stale, and a root without any set; how many.  Reads the root
 * anew, without its lock: it is called where a run may have ended in any way.
 */
unsigned stale_say(const struct conf *c, const char *root);

/* "26 hours" */
enum { STALE_SPAN = 32 };
void stale_span(time_t seconds, char text[STALE_SPAN]);

#endif
