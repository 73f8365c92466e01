/* SPDX-License-Identifier: ISC */
/* A source's mirrors: in order, and none before its time. */
#ifndef MIRRORS_H
#define MIRRORS_H

#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/fetch.h"

/* Asks them in turn, until one has something or nothing new. */
void mirrors_ask(struct run *r, struct candidate *c,
    void (*ask)(struct run *r, struct candidate *c));

/*
 * A transfer from url for this candidate, with all its limits; false, and it is FAILED,
 * where there is no time left for one.
 */
bool mirrors_fetch(const struct run *r, struct candidate *c, const char *url,
    struct fetch *f);

/* False, and it is FAILED: its time in this run is over. */
bool mirrors_in_time(const struct run *r, struct candidate *c);

/* Seconds that the source which is asked has left; at least one. */
unsigned long mirrors_time_left(const struct run *r);

/* Only if it is another than what was taken last from there, and that is what we have. */
void mirrors_newer(struct run *r, const struct candidate *c, struct fetch *f);

/* A transfer that brought nothing: FAILED or REFUSED, `what' before the reason. */
void mirrors_failed(struct candidate *c, const char *what, const struct fetched *got);

#endif
