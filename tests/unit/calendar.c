/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/calendar.c
#include "cmd/virtally/calendar.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

/* Zones as they are of late, without the files of zones. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define LORD_HOWE "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
#define SAO_PAULO "<-03>3<-02>,M11.1.0/0,M2.3.0/0"
#define BEIRUT "EET-2EEST,M3.5.0/0,M10.5.0/0"
#define TROLL "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3"
#define KOLKATA "IST-5:30"
#define KIRITIMATI "<+14>-14"

static void
zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static int
day(const char *text)
{
	int d = -1;

	return calendar_parse((struct span){ text, strlen(text) }, &d) ? d : -1;
}

static bool
is_day(int d, const char *want)
{
	char text[CALENDAR_TEXT];

	calendar_text(text, d);
	return strcmp(text, want) == 0;
}

static bool
at(long long t, const char *want, int hour)
{
	struct when w;

	return calendar_when(&w, t) && w.t == t && is_day(w.day, want) && w.hour == hour;
}

static void
texts(void)
{
	int d, wrong = 0;

	OK(day("1970-01-02") == 1 && day("2026-11-26") == 20783 && day("2149-06-06") == 65535);
	OK(day("1970-01-01") < 0 && day("1969-12-31") < 0 && day("2149-06-07") < 0);
	OK(day("2026-02-29") < 0 && day("2024-02-29") > 0 && day("2100-02-29") < 0);
	OK(day("2026-13-01") < 0 && day("2026-00-01") < 0 && day("2026-01-00") < 0);
	OK(day("2026-1-01") < 0 && day("2026-01-011") < 0 && day("2026/01/01") < 0);
	OK(day("+026-01-01") < 0 && day("") < 0);
	for (int i = 1; i <= 65535; i++) {
		char text[CALENDAR_TEXT];

		calendar_text(text, i);
		wrong += day(text) != i;
	}
	OK(wrong == 0);
	OK(calendar_day(2000, 2, 29, &d) && d == 11016 && !calendar_day(2000, 2, 30, &d));
}

/* Midnight to midnight, each hour of it, and a second on either side. */
static bool
whole(const char *text, int hours, long long seconds)
{
	long long start = calendar_start(day(text)), end = calendar_start(day(text) + 1);
	struct when w;
	bool good = calendar_hours(day(text)) == hours && end - start == seconds;

	for (long long t = start; t < end; t += 900)
		good = good && at(t, text, (int)((t - start) / 3600));
	return good && calendar_when(&w, start - 1) && w.day == day(text) - 1 &&
	    calendar_when(&w, end) && w.day == day(text) + 1 && w.hour == 0;
}

static void
zones(void)
{
	zone("UTC");
	OK(whole("2026-11-26", 24, 86400) && calendar_start(day("2026-11-26")) == 1795651200);
	zone(BERLIN);
	OK(whole("2026-03-29", 23, 82800) && whole("2026-10-25", 25, 90000));
	OK(whole("2026-03-28", 24, 86400) && whole("2026-12-31", 24, 86400));
	zone(NEW_YORK);
	OK(whole("2026-03-08", 23, 82800) && whole("2026-11-01", 25, 90000));
	zone(LORD_HOWE);
	OK(whole("2026-10-04", 24, 84600) && whole("2026-04-05", 25, 88200));
	zone(KOLKATA);
	OK(whole("2026-11-26", 24, 86400) && calendar_start(day("2026-11-26")) == 1795631400);
	zone(BEIRUT);
	OK(whole("2023-03-26", 23, 82800));
	zone(SAO_PAULO);
	OK(whole("2018-11-04", 23, 82800) && whole("2018-02-17", 25, 90000));
	zone(KIRITIMATI);
	OK(whole("2026-11-26", 24, 86400));
	zone(TROLL);
	OK(calendar_hours(day("2026-10-25")) == CALENDAR_HOURS);
	OK(at(calendar_start(day("2026-10-26")) - 1, "2026-10-25", CALENDAR_HOURS - 1));
}

static void
bounds(void)
{
	struct when w;

	zone("UTC");
	OK(!calendar_when(&w, 0) && !calendar_when(&w, -1) && !calendar_when(&w, 86399));
	OK(at(86400, "1970-01-02", 0) && at(65535LL * 86400 + 86399, "2149-06-06", 23));
	OK(!calendar_when(&w, 65536LL * 86400));
	OK(!calendar_when(&w, 9223372036854775807LL));
	OK(calendar_at(86400) == 1 && calendar_at(86399) == -1);
}

int
main(void)
{
	texts();
	zones();
	bounds();
	return done();
}
