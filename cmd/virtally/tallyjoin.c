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

/* --- gateways that two count ---------------------------------------------------------- */

/* Who counted a gateway last, of those that were looked at, and on which day. */
struct counted {
	int day;
	uint32_t writer;
};

static _Noreturn void
conflict(const struct tally *t, struct span host, const struct section *s, uint32_t other)
{
	struct span a = names_text(t->names, other), b = names_text(t->names, s->writer);
	char day[CALENDAR_TEXT];

	calendar_text(day, s->day);
	errx(EXIT_CALL, "gateway %.*s is counted by two, on %s: by %.*s and by %.*s; its log is to "
	    "be counted in one place only: leave the tally of one out", (int)host.n, host.p, day,
	    (int)a.n, a.p, (int)b.n, b.p);
}

/* The gateways of a section: the first word of its lines, where it is another. */
static void
look_at(const struct tally *t, const struct section *s, struct counted *of)
{
	const char *p = s->text.p, *end = p + s->text.n, *newline;
	struct span before = { NULL, 0 };

	for (; p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL; p = newline + 1) {
		struct span host = { p, 0 };
		struct counted *c;

		if (before.p != NULL && (size_t)(newline - p) > before.n &&
		    memcmp(p, before.p, before.n) == 0 && p[before.n] == ' ')
			continue;
		while (p + host.n < newline && p[host.n] != ' ')
			host.n++;
		before = host;
		if (host.n < 5)
			continue;
		host = (struct span){ host.p + 5, host.n - 5 };
		c = &of[names_number(t->names, host)];
		if (c->day == s->day && c->writer != s->writer)
			conflict(t, host, s, c->writer);
		*c = (struct counted){ s->day, s->writer };
	}
}

void
tally_conflicts(const struct tally *t)
{
	struct counted *of = calloc(NAMES_MAX, sizeof *of);

	if (of == NULL)
		err(EXIT_RETRY, "the tally");
	for (size_t i = 0; i < t->nsections; i++) {
		const struct section *s = &t->sections[i];
		bool alone = (i == 0 || s[-1].day != s->day) &&
		    (i + 1 == t->nsections || s[1].day != s->day);

		if (s->day != TALLY_PAST && !alone)
			look_at(t, s, of);
	}
	free(of);
}
