/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/fleet.h"
#include "cmd/virtally/ranking.h"
#include "cmd/virtally/troubles.h"
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
		bool engine;		/* mail waited for one, at whichever gateway */
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

bool
figures_is(const struct tally *t, uint32_t name, const char *text)
{
	struct span s = names_text(t->names, name);

	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* What of its sums a cell is added to; FIGURES_N: none. */
static int
slot_of(const struct tally *t, const struct place *p)
{
	if (p->name == NAMES_EMPTY)
		return (int)p->kind;
	if (p->kind != KIND_PASSED)
		return FIGURES_N;
	return figures_is(t, p->name, "virus") ? FIGURES_VIRUS_PASSED :
	    figures_is(t, p->name, "suffix") ? FIGURES_SUFFIX_PASSED : FIGURES_N;
}

static void
take_before(struct figures *f, const struct cell *c, int slot, struct gateway *g)
{
	add(&f->before[slot], c);
	if (slot == KIND_VIRUS)
		g->virus_before += c->messages;
	if (slot == KIND_RECEIVED)
		g->received_before += c->messages;
}

/* A cell of the period, or of the one before. */
static void
take(struct figures *f, const struct tally *t, struct hours *h, const struct cell *c,
    struct gateway *g)
{
	const struct place *p = &c->place;
	int at = p->day - h->base, bar = NOT, slot = slot_of(t, p);
	bool like = false, before = false, engine;

	engine = p->kind == KIND_WAITED && figures_is(t, p->name, "engine");
	if (f->span.period == PERIOD_ALL)
		bar = figures_within(&f->span, p) ? 0 : NOT;
	else if (at >= 0 && at < DAYS_MAX) {
		bar = h->at[at][p->hour].bar;
		like = h->at[at][p->hour].like;
		before = h->at[at][p->hour].before;
		h->at[at][p->hour].engine |= engine;
	}
	g->engine += engine && bar != NOT;
	if (slot == FIGURES_N)
		return;
	if (before)
		take_before(f, c, slot, g);
	if (like)
		add(&f->like[slot], c);
	if (bar == NOT)
		return;
	add(&f->kinds[slot], c);
	add(&g->kinds[slot], c);
	if (slot < KIND_N)
		add(&f->kindbars[slot][bar], c);
	if (slot == KIND_VIRUS)
		g->virus[bar] += c->messages;
}

/* The hours in which mail waited for an engine, at one gateway or at all. */
static void
add_engine(struct figures *f, const struct hours *h)
{
	if (f->span.period == PERIOD_ALL)
		f->engine = f->trouble[TROUBLE_ENGINE].hours;
	for (size_t d = 0; d < DAYS_MAX; d++)
		for (size_t i = 0; i < CALENDAR_HOURS; i++) {
			if (!h->at[d][i].engine)
				continue;
			f->engine_before += h->at[d][i].before;
			f->engine_like += h->at[d][i].like;
			if (h->at[d][i].bar == NOT)
				continue;
			f->engine++;
			f->enginebars[h->at[d][i].bar]++;
		}
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

/* Does the tally go back to before the period before?  Its first day may not be whole. */
static bool
goes_back(const struct tally *t, const struct span_of_time *s)
{
	int first, last;

	for (size_t i = 0; i < t->nsections; i++)
		if (t->sections[i].day == TALLY_PAST)
			return s->period != PERIOD_ALL;
	return s->period != PERIOD_ALL && tally_span(t, &first, &last) &&
	    first < s->from - (int)period_days(s->period);
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
	int from = s->from - (int)period_days(s->period), seen = s->to - FIGURES_KNOWN;

	if (s->period == PERIOD_ALL)
		from = s->from;
	if (from > seen)
		from = seen;
	tally_open(t, from < 1 ? 1 : from, s->to, s->period == PERIOD_ALL);
}

struct figures *
figures_make(struct tally *t, const struct span_of_time *s)
{
	struct figures *f = calloc(1, sizeof *f);
	struct gateway *fleet;
	struct troubles *troubles;
	struct hours *h;
	struct cell c;
	size_t at = 0;

	if (f == NULL)
		err(EXIT_RETRY, "report");
	f->span = *s;
	f->recent = calendar_start(s->to) + (s->tohour + s->over) * (long long)HOUR;
	open_days(t, s);
	f->generation = highest_generation(t);
	f->has_before = goes_back(t, s);
	h = make_hours(f);
	fleet = fleet_new(t);
	troubles = troubles_new(t);
	while (cells_next(t->cells, &at, &c)) {
		take(f, t, h, &c, &fleet[c.place.host]);
		if (figures_within(&f->span, &c.place) && c.place.name != NAMES_EMPTY)
			troubles_take(troubles, f, &c, &fleet[c.place.host]);
	}
	troubles_end(troubles, f);
	add_engine(f, h);
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
		if (k != KIND_DUPLICATE && k != KIND_STRANGE && k != KIND_PASSED)
			n += f->kinds[k].findings;
	return n;
}
