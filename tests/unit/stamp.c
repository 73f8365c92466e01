/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/stamp.c cmd/virtally/calendar.c
#include "cmd/virtally/stamp.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

/* Zones as they are of late, without the files of zones. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define LORD_HOWE "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
#define SAO_PAULO "<-03>3<-02>,M11.1.0/0,M2.3.0/0"
#define KOLKATA "IST-5:30"

static struct stamps stamps;

static void
zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

/* The time of a stamp; -1: it has none; -2: it is no stamp. */
static long long
again(const char *text)
{
	struct when w = { 0 };

	if (stamp_length(text, strlen(text)) != strlen(text))
		return -2;
	return stamps_when(&stamps, (struct span){ text, strlen(text) }, &w) ? w.t : -1;
}

/* The same of a log that was last written at a time. */
static long long
old(const char *text, const char *written)
{
	long long t;

	stamps_start(&stamps, 4000000000);
	t = again(written);
	stamps_start(&stamps, t);
	return again(text);
}

static long long
new(const char *text)
{
	stamps_start(&stamps, 0);
	return again(text);
}

static size_t
length(const char *text)
{
	return stamp_length(text, strlen(text));
}

static void
lengths(void)
{
	OK(length("Nov 26 18:00:01 host") == 15 && length("Nov  6 18:00:01") == 15);
	OK(length("Nov 26 18:00:0") == 0 && length("Nov  26 18:00:01") == 0);
	OK(length("Nov 26 18-00:01") == 0 && length("nov 26 18:00:01") == 0);
	OK(length("Nov x6 18:00:01") == 0 && length("Nov 2x 18:00:01") == 0);
	OK(length("2026-11-26T18:00:01Z host") == 20 && length("2026-11-26t18:00:01z") == 20);
	OK(length("2026-11-26T18:00:01.1+01:00 x") == 27);
	OK(length("2026-11-26T18:00:01.123456789-11:30") == 35);
	OK(length("2026-11-26T18:00:01.1234567890Z") == 0 && length("2026-11-26T18:00:01.Z") == 0);
	OK(length("2026-11-26T18:00:01") == 0 && length("2026-11-26T18:00:01+01:0") == 0);
	OK(length("2026-11-26T18:00:01+0100 x") == 24 && length("2026-11-26T18:00:01.5-0130") == 26);
	OK(length("2026-11-26T18:00:01+010") == 0 && length("2026-11-26T18:00:01+01") == 0 &&
	    length("2026-11-26T18:00:01+01:0") == 0 && length("2026-11-26T18:00:01+010x") == 0);
	OK( length("2026-11-26T18:00:01 01:00") == 0);
	OK(length("2026-11-26 18:00:01Z") == 0 && length("2026-1-26T18:00:01Z") == 0);
	OK(length("") == 0 && length("2026") == 0 && length("N") == 0);
}

static void
rfc3339(void)
{
	zone("UTC");
	OK(new("2026-11-26T18:00:01Z") == 1795716001);
	OK(new("2026-11-26T18:00:01.999999999z") == 1795716001);
	OK(new("2026-11-26T18:00:01+01:00") == 1795712401);
	OK(new("2026-11-26T18:00:01+0100") == 1795712401);
	OK(new("2026-11-26T18:00:01.25-0130") == 1795712401 + 9000);
	OK(new("2026-11-26T18:00:01+2500") == -1 && new("2026-11-26T18:00:01+0160") == -1);
	OK(new("2026-11-26T18:00:01.5-05:30") == 1795735801);
	OK(new("2026-11-26T23:59:60Z") == 1795737599);
	OK(new("2026-11-26T23:59:61Z") == -1 && new("2026-11-26T24:00:00Z") == -1);
	OK(new("2026-11-26T23:60:00Z") == -1 && new("2026-11-31T00:00:00Z") == -1);
	OK(new("2026-13-01T00:00:00Z") == -1 && new("2026-00-01T00:00:00Z") == -1);
	OK(new("2025-02-29T00:00:00Z") == -1 && new("2024-02-29T00:00:00Z") == 1709164800);
	OK(new("2026-11-26T00:00:00+24:00") == -1 && new("2026-11-26T00:00:00+23:60") == -1);
	OK(new("1969-12-31T00:00:00Z") == -1 && new("2150-01-01T00:00:00Z") == -1);
	OK(new("0000-00-00T00:00:00Z") == -1 && new("9999-12-31T23:59:59Z") == -1);
}

