/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/listing.h"

#include <stdlib.h>

enum { TRIES = 64 };	/* signatures behind something else */

static void
pop(struct lister *l)
{
	struct content *c = l->first;

	l->first = c->next;
	if (l->first == NULL)
		l->last = &l->first;
	free(c->own);
	free(c->in);
	free(c);
}

/* As one of the kinds that its octets may be. */
static void
look_as(struct lister *l, enum magic m)
{
	l->place.type = m;
	l->doubtful = false;
	report_place(l->report);
	if (magic_unlistable(m))
		l->whys |= 1u << WHY_UNLISTABLE;
	if (magic_compressor(m))
		list_packed(l, m);
	else if (m == MAGIC_ZIP)
		list_zip(l);
	else if (magic_archive(m))
		list_at(l, m, 0);
	listing_whys(l);
}

/* Those that begin behind something else; zip: it was listed already. */
static void
list_embedded(struct lister *l, bool zip)
{
	struct span s = l->now->bytes;
	unsigned tries = 0;
	size_t at = 0;
	enum magic m;

	l->doubtful = false;
	if (!zip) {
		report_place(l->report);
		list_zip(l);
	}
	while ((at = magic_next(s, at + 1, &m)) < s.n && !l->report->full) {
		if (m == MAGIC_ZIP)
			continue;
		report_place(l->report);
		if (tries++ == TRIES) {
			l->place.type = m;
			l->whys |= 1u << WHY_LIMIT;
			listing_whys(l);
			return;
		}
		l->doubtful = true;
		at = list_at(l, m, at) - 1;
	}
}

static void
look(struct lister *l)
{
	struct content *now = l->now = l->first;
	uint64_t all = magic_all(now->bytes), archives = 0;
	const char *suffix;

	l->place = (struct place){ now->level, MAGIC_NONE, { now->in, now->inlen } };
	for (enum magic m = 0; m < MAGIC_COUNT && !l->report->full; m++) {
		if ((all & (uint64_t)1 << m) == 0 ||
		    !(magic_archive(m) || magic_compressor(m) || magic_unlistable(m)))
			continue;
		archives |= (uint64_t)1 << m;
		look_as(l, m);
	}
	if (now->lone && archives == 0) {
		l->place.type = now->packer;
		suffix = magic_suffix(now->bytes);
		report_magic(l->report, &l->place, suffix == NULL ? "" : suffix);
	}
	if (!l->report->full)
		list_embedded(l, archives & (uint64_t)1 << MAGIC_ZIP);
}

void
lister_run(struct span file, const struct lister_options *o, struct report *r)
{
	struct lister l = { .options = o, .report = r,
		.budget = { UNPACK_MUST, UNPACK_LOOK } };

	l.last = &l.first;
	listing_push(&l, file, NULL, 1);
	while (l.first != NULL && !r->full) {
		look(&l);
		pop(&l);
	}
	if (r->full) {
		report_place(r);
		report_why(r, &l.place, WHY_LIMIT);
	}
}
