/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/stamp.h"

#include <stdint.h>
#include <string.h>

enum {
	OLD_LENGTH = 15,	/* Nov 26 18:00:01 */
	OLD_SECOND = 13,
	NEW_LENGTH = 19,	/* 2026-11-26T18:00:01, and then a fraction and a zone */
	NEW_SECOND = 17,
	ZONE_LENGTH = 6,	/* +01:00 */
	SHORT_ZONE = 5,		/* +0100, of journalctl -o short-iso */
	FRACTION_MAX = 9,
	DAY = 86400,
	YEARS_BACK = 8		/* between two 29 February are no more */
};

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Two digits, which were looked at. */
static int
two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/*
 * Are these eight bytes a digit where form has 0, and else what it has?  All at once: what
 * differs by more than most has its highest bit set then.
 */
static inline bool
like(const char *p, const char form[9], const char most[9])
{
	const uint64_t high = 0x8080808080808080u;
	uint64_t x, y, add;

	memcpy(&x, p, sizeof x);
	memcpy(&y, form, sizeof y);
	memcpy(&add, most, sizeof add);
	x ^= y;
	return ((((x & ~high) + add) | x) & high) == 0;
}

/* hh:mm:ss? */
static bool
clock_at(const char *p)
{
	return like(p, "00:00:00", "\x76\x76\x7f\x76\x76\x7f\x76\x76");
}

static bool
date_at(const char *p)
{
	return like(p, "0000-00-", "\x76\x76\x76\x76\x7f\x76\x76\x7f") && digit(p[8]) &&
	    digit(p[9]) && (p[10] == 'T' || p[10] == 't');
}

/* The length of a zone; 0: it is none. */
static size_t
zone_length(const char *p, size_t n)
{
	if (n > 0 && (*p == 'Z' || *p == 'z'))
		return 1;
	if (n < SHORT_ZONE || (*p != '+' && *p != '-') || !digit(p[1]) || !digit(p[2]))
		return 0;
	if (digit(p[3]))
		return digit(p[4]) ? SHORT_ZONE : 0;
	return n >= ZONE_LENGTH && p[3] == ':' && digit(p[4]) && digit(p[5]) ? ZONE_LENGTH : 0;
}

static size_t
old_length(const char *p, size_t n)
{
	if (n < OLD_LENGTH || p[3] != ' ' || (p[4] != ' ' && !digit(p[4])) || !digit(p[5]) ||
	    p[6] != ' ')
		return 0;
	return clock_at(p + 7) ? OLD_LENGTH : 0;
}

size_t
stamp_length(const char *p, size_t n)
{
	size_t len = NEW_LENGTH, zone;

	if (n > 0 && *p >= 'A' && *p <= 'Z')
		return old_length(p, n);
	if (n < NEW_LENGTH || !date_at(p) || !clock_at(p + 11))
		return 0;
	if (len < n && p[len] == '.') {
		do
			len++;
		while (len < n && digit(p[len]) && len <= NEW_LENGTH + FRACTION_MAX);
		if (len == NEW_LENGTH + 1)
			return 0;
	}
	zone = zone_length(p + len, n - len);
	return zone > 0 ? len + zone : 0;
}

/* hh:mm to seconds; -1: there is no such time. */
static int
minute_of_day(const char *p)
{
	int hour = two(p), minute = two(p + 3);

	return hour < 24 && minute < 60 ? hour * 3600 + minute * 60 : -1;
}

/* When a day begins and ends; those of the last days are kept. */
static const struct stamps_day *
day_of(struct stamps *s, int day)
{
	struct stamps_day *d = &s->days[day % STAMPS_DAYS];

	if (d->start >= d->end || d->day != day) {
		d->day = day;
		d->start = calendar_start(day);
		d->end = calendar_start(day + 1);
	}
	return d;
}

/*
 * The time at which clocks show so many seconds of a day: of two the first.  Where they never
 * do, since they were put forward, the time that has passed since midnight.
 */
static long long
local_time(struct stamps *s, int day, int seconds)
{
	const struct stamps_day *d = day_of(s, day);
	time_t t = (time_t)(d->start + seconds);
	struct tm tm;
	int off;

	if (d->end - d->start == DAY || localtime_r(&t, &tm) == NULL)
		return t;
	off = seconds - (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
	if (off > DAY / 2)
		off -= DAY;
	else if (off < -DAY / 2)
		off += DAY;
	t += off;
	if (off != 0 && localtime_r(&t, &tm) != NULL &&
	    tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec == seconds)
		return t;
	return d->start + seconds;
}

/* A leap second is taken for the one before: so it does not get into the next hour. */
static int
second_of(const char *p)
{
	return two(p) < 60 ? two(p) : 59;
}

static int
month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(names + i * 3, p, 3) == 0)
			return i + 1;
	return 0;
}

