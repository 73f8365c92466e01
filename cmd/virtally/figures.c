/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/fleet.h"
#include "cmd/virtally/ranking.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, DAYS_MAX = 62, NOT = -1 };

/* What each hour of the period and of the one before is for. */
struct hours {
	int base;		/* the first day */
	struct {
		signed char bar;	/* NOT: not in the period */
		bool like, before;
	} at[DAYS_MAX][CALENDAR_HOURS];
};

static size_t
period_days(enum period p)
{
	return p == PERIOD_WEEK ? 7 : p == PERIOD_MONTH ? 30 : 1;
}

bool
figures_within(const struct span_of_time *s, const struct place *p)
{
	if (p->day == TALLY_PAST)
		return s->period == PERIOD_ALL;
	return (p->day > s->from || (p->day == s->from && p->hour >= s->fromhour)) &&
	    (p->day < s->to || (p->day == s->to && p->hour <= s->tohour));
}

static void
mark_day(struct hours *h, int day, int bar, bool like, bool before, int hours)
{
	for (int hour = 0; hour < hours; hour++) {
		size_t at = (size_t)(day - h->base);

		if (bar != NOT)
			h->at[at][hour].bar = (signed char)bar;
		h->at[at][hour].like |= like;
		h->at[at][hour].before |= before;
	}
}

/* 24 hours up to now, by the clock that never jumps. */
static void
bars_of_day(struct figures *f, struct hours *h)
{
	const struct span_of_time *s = &f->span;
	long long last = calendar_start(s->to) + (long long)s->tohour * HOUR;
	struct when w;

	for (int i = 0; i < 24; i++) {
		long long t = last - (23LL - i) * HOUR;
		bool like = i < 23 || s->over;

		if (!calendar_when(&w, t))
			continue;
		f->bar[i] = (struct bar){ t, w.day, w.hour, like };
		h->at[w.day - h->base][w.hour].bar = (signed char)i;
		h->at[w.day - h->base][w.hour].like = like;
		if (like && calendar_when(&w, t - DAY) && w.day >= h->base)
			h->at[w.day - h->base][w.hour].before = true;
	}
	f->bars = 24;
}

/* The hours of a day that are over; of one that is over, whatever hours another has too. */
static int
hours_over(const struct span_of_time *s)
{
	if (s->over && s->tohour + 1 >= calendar_hours(s->to))
		return CALENDAR_HOURS;
	return s->over ? s->tohour + 1 : s->tohour;
}

static void
bars_of_date(struct figures *f, struct hours *h)
{
	const struct span_of_time *s = &f->span;
	long long start = calendar_start(s->from);

	f->bars = (size_t)calendar_hours(s->from);
	for (size_t i = 0; i < f->bars; i++) {
		long long t = start + (long long)i * HOUR;
		int hour = (int)i;

		f->bar[i] = (struct bar){ t, s->from, hour, hour < hours_over(s) };
		if (hour > s->tohour)
			continue;
		h->at[s->from - h->base][hour].bar = (signed char)hour;
		h->at[s->from - h->base][hour].like = f->bar[i].over;
	}
	mark_day(h, s->from - 1, NOT, false, true, hours_over(s));
}

static void
bars_of_days(struct figures *f, struct hours *h)
{
	const struct span_of_time *s = &f->span;
	int days = (int)period_days(s->period);

	f->bars = (size_t)days;
	for (int i = 0; i < days; i++) {
		int day = s->from + i, over = day < s->to ? CALENDAR_HOURS : hours_over(s);

		f->bar[i] = (struct bar){ calendar_start(day), day, -1,
		    over == CALENDAR_HOURS };
		mark_day(h, day, i, false, false,
		    day < s->to ? CALENDAR_HOURS : s->tohour + 1);
		mark_day(h, day, NOT, true, false, over);
		mark_day(h, day - days, NOT, false, true, over);
	}
}

static struct hours *
make_hours(struct figures *f)
{
	struct hours *h = calloc(1, sizeof *h);
	enum period p = f->span.period;

	if (h == NULL)
		err(EXIT_RETRY, "report");
	for (size_t d = 0; d < DAYS_MAX; d++)
		for (size_t i = 0; i < CALENDAR_HOURS; i++)
			h->at[d][i].bar = NOT;
	if (p == PERIOD_ALL)
		return h;
	h->base = f->span.from - (int)period_days(p);
	if (p == PERIOD_DAY)
		bars_of_day(f, h);
	else if (p == PERIOD_DATE)
		bars_of_date(f, h);
	else
		bars_of_days(f, h);
	return h;
}

static void
add(struct count *to, const struct cell *c)
{
	to->messages += c->messages;
	to->findings += c->findings;
}

