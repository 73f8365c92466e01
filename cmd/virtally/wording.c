/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/wording.h"
#include "cmd/virtally/markup.h"

#include <stdlib.h>
#include <string.h>

enum { SET_MAX_SHOWN = 32, DAYS_OF_YEAR = 365 };

const char *
wording_s(unsigned long long n)
{
	return n == 1 ? "" : "s";
}

const char *
wording_title(char text[WORDING_MAX], const struct span_of_time *s)
{
	static const char *const FORMS[] = {
		[PERIOD_DAY] = "Day to %a %e %b %Y, %H:%M",
		[PERIOD_WEEK] = "Week to %a %e %b %Y, %H:%M",
		[PERIOD_MONTH] = "Month to %a %e %b %Y, %H:%M",
		[PERIOD_ALL] = "All to %a %e %b %Y, %H:%M",
		[PERIOD_DATE] = "%a %e %b %Y"
	};

	/* The end of a day is 24:00 to those who ask for the day. */
	if (s->period != PERIOD_DATE && s->end == calendar_start(s->to + 1)) {
		char form[WORDING_MAX];

		snprintf(form, sizeof form, "%.*s", (int)strlen(FORMS[s->period]) - 7,
		    FORMS[s->period]);
		markup_time(text, WORDING_MAX, form, s->end - 1);
	} else
		markup_time(text, WORDING_MAX, FORMS[s->period], s->period == PERIOD_DATE ?
		    calendar_start(s->from) : s->end);
	return text;
}

const char *
wording_past(enum period p)
{
	static const char *const WORDS[] = {
		[PERIOD_DAY] = "over the past 24 hours",
		[PERIOD_WEEK] = "over the past 7 days",
		[PERIOD_MONTH] = "over the past 30 days",
		[PERIOD_ALL] = "in all",
		[PERIOD_DATE] = "on this day"
	};

	return WORDS[p];
}

const char *
wording_before(enum period p)
{
	static const char *const WORDS[] = {
		[PERIOD_DAY] = "the 24 hours before",
		[PERIOD_WEEK] = "the week before",
		[PERIOD_MONTH] = "the 30 days before",
		[PERIOD_ALL] = "before",
		[PERIOD_DATE] = "the day before"
	};

	return WORDS[p];
}

const char *
wording_bar(enum period p)
{
	return p == PERIOD_DAY || p == PERIOD_DATE ? "hour" : "day";
}

const char *
wording_zone(char text[WORDING_MAX], long long t)
{
	static const char GOOD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_/+-";
	const char *tz = getenv("TZ");

	if (tz != NULL && tz[0] != '\0' && tz[0] != '/' && strlen(tz) < 48 &&
	    strspn(tz, GOOD) == strlen(tz))
		snprintf(text, WORDING_MAX, "%s", tz);
	else
		markup_time(text, WORDING_MAX, "%Z", t);
	return text;
}

const char *
wording_change(char text[WORDING_MAX], const struct figures *f, unsigned long long like,
    unsigned long long before)
{
	char change[MARKUP_NUMBER];
	const char *what = wording_before(f->span.period);

	if (!f->has_before)
		snprintf(text, WORDING_MAX, "no earlier data");
	else if (before == 0 && like == 0)
		snprintf(text, WORDING_MAX, "none before either");
	else if (before == 0)
		snprintf(text, WORDING_MAX, "none in %s", what);
	else if (like == 0)
		snprintf(text, WORDING_MAX, "%s in %s", markup_number(change, before), what);
	else {
		markup_change(change, like, before);
		snprintf(text, WORDING_MAX, "%s%s %s", change,
		    strchr(change, '%') != NULL ? " on" :
		    strchr(change, 'a') != NULL ? " as in" : "", what);
	}
	return text;
}

/* YYYYMMDDhhmmss */
static bool
is_stamp(struct span set)
{
	if (set.n != 14)
		return false;
	for (size_t i = 0; i < set.n; i++)
		if (set.p[i] < '0' || set.p[i] > '9')
			return false;
	return true;
}

const char *
wording_set(char text[WORDING_MAX], const struct gateway *g)
{
	const char *p = g->set.p;
	char name[MARKUP_NAME];

	if (g->set.n == 0)
		snprintf(text, WORDING_MAX, "not known");
	else if (is_stamp(g->set))
		snprintf(text, WORDING_MAX, "%.4s-%.2s-%.2s %.2s:%.2s UTC", p, p + 4, p + 6,
		    p + 8, p + 10);
	else {
		markup_name(name, g->set, SET_MAX_SHOWN, NULL);
		snprintf(text, WORDING_MAX, "%.*s", WORDING_MAX - 1, name);
	}
	return text;
}

unsigned long long
wording_relay(const struct count *kinds)
{
	return kinds[KIND_RELAY].messages + kinds[KIND_DENIED].messages;
}

unsigned long long
wording_suffix(const struct count *kinds)
{
	unsigned long long n = kinds[KIND_SUFFIX].messages;
	unsigned long long passed = kinds[FIGURES_SUFFIX_PASSED].messages;

	return n > passed ? n - passed : 0;
}

unsigned long long
wording_whole(const struct figures *f, bool before)
{
	for (size_t i = 0; i < f->ngateways; i++) {
		const struct gateway *g = &f->gateways[i];

		if (before ? g->virus_before > 0 && g->received_before == 0 :
		    g->kinds[KIND_VIRUS].messages > 0 && g->kinds[KIND_RECEIVED].messages == 0)
			return 0;
	}
	return before ? f->before[KIND_RECEIVED].messages : f->kinds[KIND_RECEIVED].messages;
}

const char *
wording_share(char text[WORDING_MAX], const struct figures *f)
{
	unsigned long long whole = f->has_before ? wording_whole(f, true) : 0;
	char share[MARKUP_NUMBER];

	text[0] = '\0';
	if (whole > 0)
		snprintf(text, WORDING_MAX, "%s %s",
		    markup_share(share, f->before[KIND_VIRUS].messages, whole),
		    wording_before(f->span.period));
	return text;
}

const char *
wording_moment(char text[WORDING_MAX], long long t, long long end)
{
	int day = calendar_at(end - 1);

	if (t == calendar_start(day + 1))
		snprintf(text, WORDING_MAX, "24:00");
	else if (calendar_at(t) == day)
		markup_time(text, WORDING_MAX, "%H:%M", t);
	else if (end - t < DAYS_OF_YEAR * 86400LL)
		markup_time(text, WORDING_MAX, "%a %e %b, %H:%M", t);
	else
		markup_time(text, WORDING_MAX, "%e %b %Y", t);
	return text;
}
