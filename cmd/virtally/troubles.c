/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/troubles.h"
#include "common/cli.h"

#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOUR = 3600,
	/* Postfix tries again after 4000 s at the latest: so long nothing says nothing. */
	PAUSE = 2
};

struct troubles {
	const struct tally *tally;
	unsigned char *hours;	/* by day and hour: a bit for each trouble */
};

/* TROUBLE_N: it is none. */
static enum trouble_of
classify(const struct tally *t, const struct place *p)
{
	switch (p->kind) {
	case KIND_WAITED:
		return figures_is(t, p->name, "engine") ? TROUBLE_ENGINE :
		    figures_is(t, p->name, "transport") ? TROUBLE_TRANSPORT : TROUBLE_WAITED;
	case KIND_BOUNCED:
		return figures_is(t, p->name, "refused") ? TROUBLE_N : TROUBLE_BOUNCED;
	case KIND_PASSED:
		return figures_is(t, p->name, "virus") ? TROUBLE_PASSED : TROUBLE_N;
	case KIND_MISSED:
		return TROUBLE_MISSED;
	default:
		return TROUBLE_N;
	}
}

struct troubles *
troubles_new(const struct tally *t)
{
	struct troubles *x = calloc(1, sizeof *x);

	if (x == NULL ||
	    (x->hours = calloc((size_t)UINT16_MAX + 1, CALENDAR_HOURS)) == NULL)
		err(EXIT_RETRY, "report");
	x->tally = t;
	return x;
}

void
troubles_take(struct troubles *x, struct figures *f, const struct cell *c, struct gateway *g)
{
	const struct place *p = &c->place;
	enum trouble_of k = classify(x->tally, p);
	long long until;

	if (k == TROUBLE_N)
		return;
	f->trouble[k].messages += c->messages;
	f->trouble[k].gateways += (g->troubles & 1U << k) == 0;
	g->troubles |= 1U << k;
	x->hours[(size_t)p->day * CALENDAR_HOURS + (size_t)p->hour] |= (unsigned char)(1U << k);
	if (p->kind != KIND_WAITED || p->day == TALLY_PAST)
		return;
	until = calendar_start(p->day) + (p->hour + 1) * (long long)HOUR;
	if (until > g->waited)
		g->waited = until;
}

/* An hour of a trouble, in their order. */
static void
take_hour(struct trouble *a, long long start)
{
	if (a->hours++ == 0)
		a->first = start;
	if (a->until == 0 || start - a->until > PAUSE * HOUR)
		a->since = start;
	a->until = start + HOUR;
}

void
troubles_end(struct troubles *x, struct figures *f)
{
	const struct span_of_time *s = &f->span;
	unsigned long long named = 0, all = f->kinds[KIND_WAITED].messages;

	for (int day = s->from; day <= s->to; day++)
		for (int h = 0; h < CALENDAR_HOURS; h++) {
			unsigned bits = x->hours[(size_t)day * CALENDAR_HOURS + (size_t)h];

			for (int k = 0; bits >> k != 0; k++)
				if ((bits >> k & 1) != 0)
					take_hour(&f->trouble[k],
					    calendar_start(day) + h * (long long)HOUR);
		}
	for (int k = 0; k < TROUBLE_N; k++) {
		f->trouble[k].now = f->trouble[k].until >= f->recent && f->trouble[k].hours > 0;
		if (k <= TROUBLE_WAITED)
			named += f->trouble[k].messages;
	}
	/* Of the past no names are kept. */
	if (all > named)
		f->trouble[TROUBLE_WAITED].messages += all - named;
	free(x->hours);
	free(x);
}
