/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/overlap.h"

#include <stdio.h>

/* Does it hold of whatever part there is? */
static bool
holds_always(const struct test *t)
{
	/* A message may have no recipient, and a sender too long to be looked at. */
	return t->of != TEST_PARAMETER && t->of != TEST_DPARAMETER && t->of != TEST_FROM &&
	    t->of != TEST_TO && t->of != TEST_CLIENT && wild_any(t->value);
}

/* Does t, a pattern or a network, hold wherever `narrow', one of the same, does? */
static bool
test_covers(const struct test *t, const struct test *narrow)
{
	if (t->of == TEST_CLIENT)
		return net_holds(&t->net, &narrow->net.first) &&
		    net_holds(&t->net, &narrow->net.last);
	return wild_covers(t->name, narrow->name) && wild_covers(t->value, narrow->value);
}

static bool
is_plain(const struct test *t)
{
	return t->of != TEST_CHANNEL && t->of != TEST_SIZE_MIN && t->of != TEST_SIZE_MAX;
}

/* Do the tests of e hold wherever those of narrow do, but for channel and size? */
static bool
entry_covers(const struct conversion *e, const struct conversion *narrow)
{
	for (size_t i = 0; i < e->tests; i++) {
		bool covers = !is_plain(&e->test[i]) || holds_always(&e->test[i]);

		for (size_t k = 0; !covers && k < narrow->tests; k++)
			covers = narrow->test[k].of == e->test[i].of &&
			    test_covers(&e->test[i], &narrow->test[k]);
		if (!covers)
			return false;
	}
	return true;
}

/* The channels and sizes that an entry is for. */
struct box {
	unsigned channels;
	unsigned long long min, max;
};

enum { CHANNELS = CHANNEL_OUTSIDE | CHANNEL_INSIDE };

static struct box
box_of(const struct conversion *e)
{
	struct box b = { CHANNELS, 0, (unsigned long long)-1 };

	for (size_t i = 0; i < e->tests; i++) {
		const struct test *t = &e->test[i];

		if (t->of == TEST_CHANNEL)
			b.channels &= t->channels;
		if (t->of == TEST_SIZE_MIN)
			b.min = t->bytes;
		if (t->of == TEST_SIZE_MAX)
			b.max = t->bytes;
	}
	return b;
}

/*
 * Is each size of b in one of the n others, in that channel?  The last of them that
 * it takes, from 1; or 0.
 */
static size_t
fills(const struct box *other, size_t n, unsigned channel, struct box b)
{
	unsigned long long at = b.min;
	size_t last = 0, best;

	do {
		best = 0;
		for (size_t k = 0; k < n; k++) {
			const struct box *o = &other[k];

			if ((o->channels & channel) != 0 && o->min <= at && o->max >= at &&
			    (best == 0 || o->max > other[best - 1].max))
				best = k + 1;
		}
		if (best == 0)
			return 0;
		last = best > last ? best : last;
		at = other[best - 1].max + 1;
	} while (at != 0 && at <= b.max);
	return last;
}

/* The last of the first n, from 1, that together are for all that e is; or 0. */
static size_t
covered_by(const struct conversions *c, size_t n, const struct conversion *e)
{
	static const struct box NOTHING = { 0, 0, 0 };
	struct box other[CONVERSIONS_ENTRIES], b = box_of(e);
	size_t last = 0, one;

	for (size_t k = 0; k < n; k++)
		other[k] = entry_covers(&c->entry[k], e) ? box_of(&c->entry[k]) : NOTHING;
	for (unsigned channel = 1; channel <= CHANNELS; channel <<= 1) {
		if ((b.channels & channel) == 0)
			continue;
		if ((one = fills(other, n, channel, b)) == 0)
			return 0;
		last = one > last ? one : last;
	}
	return last;
}

struct told {
	conversions_tell *tell;
	void *ctx;
};

static void
warn_of(struct told to, unsigned long line, const char *what)
{
	to.tell(to.ctx, line, (struct span){ "", 0 }, what, true);
}

void
overlap_find(struct conversions *c, conversions_tell *tell, void *ctx)
{
	static const struct conversion ALL = { .line = 0 };
	const struct told to = { tell, ctx };
	char what[100];

	for (size_t i = 0; i < c->entries; i++) {
		struct box b = box_of(&c->entry[i]);
		size_t last = b.min > b.max ? 0 : covered_by(c, i, &c->entry[i]);

		snprintf(what, sizeof what, "every part that this entry is for has an earlier one "
		    "(line %lu)", last == 0 ? 0 : c->entry[last - 1].line);
		if (b.min > b.max)
			warn_of(to, c->entry[i].line, "this entry can never match: "
			    "in-size-min is more than in-size-max");
		else if (last > 0)
			warn_of(to, c->entry[i].line, what);
	}
	c->catches_all = covered_by(c, c->entries, &ALL) > 0;
	if (!c->catches_all)
		warn_of(to, c->entry[c->entries - 1].line,
		    "no entry matches every part: what matches none passes");
}
