/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/fleet.h"
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>

enum {
	HOUR = 3600,
	DAY = 86400,
	SLOTS = (FIGURES_PAUSE + 1) * CALENDAR_HOURS
};

struct gateway *
fleet_new(const struct tally *t)
{
	/* One more, so that no gateway at all is no case of its own. */
	struct gateway *g = calloc(t->nhosts + 1, sizeof *g);

	if (g == NULL)
		err(EXIT_RETRY, "report");
	for (size_t i = 0; i < t->nhosts; i++) {
		g[i].host = (uint32_t)i;
		g[i].name = names_text(t->names, t->hosts[i]);
	}
	return g;
}

/* "20261124031500", UTC: when a set that is called so was made; 0: another name. */
static long long
made_of(struct span set)
{
	int part[6] = { 0 }, day;

	if (set.n != 14)
		return 0;
	for (size_t i = 0; i < set.n; i++) {
		size_t to = i < 4 ? 0 : (i - 2) / 2;

		if (set.p[i] < '0' || set.p[i] > '9')
			return 0;
		part[to] = 10 * part[to] + (set.p[i] - '0');
	}
	if (!calendar_day(part[0], part[1], part[2], &day) || part[3] > 23 || part[4] > 59)
		return 0;
	return day * 86400LL + part[3] * 3600LL + part[4] * 60LL + part[5];
}

static void
note_update(struct gateway *g, long long t)
{
	if (t > g->updated)
		g->updated = t;
}

/* What was heard last, day by day. */
static void
listen(struct gateway *fleet, const struct tally *t, const struct span_of_time *s)
{
	for (int day = s->to - FIGURES_KNOWN; day <= s->to; day++)
		for (size_t i = 0; i < t->nhosts; i++) {
			const struct heard *h = tally_heard(t, day, (uint32_t)i);
			struct gateway *g = &fleet[i];

			if (h == NULL)
				continue;
			if (h->last > g->last)
				g->last = h->last;
			if (day >= s->to - FIGURES_PAUSE) {
				note_update(g, h->freshat);
				note_update(g, h->warnedat);
			}
			if (h->set == NAMES_EMPTY && h->stale == NAMES_EMPTY)
				continue;
			g->stale = h->stale != NAMES_EMPTY;
			if (h->set == NAMES_EMPTY)
				continue;
			g->set = names_text(t->names, h->set);
			g->made = h->made != 0 ? h->made : made_of(g->set);
		}
}

/* The longest but one of the times between two hours with records: one failure is no habit. */
static void
judge_pauses(struct gateway *g, const unsigned char *active, const int *hours)
{
	int at = 0, before = -1, longest = 0, second = 0, count = 0;

	for (int d = 0; d <= FIGURES_PAUSE; d++)
		for (int h = 0; h < hours[d]; h++, at++) {
			int pause = at - before;

			if (active[d * CALENDAR_HOURS + h] == 0)
				continue;
			count++;
			if (before >= 0 && pause > longest) {
				second = longest;
				longest = pause;
			} else if (before >= 0 && pause > second)
				second = pause;
			before = at;
		}
	g->pause = second;
	g->seldom = count < FIGURES_SELDOM;
}

static void
find_pauses(struct gateway *fleet, const struct tally *t, const struct span_of_time *s)
{
	unsigned char *active = calloc(t->nhosts + 1, SLOTS);
	int hours[FIGURES_PAUSE + 1], base = s->to - FIGURES_PAUSE;
	struct cell c;
	size_t at = 0;

	if (active == NULL)
		err(EXIT_RETRY, "report");
	while (cells_next(t->cells, &at, &c))
		if (c.place.day >= base && c.place.day <= s->to)
			active[c.place.host * SLOTS + (size_t)c.place.hour +
			    (size_t)(c.place.day - base) * CALENDAR_HOURS] = 1;
	for (int d = 0; d <= FIGURES_PAUSE; d++)
		hours[d] = base + d < 0 ? 24 : calendar_hours(base + d);
	for (size_t i = 0; i < t->nhosts; i++)
		judge_pauses(&fleet[i], active + i * SLOTS, hours);
	free(active);
}

