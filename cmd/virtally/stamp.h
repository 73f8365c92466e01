/* SPDX-License-Identifier: ISC */
/*
 * The stamps of syslog: "Nov 26 18:00:01" (RFC 3164; local time, no year) and RFC 3339.
 * virtally(1) says what year a stamp without one has.
 */
#ifndef STAMP_H
#define STAMP_H

#include "cmd/virtally/calendar.h"

enum { STAMP_MAX = 40 };	/* bytes of one */

/* How many bytes at the beginning of a line are a stamp, without a blank after it; 0: none. */
size_t stamp_length(const char *line, size_t n);

enum { STAMPS_DAYS = 32 };

struct stamps_day {
	int day;
	long long start, end;	/* equal: there is none here yet */
};

/* Keeps the last answers, since the stamps of a log repeat to the minute. */
struct stamps {
	long long latest;	/* no stamp without a year is later, to the minute */
	size_t n;		/* of key; 0: none yet */
	char key[STAMP_MAX];	/* the last stamp */
	bool good;
	struct when when;	/* of its minute */
	struct stamps_day days[STAMPS_DAYS];
};

/* written: when the log was last written to; a stamp may be a day later. */
void stamps_start(struct stamps *s, long long written);

/* The same where stamps are of this year and of those before. */
void stamps_start_year(struct stamps *s, int year);

/* stamp: what stamp_length took.  False: no such time. */
bool stamps_when(struct stamps *s, struct span stamp, struct when *w);

#endif
