/* SPDX-License-Identifier: ISC */
/* Several tallies as one: Merging in tally(5). */
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

int
tally_order(const struct tally *t, const struct section *a, const struct section *b)
{
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return tally_compare(names_text(t->names, a->writer), names_text(t->names, b->writer));
}

/*
 * Which of two copies of a section counts.  It must be an order, so that it does not matter
 * who is merged with whom first.
 */
static bool
better(const struct section *a, const struct section *b)
{
	if (a->until != b->until)
		return a->until > b->until;
	if (a->generation != b->generation)
		return a->generation > b->generation;
	if (a->sum != b->sum)
		return a->sum > b->sum;
	return tally_compare(a->text, b->text) > 0;
}

/* The last day that a writer's past has; -1: he has no past.  pasts are by their writers. */
static int
past_of(const struct tally *t, const struct section *pasts, size_t n, const struct section *s)
{
	struct section key = { .day = TALLY_PAST, .writer = s->writer };
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int c = tally_order(t, &pasts[middle], &key);

		if (c == 0)
			return pasts[middle].until;
		if (c < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return -1;
}

/* A day that a writer has summed up meanwhile is in his past, and not to be counted again. */
static void
drop_past(struct tally *t)
{
	size_t pasts = 0, n;

	while (pasts < t->nsections && t->sections[pasts].day == TALLY_PAST)
		pasts++;
	n = pasts;
	for (size_t i = pasts; pasts > 0 && i < t->nsections; i++)
		if (t->sections[i].day > past_of(t, t->sections, pasts, &t->sections[i]))
			t->sections[n++] = t->sections[i];
	if (pasts > 0)
		t->nsections = n;
}

void
tally_take_in(struct tally *t, const struct section *from, size_t n)
{
	size_t has = t->nsections, i = 0, k = 0;
	struct section *old = malloc((has + 1) * sizeof *old);

	if (old == NULL)
		err(EXIT_RETRY, "the tally");
	if (has > 0)
		memcpy(old, t->sections, has * sizeof *old);
	t->nsections = 0;
	while (i < has || k < n) {
		int c = i == has ? 1 : k == n ? -1 : tally_order(t, &old[i], &from[k]);

		tally_add_section(t, c < 0 || (c == 0 && !better(&from[k], &old[i])) ? &old[i] : &from[k]);
		i += c <= 0;
		k += c >= 0;
	}
	free(old);
	drop_past(t);
}

/* --- what two count -------------------------------------------------------------------- */

/* A gateway, and who counted it. */
struct counted {
	struct span host;
	const struct section *by;
};

/* Of the sections of a day; room for further ones. */
struct counts {
	struct counted *of;
	size_t n, room;
};

static _Noreturn void
conflict(const struct tally *t, const struct counted *one, const struct counted *other)
{
	struct span a = names_text(t->names, one->by->writer);
	struct span b = names_text(t->names, other->by->writer);
	char day[CALENDAR_TEXT];

	calendar_text(day, one->by->day);
	errx(EXIT_CALL, "gateway %.*s is counted by two, on %s: by %.*s and by %.*s; its log is to "
	    "be counted in one place only: leave the tally of one out", (int)one->host.n,
	    one->host.p, day, (int)a.n, a.p, (int)b.n, b.p);
}

static void
add_host(struct counts *c, struct span host, const struct section *by)
{
	/* all those that were too many for somebody are none */
	if (host.n == 3 && memcmp(host.p, "%2A", 3) == 0)
		return;
	if (c->n == c->room) {
		c->room = c->room == 0 ? 64 : c->room * 2;
		if ((c->of = realloc(c->of, c->room * sizeof *c->of)) == NULL)
			err(EXIT_RETRY, "the tally");
	}
	c->of[c->n++] = (struct counted){ host, by };
}

/* The gateways of a section: the first word of its lines, where it is another. */
static void
add_hosts(struct counts *c, const struct section *s)
{
	const char *p = s->text.p, *end = p + s->text.n, *newline;
	struct span before = { NULL, 0 };

	for (; p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL; p = newline + 1) {
		const char *blank;

		if (before.p != NULL && (size_t)(newline - p) > before.n &&
		    memcmp(p, before.p, before.n) == 0 && p[before.n] == ' ')
			continue;
		blank = memchr(p, ' ', (size_t)(newline - p));
		before = (struct span){ p, (size_t)((blank == NULL ? newline : blank) - p) };
		if (before.n >= 5)
			add_host(c, (struct span){ p + 5, before.n - 5 }, s);
	}
}

static int
by_host(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;
	int c = tally_compare(x->host, y->host);

	return c != 0 ? c : (x->by > y->by) - (x->by < y->by);
}

/* n sections of one day. */
static void
look_at_day(const struct tally *t, struct counts *c, const struct section *s, size_t n)
{
	c->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i].start != s[0].start)
			tally_other_zone(t, &s[0], s[i].start, &s[i]);
		add_hosts(c, &s[i]);
	}
	if (c->n > 0)
		qsort(c->of, c->n, sizeof *c->of, by_host);
	for (size_t i = 1; i < c->n; i++)
		if (c->of[i].by != c->of[i - 1].by && tally_compare(c->of[i].host, c->of[i - 1].host) == 0)
			conflict(t, &c->of[i - 1], &c->of[i]);
}

void
tally_conflicts(const struct tally *t)
{
	struct counts c = { .n = 0 };

	for (size_t i = 0, n; i < t->nsections; i += n) {
		const struct section *s = &t->sections[i];

		for (n = 1; i + n < t->nsections && s[n].day == s->day; n++)
			;
		if (s->day != TALLY_PAST && n > 1)
			look_at_day(t, &c, s, n);
	}
	free(c.of);
}

/* --- zones ----------------------------------------------------------------------------- */

enum { OFFSET = 16 };	/* "UTC+01:00" */

/* How far local time was from UTC when a day began. */
static void
offset_text(char text[OFFSET], int day, long long start)
{
	long long off = (day * 86400LL - start) / 60;

	snprintf(text, OFFSET, "UTC%c%02d:%02d", off < 0 ? '-' : '+', (int)(llabs(off) / 60) % 100,
	    (int)(llabs(off) % 60));
}

_Noreturn void
tally_other_zone(const struct tally *t, const struct section *s, long long start,
    const struct section *other)
{
	struct span a = names_text(t->names, s->writer);
	struct span b = other == NULL ? a : names_text(t->names, other->writer);
	char day[CALENDAR_TEXT], one[OFFSET], two[OFFSET];

	calendar_text(day, s->day);
	offset_text(one, s->day, s->start);
	offset_text(two, s->day, start);
	if (other != NULL)
		errx(EXIT_CALL, "%s was counted in two zones: by %.*s at %s, and by %.*s at %s; count in "
		    "one, with the same TZ everywhere", day, (int)a.n, a.p, one, (int)b.n, b.p, two);
	errx(EXIT_CALL, "%s was counted in another zone, by %.*s: at %s, and TZ says %s: run with "
	    "the same TZ; if the rules of the zone have changed, move the tally away, and count "
	    "the logs that there are into a new one", day, (int)a.n, a.p, one, two);
}

void
tally_check_zone(const struct tally *t, const struct section *s)
{
	long long start = s->day == TALLY_PAST ? s->start : calendar_start(s->day);

	if (s->start != start)
		tally_other_zone(t, s, start, NULL);
}