/* What sigupdate logged, by the hour: of a line it is not said when it was. */
static void
find_updates(struct gateway *fleet, const struct tally *t, const struct span_of_time *s)
{
	struct cell c;
	size_t at = 0;

	while (cells_next(t->cells, &at, &c)) {
		struct gateway *g = &fleet[c.place.host];
		long long start;

		if (c.place.kind != KIND_SIGNATURES || c.place.day < s->to - FIGURES_PAUSE ||
		    c.place.day > s->to)
			continue;
		start = calendar_start(c.place.day) + c.place.hour * (long long)HOUR;
		if (start >= s->end)
			continue;
		note_update(g, start);
		if (start + HOUR <= s->end - DAY)
			continue;
		if (figures_is(t, c.place.name, "new"))
			g->fresh += c.findings;
		else if (figures_is(t, c.place.name, "failed") ||
		    figures_is(t, c.place.name, "refused"))
			g->failed += c.findings;
	}
}

int
figures_limit(const struct gateway *g)
{
	int limit = g->seldom ? FIGURES_SELDOM : 2 * g->pause;

	return limit < FIGURES_QUIET ? FIGURES_QUIET :
	    limit > FIGURES_SELDOM ? FIGURES_SELDOM : limit;
}

static void
mark_signatures(struct gateway *g, long long newest, long long end)
{
	/* Of one that is silent it is not known what came since. */
	if (g->quiet) {
		end = g->last;
		newest = newest < end ? newest : end;
	}
	g->aged = g->made != 0 && end - g->made > (long long)FIGURES_OLD * DAY;
	g->old = g->stale || g->future || g->aged || (g->made != 0 && newest - g->made > DAY);
	/* Of one that says nothing at all it is said. */
	g->mute = !g->quiet && g->updated != 0 && end - g->updated > DAY;
	g->failing = g->failed >= FIGURES_FAILED && g->fresh == 0;
}

static void
mark(struct gateway *fleet, size_t n, long long end)
{
	long long newest = 0;

	for (size_t i = 0; i < n; i++) {
		fleet[i].future = fleet[i].made > end + DAY;
		if (!fleet[i].future && fleet[i].made > newest)
			newest = fleet[i].made;
	}
	for (size_t i = 0; i < n; i++) {
		struct gateway *g = &fleet[i];

		g->quiet = g->last != 0 && end - g->last > (long long)figures_limit(g) * HOUR;
		mark_signatures(g, newest, end);
	}
}

/* Was anything heard of it, or counted? */
static bool
is_there(const struct gateway *g)
{
	bool any = g->last != 0;

	for (size_t k = 0; k < KIND_N; k++)
		any |= g->kinds[k].findings > 0;
	return any;
}

static int
by_virus(const void *a, const void *b)
{
	const struct gateway *x = a, *y = b;
	unsigned long long m = x->kinds[KIND_VIRUS].messages,
	    n = y->kinds[KIND_VIRUS].messages;

	if (m != n)
		return m > n ? -1 : 1;
	return tally_compare(x->name, y->name);
}

void
fleet_judge(struct figures *f, const struct tally *t, struct gateway *fleet)
{
	size_t n = 0;

	listen(fleet, t, &f->span);
	find_pauses(fleet, t, &f->span);
	find_updates(fleet, t, &f->span);
	for (size_t i = 0; i < t->nhosts; i++)
		if (is_there(&fleet[i]))
			fleet[n++] = fleet[i];
	mark(fleet, n, f->span.end);
	qsort(fleet, n, sizeof *fleet, by_virus);
	for (size_t i = 0; i < n; i++) {
		fleet[i].stuck = fleet[i].waited != 0 && fleet[i].waited >= f->recent;
		f->quiet += fleet[i].quiet;
		f->old += fleet[i].old;
		f->mute += fleet[i].mute;
		f->failing += fleet[i].failing;
		f->unknown += fleet[i].set.n == 0 && fleet[i].made == 0;
	}
	f->gateways = fleet;
	f->ngateways = n;
}