/* 31 December and 1 January, before and behind. */
static void
years(void)
{
	zone("UTC");
	OK(old("Dec 31 23:59:59", "2027-01-01T00:00:10Z") == 1798761599);
	OK(old("Jan  1 00:00:05", "2027-01-01T00:00:10Z") == 1798761605);
	OK(old("Jan  1 00:00:05", "2026-12-31T23:59:58Z") == 1798761605);
	OK(old("Jan  2 00:00:05", "2026-12-31T23:59:58Z") == 1767312005);
	OK(old("Nov 27 18:00:00", "2026-11-26T18:00:00Z") == 1795802400);
	OK(old("Nov 27 18:01:00", "2026-11-26T18:00:00Z") == 1764266460);
	OK(old("Feb 29 12:00:00", "2026-11-26T18:00:00Z") == 1709208000);
	OK(old("Feb 29 12:00:00", "2104-02-01T00:00:00Z") == 3981355200);
	OK(old("Feb 30 12:00:00", "2026-11-26T18:00:00Z") == -1);
	OK(old("Xxx 26 12:00:00", "2026-11-26T18:00:00Z") == -1);
	OK(old("Nov 26 24:00:00", "2026-11-26T18:00:00Z") == -1);
	OK(old("Nov  0 12:00:00", "2026-11-26T18:00:00Z") == -1);
	OK(old("Sep  8 16:45:44", "2002-09-08T17:00:00Z") == 1031503544);
	zone(NEW_YORK);
	OK(old("Dec 31 23:59:59", "2027-01-01T05:00:10Z") == 1798779599);
	zone("UTC");
	stamps_start_year(&stamps, 2002);
	OK(again("Dec 31 23:59:59") == 1041379199 && again("Jan  1 00:00:00") == 1009843200);
	OK(again("Feb 29 00:00:00") == 951782400);
}

static int
hour(const char *text)
{
	struct when w;

	return stamps_when(&stamps, (struct span){ text, strlen(text) }, &w) ? w.hour : -1;
}

/* Days of 23 and 25 hours; of an hour that is there twice, the first. */
static void
zones(void)
{
	zone(BERLIN);
	stamps_start(&stamps, 1798761600);
	OK(again("Mar 29 01:59:59") == 1774745999 && hour("Mar 29 01:59:59") == 1);
	OK(again("Mar 29 03:00:00") == 1774746000 && hour("Mar 29 03:00:00") == 2);
	OK(again("Mar 29 02:30:00") == 1774747800);
	OK(again("Mar 29 23:59:59") == 1774821599 && hour("Mar 29 23:59:59") == 22);
	OK(again("Oct 25 02:30:00") == 1792888200 && hour("Oct 25 02:30:00") == 2);
	OK(again("Oct 25 03:30:00") == 1792895400 && hour("Oct 25 03:30:00") == 4);
	OK(again("Oct 25 02:30:00") == 1792888200);
	OK(again("2026-10-25T02:30:00+01:00") == 1792891800);
	OK(hour("2026-10-25T02:30:00+01:00") == 3 && hour("2026-10-25T02:30:00+02:00") == 2);
	OK(again("Oct 25 23:59:59") == 1792969199 && hour("Oct 25 23:59:59") == 24);
	zone(NEW_YORK);
	stamps_start(&stamps, 1798761600);
	OK(again("Nov  1 01:30:00") == 1793511000 && hour("Nov  1 23:00:00") == 24);
	OK(hour("Mar  8 23:00:00") == 22 && hour("Mar  7 23:00:00") == 23);
	zone(LORD_HOWE);
	stamps_start(&stamps, 1798761600);
	OK(again("Oct  4 02:45:00") == 1791042300 && again("Apr  5 02:45:00") == 1775319300);
	OK(again("Apr  5 01:45:00") == 1775313900 && again("Oct  4 01:45:00") == 1791040500);
	zone(SAO_PAULO);
	stamps_start(&stamps, 1546300800);
	OK(again("Nov  4 01:00:00") == 1541300400 && hour("Nov  4 01:00:00") == 0);
	zone(KOLKATA);
	stamps_start(&stamps, 1798761600);
	OK(again("Nov 26 00:29:59") == 1795633199 && hour("Nov 26 01:00:00") == 1);
	OK(hour("2026-11-25T18:30:00Z") == 0 && hour("2026-11-25T18:29:59Z") == 23);
}

/* What is kept is only used for what it is of. */
static void
kept(void)
{
	zone("UTC");
	stamps_start(&stamps, 1795716000);
	OK(again("2026-11-26T18:00:01.25Z") == 1795716001);
	OK(again("2026-11-26T18:00:59.33Z") == 1795716059);
	OK(again("2026-11-26T18:01:59.33Z") == 1795716119);
	OK(again("2026-11-26T18:01:59Z") == 1795716119);
	OK(again("2026-11-26T18:01:59+01:00") == 1795712519);
	OK(again("2026-11-26T18:01:59+0100") == 1795712519);
	OK(again("2026-11-26T18:01:58+0200") == 1795712518 - 3600);
	OK(again("2026-11-26T18:01:59+01:30") == 1795710719);
	OK(again("2026-11-26T18:01:59-01:30") == 1795721519);
	OK(again("Nov 26 18:01:59") == 1795716119 && again("Nov 26 18:01:00") == 1795716060);
	OK(again("Nov 26 18:61:00") == -1 && again("Nov 26 18:61:00") == -1);
	OK(again("Nov 26 18:01:61") == -1 && again("Nov 26 18:01:02") == 1795716062);
}

int
main(void)
{
	lengths();
	rfc3339();
	years();
	zones();
	kept();
	return done();
}
