/* SPDX-License-Identifier: ISC */
/* Which hours a report is about: -p and -e. */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/verbs.h"

#include <string.h>
#include <time.h>

enum { HOUR = 3600 };

/* "T15:20", of a day; -1: it is none. */
static long long
time_of(const char *text, int day)
{
	struct tm tm = { 0 };
	long long start = calendar_start(day), t;
	time_t at = (time_t)start;
	int h, m;

	for (size_t i = 0; i < 6; i++)
		if (i == 0 ? text[i] != 'T' : i == 3 ? text[i] != ':' : text[i] < '0' ||
		    text[i] > '9')
			return -1;
	h = 10 * (text[1] - '0') + text[2] - '0';
	m = 10 * (text[4] - '0') + text[5] - '0';
	if (text[6] != '\0' || h > 23 || m > 59 || localtime_r(&at, &tm) == NULL)
		return -1;
	tm.tm_hour = h;
	tm.tm_min = m;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	t = (long long)mktime(&tm);
	return t;
}

/* The moment of the report; now, where none is given. */
static long long
moment(const char *end)
{
	size_t n = end == NULL ? 0 : strcspn(end, "T");
	long long t;
	int day;

	if (end == NULL)
		return (long long)time(NULL);
	if (!calendar_parse((struct span){ end, n }, &day))
		cli_usage(&virtally_cli, "-e %s: not YYYY-MM-DD or YYYY-MM-DDThh:mm", end);
	if (end[n] == '\0')
		return calendar_start(day + 1);
	t = time_of(end + n, day);
	if (t < 0)
		cli_usage(&virtally_cli, "-e %s: not YYYY-MM-DD or YYYY-MM-DDThh:mm", end);
	return t;
}

static void
find_period(struct span_of_time *s, const char *period, const char *end)
{
	static const char *const NAMES[] = { [PERIOD_DAY] = "day", [PERIOD_WEEK] = "week",
	    [PERIOD_MONTH] = "month", [PERIOD_ALL] = "all" };

	s->period = PERIOD_WEEK;
	if (period == NULL)
		return;
	for (enum period p = PERIOD_DAY; p <= PERIOD_ALL; p++)
		if (strcmp(period, NAMES[p]) == 0) {
			s->period = p;
			return;
		}
	s->period = PERIOD_DATE;
	if (strcmp(period, "yesterday") == 0)
		/* A day that is said by its name is over, and is today all the same. */
		s->from = calendar_at(end == NULL || strchr(end, 'T') != NULL ? s->end :
		    s->end - 1) - 1;
	else if (!calendar_parse((struct span){ period, strlen(period) }, &s->from))
		cli_usage(&virtally_cli, "-p %s: not day, yesterday, week, month, all or "
		    "YYYY-MM-DD", period);
}

/* The hour of the moment: at 15:00:00 sharp that is the one that is over. */
static void
find_hour(struct span_of_time *s)
{
	struct when w;

	if (!calendar_when(&w, s->end - 1))
		cli_usage(&virtally_cli, "no such time");
	s->to = w.day;
	s->tohour = w.hour;
	s->over = calendar_start(w.day) + (w.hour + 1LL) * HOUR <= s->end ||
	    calendar_start(w.day + 1) <= s->end;
}

/* A date: all of it, or, of today, up to now. */
static void
of_date(struct span_of_time *s)
{
	int day = s->from;

	if (s->to > day || (s->to == day && s->tohour + 1 >= calendar_hours(day) && s->over)) {
		s->tohour = calendar_hours(day) - 1;
		s->over = true;
		s->end = calendar_start(day + 1);
	} else if (s->to < day) {
		s->tohour = -1;
		s->over = true;
	}
	s->to = day;
}

void
figures_span(struct span_of_time *s, const struct tally *t, const char *period,
    const char *end)
{
	int first, last;
	struct when w;

	*s = (struct span_of_time){ .end = moment(end), .given = end != NULL };
	find_period(s, period, end);
	find_hour(s);
	if (s->period == PERIOD_DATE && s->from < 1)
		cli_usage(&virtally_cli, "no such time");
	if (s->period == PERIOD_DATE)
		of_date(s);
	else if (s->period == PERIOD_WEEK || s->period == PERIOD_MONTH)
		s->from = s->to - (s->period == PERIOD_WEEK ? 6 : 29);
	else if (s->period == PERIOD_ALL)
		s->from = tally_span(t, &first, &last) && first < s->to ? first : s->to;
	else if (calendar_when(&w, calendar_start(s->to) + (s->tohour - 23LL) * HOUR)) {
		s->from = w.day;
		s->fromhour = w.hour;
	}
	if (s->from < 1)
		s->from = 1;
}