static void
add_engine(struct figures *f, struct gateway *g, int bar, bool like, bool before)
{
	f->engine_before += before;
	f->engine_like += like;
	if (bar == NOT)
		return;
	f->engine++;
	g->engine++;
	f->enginebars[bar]++;
}

/* A cell of the period, or of the one before. */
static void
take(struct figures *f, const struct hours *h, const struct cell *c, uint32_t engine,
    struct gateway *g)
{
	const struct place *p = &c->place;
	int at = p->day - h->base, bar = NOT;
	bool like = false, before = false;

	if (f->span.period == PERIOD_ALL)
		bar = figures_within(&f->span, p) ? 0 : NOT;
	else if (at >= 0 && at < DAYS_MAX) {
		bar = h->at[at][p->hour].bar;
		like = h->at[at][p->hour].like;
		before = h->at[at][p->hour].before;
	}
	if (p->kind == KIND_WAITED && p->name == engine)
		add_engine(f, g, bar, like, before);
	if (p->name != NAMES_EMPTY)
		return;
	if (before)
		add(&f->before[p->kind], c);
	if (like)
		add(&f->like[p->kind], c);
	if (bar == NOT)
		return;
	add(&f->kinds[p->kind], c);
	add(&f->kindbars[p->kind][bar], c);
	add(&g->kinds[p->kind], c);
	if (p->kind == KIND_VIRUS)
		g->virus[bar] += c->messages;
}

/* The bars of the viruses that come first. */
static void
take_sparks(struct figures *f, const struct tally *t, const struct hours *h)
{
	struct cell c;
	size_t at = 0, n = f->ntop[KIND_VIRUS];

	if (f->span.period == PERIOD_ALL)
		return;
	if (n > FIGURES_SPARKS)
		n = FIGURES_SPARKS;
	while (n > 0 && cells_next(t->cells, &at, &c)) {
		int day = c.place.day - h->base;

		if (c.place.kind != KIND_VIRUS || day < 0 || day >= DAYS_MAX ||
		    h->at[day][c.place.hour].bar == NOT)
			continue;
		for (size_t i = 0; i < n; i++)
			if (f->top[KIND_VIRUS][i].number == c.place.name)
				f->sparks[i][h->at[day][c.place.hour].bar] += c.messages;
	}
}

/* Does the tally go back to the beginning of the period before? */
static bool
goes_back(const struct tally *t, const struct span_of_time *s)
{
	int first, last;

	for (size_t i = 0; i < t->nsections; i++)
		if (t->sections[i].day == TALLY_PAST)
			return s->period != PERIOD_ALL;
	return s->period != PERIOD_ALL && tally_span(t, &first, &last) &&
	    first <= s->from - (int)period_days(s->period);
}

static unsigned long long
highest_generation(const struct tally *t)
{
	unsigned long long n = t->generation;

	for (size_t i = 0; i < t->nsections; i++)
		if (t->sections[i].generation > n)
			n = t->sections[i].generation;
	return n;
}

static void
open_days(struct tally *t, const struct span_of_time *s)
{
	int from = s->from - (int)period_days(s->period), seen = s->to - FIGURES_PAUSE;

	if (s->period == PERIOD_ALL)
		from = s->from;
	if (from > seen)
		from = seen;
	tally_open(t, from < 1 ? 1 : from, s->to, s->period == PERIOD_ALL);
}

struct figures *
figures_make(struct tally *t, const struct span_of_time *s)
{
	static const char ENGINE[] = "engine";
	struct figures *f = calloc(1, sizeof *f);
	struct gateway *fleet;
	struct hours *h;
	struct cell c;
	size_t at = 0;
	uint32_t engine;

	if (f == NULL)
		err(EXIT_RETRY, "report");
	f->span = *s;
	open_days(t, s);
	engine = names_number(t->names, (struct span){ ENGINE, sizeof ENGINE - 1 });
	f->generation = highest_generation(t);
	f->has_before = goes_back(t, s);
	h = make_hours(f);
	fleet = fleet_new(t);
	while (cells_next(t->cells, &at, &c))
		take(f, h, &c, engine, &fleet[c.place.host]);
	fleet_judge(f, t, fleet);
	ranking_make(f, t);
	take_sparks(f, t, h);
	free(h);
	return f;
}

void
figures_free(struct figures *f)
{
	for (size_t k = 0; k < KIND_N; k++)
		free(f->top[k]);
	free(f->gateways);
	free(f);
}

unsigned long long
figures_records(const struct figures *f)
{
	unsigned long long n = 0;

	for (size_t k = 0; k < KIND_N; k++)
		if (k != KIND_DUPLICATE && k != KIND_STRANGE)
			n += f->kinds[k].findings;
	return n;
}
