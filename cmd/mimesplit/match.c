/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/match.h"

#include <string.h>

enum holds { NO, MAYBE, YES };

static const enum fact_of FACT[] = { [TEST_TYPE] = FACT_TYPE,
    [TEST_SUBTYPE] = FACT_TYPE, [TEST_DISPOSITION] = FACT_DISPOSITION,
    [TEST_DESCRIPTION] = FACT_DESCRIPTION, [TEST_NAME] = FACT_NAME,
    [TEST_PARAMETER] = FACT_PARAMETER, [TEST_DPARAMETER] = FACT_DPARAMETER };

/* What of a fact is held against the pattern. */
static struct span
subject(const struct test *t, const struct fact *f)
{
	struct span s = f->value;
	const char *slash;

	if (t->of != TEST_TYPE && t->of != TEST_SUBTYPE)
		return s;
	slash = memchr(s.p, '/', s.n);
	if (t->of == TEST_TYPE)
		return (struct span){ s.p, slash == NULL ? s.n : (size_t)(slash - s.p) };
	if (slash == NULL)
		return (struct span){ s.p + s.n, 0 };
	return (struct span){ slash + 1, s.n - (size_t)(slash + 1 - s.p) };
}

/* Of a part with none of the kind: the empty value. */
static enum holds
of_nothing(const struct test *t, unsigned long long *steps)
{
	return wild_match(t->value, (struct span){ "", 0 }, steps) ? YES : NO;
}

/* One parameter that is so is enough. */
static enum holds
parameter(const struct test *t, const struct facts *f, unsigned long long *steps)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->fact[i].of == FACT[t->of] &&
		    wild_match(t->name, f->fact[i].name, steps) &&
		    wild_match(t->value, f->fact[i].value, steps))
			return YES;
	return NO;
}

/* Every value there is, or some of them only? */
static enum holds
values(const struct test *t, const struct facts *f, unsigned long long *steps)
{
	size_t all = 0, good = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->fact[i].of != FACT[t->of])
			continue;
		all++;
		good += wild_match(t->value, subject(t, &f->fact[i]), steps);
	}
	if (all == 0)
		return of_nothing(t, steps);
	return good == all ? YES : good > 0 ? MAYBE : NO;
}

static enum holds
test(const struct test *t, const struct facts *f, unsigned long long *steps)
{
	switch (t->of) {
	case TEST_CHANNEL:
		return (t->channels & (f->inside ? CHANNEL_INSIDE : CHANNEL_OUTSIDE)) != 0 ?
		    YES : NO;
	case TEST_SIZE_MIN:
		return f->size >= t->bytes ? YES : NO;
	case TEST_SIZE_MAX:
		return f->size <= t->bytes ? YES : NO;
	case TEST_FROM:
	case TEST_TO:
	case TEST_CLIENT:
		return YES;	/* or the entry is elsewhere */
	case TEST_PARAMETER:
	case TEST_DPARAMETER:
		return f->doubt || f->unknown ? MAYBE : parameter(t, f, steps);
	case TEST_DISPOSITION:
	case TEST_DESCRIPTION:
		if (!wild_any(t->value) && (f->doubt || f->unknown))
			return MAYBE;
		break;
	case TEST_TYPE:
	case TEST_SUBTYPE:
	case TEST_NAME:
		if (!wild_any(t->value) && f->unknown)
			return MAYBE;
		break;
	}
	return wild_any(t->value) ? YES : values(t, f, steps);
}

static enum holds
entry(const struct conversion *e, const struct facts *f, unsigned long long *steps)
{
	enum holds all = YES;

	for (size_t i = 0; i < e->tests && all != NO && *steps > 0; i++) {
		enum holds one;

		--*steps;
		one = test(&e->test[i], f, steps);

		if (one < all)
			all = one;
	}
	return all;
}

static bool
fits(const struct test *t, const struct parties *p, unsigned long long *steps)
{
	switch (t->of) {
	case TEST_FROM: return parties_from(p, t->value, steps);
	case TEST_TO: return parties_to(p, t->value, steps);
	case TEST_CLIENT: return parties_client(p, &t->net);
	default: return true;
	}
}

void
match_envelope(const struct conversions *c, const struct parties *p,
    unsigned long long *steps, bool *elsewhere)
{
	for (size_t i = 0; i < c->entries; i++) {
		const struct conversion *e = &c->entry[i];

		elsewhere[i] = false;
		for (size_t k = 0; k < e->tests && !elsewhere[i]; k++)
			elsewhere[i] = !fits(&e->test[k], p, steps);
	}
}

unsigned
match_treatments(const struct conversions *c, const struct facts *f,
    unsigned long long *steps)
{
	unsigned set = 0;

	for (size_t i = 0; i < c->entries && *steps > 0; i++) {
		bool elsewhere = f->elsewhere != NULL && f->elsewhere[i];
		enum holds holds = elsewhere ? NO : entry(&c->entry[i], f, steps);

		if (holds != NO)
			set |= 1u << c->entry[i].treatment;
		if (holds == YES)
			return set;
	}
	return set | 1u << TREAT_PASS;
}
