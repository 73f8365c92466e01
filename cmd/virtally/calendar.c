/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/calendar.h"

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	FAR = 36 * HOUR,	/* no zone's midnight is further from that of UTC */
	LAST_DAY = 65535,
	YEAR_MIN = 1970,
	YEAR_MAX = 2149
};

/* Days since 1970-01-01; a year begins in March here, so that its leap day is its last. */
static int
days_of(int year, int month, int mday)
{
	int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + mday - 1 - 719468;
}

static int
month_days(int year, int month)
{
	static const char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The day that is at t, where people's clocks are as TZ says; -1: none. */
static int
local_day(long long t)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL)
		return -1;
	return days_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* Not every day has a midnight, so it is looked for by its day alone. */
long long
calendar_start(int day)
{
	long long before = (long long)day * DAY - FAR, from = before + 2 * FAR;

	while (from - before > 1) {
		long long t = before + (from - before) / 2;

		if (local_day(t) < day)
			before = t;
		else
			from = t;
	}
	return from;
}

/* A part of an hour is one, as in Lord Howe. */
int
calendar_hours(int day)
{
	long long hours = (calendar_start(day + 1) - calendar_start(day) + HOUR - 1) / HOUR;

	return hours < CALENDAR_HOURS ? (int)hours : CALENDAR_HOURS;
}

int
calendar_at(long long t)
{
	int day;

	if (t < 0 || t > (LAST_DAY + 2LL) * DAY)
		return -1;
	day = local_day(t);
	return day >= 1 && day <= LAST_DAY ? day : -1;
}

bool
calendar_when(struct when *w, long long t)
{
	long long hour;

	w->t = t;
	w->day = calendar_at(t);
	if (w->day < 0)
		return false;
	hour = (t - calendar_start(w->day)) / HOUR;
	w->hour = hour < 0 ? 0 : hour < CALENDAR_HOURS ? (int)hour : CALENDAR_HOURS - 1;
	return true;
}

static void
put_digits(char *to, int n, int value)
{
	for (; n > 0; value /= 10)
		to[--n] = (char)('0' + value % 10);
}

void
calendar_text(char text[CALENDAR_TEXT], int day)
{
	int year = YEAR_MIN + day / 366, month = 1;

	while (days_of(year + 1, 1, 1) <= day)
		year++;
	day -= days_of(year, 1, 1);
	while (day >= month_days(year, month))
		day -= month_days(year, month++);
	put_digits(text, 4, year);
	text[4] = '-';
	put_digits(text + 5, 2, month);
	text[7] = '-';
	put_digits(text + 8, 2, day + 1);
	text[10] = '\0';
}

/* The number that n digits are; -1: they are none. */
static int
digits(const char *p, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + p[i] - '0';
	}
	return value;
}

bool
calendar_parse(struct span text, int *day)
{
	if (text.n != CALENDAR_TEXT - 1 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	return calendar_day(digits(text.p, 4), digits(text.p + 5, 2), digits(text.p + 8, 2), day);
}

bool
calendar_day(int year, int month, int mday, int *day)
{
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || mday < 1 ||
	    mday > month_days(year, month))
		return false;
	*day = days_of(year, month, mday);
	return *day >= 1 && *day <= LAST_DAY;
}
