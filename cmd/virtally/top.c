/* SPDX-License-Identifier: ISC */
/* top: the names of the viruses that were found most often, as `uniq -c' shows them. */
#include "cmd/virtally/figures.h"
#include "cmd/virtally/given.h"
#include "cmd/virtally/verbs.h"

int
top_verb(const struct options *o)
{
	struct tally *t = given_tally(o);
	struct span_of_time s;
	struct figures *f;

	figures_span(&s, t, o->period, o->end);
	f = figures_make(t, &s);
	for (size_t i = 0; i < f->ntop[KIND_VIRUS] && i < o->names; i++) {
		const struct named *n = &f->top[KIND_VIRUS][i];

		/* Coded, as it stands in the log. */
		printf("%7llu %.*s\n", n->total.messages, (int)n->name.n, n->name.p);
	}
	figures_free(f);
	tally_free(t);
	return EXIT_NOTHING;
}
