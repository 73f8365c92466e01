/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/clause.c cmd/mimesplit/conversions.c cmd/mimesplit/overlap.c cmd/mimesplit/match.c
/*
 * A file that can be used tells no error, and one that cannot tells one; an entry
 * of which it is said that it never matches, or that others before it do, does not
 * match where none of those does.
 */
#include "cmd/mimesplit/match.h"
#include "common/fold.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

struct seen {
	size_t errors;
	unsigned long never[CONVERSIONS_ENTRIES];
	size_t nevers;
};

static void
tell(void *ctx, unsigned long line, struct span word, const char *what, bool warning)
{
	struct seen *s = ctx;

	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\n')
			abort();
	if (line == 0)
		abort();
	s->errors += !warning;
	if (warning && (strstr(what, "never") != NULL || strstr(what, "earlier") != NULL))
		s->never[s->nevers++] = line;
}

static bool
passed_before(const struct conversions *c)
{
	for (size_t i = 0; i < c->entries; i++)
		if (c->entry[i].treatment == TREAT_PASS)
			return true;
	return false;
}

/* Where the first entries all fail, one that never matches does so too. */
static void
check_never(const struct conversions *c, const struct seen *s, const struct facts *f)
{
	for (size_t i = 0; i < c->entries; i++) {
		struct conversions before = *c, alone = *c;
		struct facts own = *f;
		unsigned long long steps = MATCH_STEPS;

		before.entries = i;
		alone.entry = &c->entry[i];
		alone.entries = 1;
		own.elsewhere += i;
		for (size_t k = 0; k < s->nevers; k++)
			if (s->never[k] == c->entry[i].line &&
			    c->entry[i].treatment != TREAT_PASS && !passed_before(&before) &&
			    match_treatments(&alone, &own, &steps) == 1u << c->entry[i].treatment &&
			    match_treatments(&before, f, &steps) == 1u << TREAT_PASS)
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct seen s;
	static struct fold fold;
	static bool elsewhere[CONVERSIONS_ENTRIES];
	struct conversions c;
	size_t third = n / 3;
	const char *p = (const char *)data;
	struct fact fact[] = {
		{ FACT_TYPE, { p, 0 }, { p, third } },
		{ FACT_NAME, { p, third }, { p + third, third } },
		{ FACT_PARAMETER, { p, third }, { p + third, n - third } },
	};
	struct facts f = { .inside = n % 2, .elsewhere = elsewhere, .size = n, .fact = fact,
	    .n = 3 };
	const struct span to[] = { { p, third }, { p + third, third } };
	struct parties parties = { .from = to[0], .to = to, .count = n % 3, .known = n % 5 > 0,
	    .client = { .lo = 0x7f000000 + n } };
	unsigned long long steps = MATCH_STEPS;
	int wrong;

	if (!fold_name(&fold, fact[1].value))
		abort();
	fact[1].value = fold.form[0];
	memset(&s, 0, sizeof s);
	if ((wrong = conversions_parse(&c, p, n, tell, &s)) < 0 || wrong != (s.errors > 0))
		abort();
	if (wrong == 0) {
		unsigned set;

		match_envelope(&c, &parties, &steps, elsewhere);
		set = match_treatments(&c, &f, &steps);
		if (set == 0 || set >> TREATMENTS != 0)
			abort();
		check_never(&c, &s, &f);
	}
	conversions_free(&c);
	return 0;
}