/* The year of the latest time, in the calendar. */
static int
latest_year(const struct stamps *s)
{
	time_t t = (time_t)s->latest;
	struct tm tm;

	return localtime_r(&t, &tm) != NULL ? tm.tm_year + 1900 : 0;
}

static bool
old_minute(struct stamps *s, const char *p, long long *t)
{
	int month = month_of(p), mday = p[4] == ' ' ? p[5] - '0' : two(p + 4);
	int seconds = minute_of_day(p + 7), year = latest_year(s), day;

	if (month == 0 || seconds < 0)
		return false;
	for (int i = 0; i <= YEARS_BACK; i++) {
		if (!calendar_day(year - i, month, mday, &day))
			continue;
		*t = local_time(s, day, seconds);
		if (*t <= s->latest)
			return true;
	}
	return false;
}

/* How many bytes at the end of a stamp are its zone. */
static size_t
zone_of(const char *stamp, size_t n)
{
	if ((stamp[n - 1] | ' ') == 'z')
		return 1;
	return stamp[n - 3] == ':' ? ZONE_LENGTH : SHORT_ZONE;
}

/* Of +hh:mm or +hhmm; -1: there is none such. */
static int
zone_seconds(const char *p)
{
	int hour = two(p + 1), minute = two(p + (p[3] == ':' ? 4 : 3));

	return hour < 24 && minute < 60 ? hour * 3600 + minute * 60 : -1;
}

static bool
new_minute(const char *p, size_t n, long long *t)
{
	int seconds = minute_of_day(p + 11), zone, day;

	if (seconds < 0 || !calendar_day(two(p) * 100 + two(p + 2), two(p + 5), two(p + 8), &day))
		return false;
	*t = (long long)day * DAY + seconds;
	if (p[n - 1] == 'Z' || p[n - 1] == 'z')
		return true;
	p += n - zone_of(p, n);
	zone = zone_seconds(p);
	if (zone < 0)
		return false;
	*t += *p == '+' ? -zone : zone;
	return true;
}

static bool
old_form(struct span stamp)
{
	return stamp.n == OLD_LENGTH;
}

static inline bool
same_eight(const char *a, const char *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y;
}

/* Is it a stamp of the minute of the last one? */
static bool
same_minute(const struct stamps *s, struct span stamp)
{
	size_t zone;

	if (s->n != stamp.n || s->n == 0)
		return false;
	if (old_form(stamp))
		return same_eight(s->key, stamp.p) &&
		    same_eight(s->key + OLD_SECOND - 8, stamp.p + OLD_SECOND - 8);
	zone = zone_of(s->key, s->n);
	return memcmp(s->key, stamp.p, NEW_SECOND) == 0 &&
	    memcmp(s->key + s->n - zone, stamp.p + s->n - zone, zone) == 0;
}

/* Takes the minute of a stamp for the last one. */
static void
keep_minute(struct stamps *s, struct span stamp)
{
	struct when *w = &s->when;
	long long hour;

	s->n = stamp.n;
	memcpy(s->key, stamp.p, stamp.n);
	s->good = old_form(stamp) ? old_minute(s, stamp.p, &w->t) :
	    new_minute(stamp.p, stamp.n, &w->t);
	if (!s->good)
		return;
	w->day = calendar_at(w->t);
	s->good = w->day >= 0;
	if (!s->good)
		return;
	hour = (w->t - day_of(s, w->day)->start) / 3600;
	w->hour = hour < 0 ? 0 : hour < CALENDAR_HOURS ? (int)hour : CALENDAR_HOURS - 1;
}

void
stamps_start(struct stamps *s, long long written)
{
	memset(s, 0, sizeof *s);
	s->latest = written + DAY;
}

void
stamps_start_year(struct stamps *s, int year)
{
	int day;

	memset(s, 0, sizeof *s);
	s->latest = calendar_day(year, 12, 31, &day) ? calendar_start(day + 1) - 1 : 0;
}

bool
stamps_when(struct stamps *s, struct span stamp, struct when *w)
{
	size_t at = old_form(stamp) ? OLD_SECOND : NEW_SECOND;

	if (stamp.n < OLD_LENGTH || stamp.n > STAMP_MAX || two(stamp.p + at) > 60)
		return false;
	if (!same_minute(s, stamp))
		keep_minute(s, stamp);
	*w = s->when;
	w->t += second_of(stamp.p + at);
	return s->good;
}
