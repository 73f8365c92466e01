/* SPDX-License-Identifier: ISC */
/* What the page and the summary say in the same words. */
#ifndef WORDING_H
#define WORDING_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

enum { WORDING_MAX = 128 };

/* "s", but for 1 "". */
const char *wording_s(unsigned long long n);

/* "Week to Tue 24 Nov 2026, 15:20". */
const char *wording_title(char text[WORDING_MAX], const struct span_of_time *s);

/* "over the past 7 days"; "the week before"; "day" or "hour", what a bar is. */
const char *wording_past(enum period p);
const char *wording_before(enum period p);
const char *wording_bar(enum period p);

/* "Europe/Berlin", or as the clock calls it. */
const char *wording_zone(char text[WORDING_MAX], long long t);

/*
 * "+12 % on the week before", "none in the week before", "no earlier data": to the same
 * hour, see figures.h.
 */
const char *wording_change(char text[WORDING_MAX], const struct figures *f,
    unsigned long long like, unsigned long long before);

/* "2026-11-24 03:15 UTC" of a set that is called so, else its name, or "not known". */
const char *wording_set(char text[WORDING_MAX], const struct gateway *g);

/*
 * What somebody should look at, a line each, names as people read them; returns how many
 * lines.
 */
size_t wording_notices(FILE *f, const struct figures *fig);

/* Relay attempts: our own lines and Postfix's. */
unsigned long long wording_relay(const struct count *kinds);

/*
 * What was looked at, of which the infected are a part: messages that Postfix received, or
 * those that virlog called clean or infected; 0: not known.
 */
unsigned long long wording_whole(const struct count *kinds);

#endif
