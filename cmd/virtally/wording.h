/* SPDX-License-Identifier: ISC */
/* What the page and the summary say in the same words. */
#ifndef WORDING_H
#define WORDING_H

#include "cmd/virtally/figures.h"

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

/* Relay attempts: our own lines and Postfix's. */
unsigned long long wording_relay(const struct count *kinds);

/* What was refused because of a suffix: not what was passed on with one. */
unsigned long long wording_suffix(const struct count *kinds);

/*
 * What was received, of which the infected are a part, in the period or in the one before; 0:
 * not known, since a gateway that found some has no lines of Postfix's.
 */
unsigned long long wording_whole(const struct figures *f, bool before);

/* "0.90 % the week before"; "": not known. */
const char *wording_share(char text[WORDING_MAX], const struct figures *f);

/* "15:20" on the day of end, else "Thu 26 Nov, 15:20"; a day ends at "24:00". */
const char *wording_moment(char text[WORDING_MAX], long long t, long long end);

#endif
