/* SPDX-License-Identifier: ISC */
/*
 * Days as people have them, in the zone of TZ.  A day is the number of days since
 * 1970-01-01 in the calendar; an hour of a day is the number of hours that have passed since
 * its beginning, 0 to 24: a day has 23, 24 or 25 of them.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "common/record.h"

#include <time.h>

enum {
	CALENDAR_TEXT = 11,	/* "YYYY-MM-DD" with its NUL */
	CALENDAR_HOURS = 25	/* at the most */
};

struct when {
	int day;
	int hour;
	long long t;		/* seconds since the epoch */
};

/* False: no such time (before 1970-01-02, after 2149-06-06). */
bool calendar_when(struct when *w, long long t);

/* The day alone; -1: no such time. */
int calendar_at(long long t);

/* The second at which a day begins, and how many hours it has; a part of one is one. */
long long calendar_start(int day);
int calendar_hours(int day);

/* "YYYY-MM-DD", and back; false: it is no day. */
void calendar_text(char text[CALENDAR_TEXT], int day);
bool calendar_parse(struct span text, int *day);

/* The day of a date of the calendar; false: there is none such (30 February). */
bool calendar_day(int year, int month, int mday, int *day);

#endif
