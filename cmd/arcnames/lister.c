/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/listing.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void *
must(void *p)
{
	if (p == NULL)
		err(UNPACK_FULL, "what is listed");
	return p;
}

struct content *
push(struct lister *l, struct span bytes, char *own, unsigned level)
{
	struct content *c = must(calloc(1, sizeof *c));

	c->bytes = bytes;
	c->own = own;
	c->level = level;
	*l->last = c;
	l->last = &c->next;
	return c;
}

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

void
set_way(struct lister *l, struct content *c, struct span name)
{
	const struct content *now = l->now;

	c->in = must(malloc(REPORT_PATH));
	c->inlen = now->inlen;
	if (now->inlen > 0)
		memcpy(c->in, now->in, now->inlen);
	if (now->inlen > 0 && name.n > 0 && c->inlen < REPORT_PATH)
		c->in[c->inlen++] = '/';
	if (name.n > REPORT_PATH - c->inlen)
		name.n = REPORT_PATH - c->inlen;
	if (name.n > 0)
		memcpy(c->in + c->inlen, name.p, name.n);
	c->inlen += name.n;
}

void
tell_whys(struct lister *l)
{
	if (l->doubtful)
		l->whys &= ~(1u << WHY_BROKEN);
	for (enum why w = 0; w <= WHY_UNLISTABLE; w++)
		if (l->whys & 1u << w)
			report_why(l->report, &l->place, w);
	l->whys = 0;
}

bool
tell(struct lister *l, const char *source, struct span name, struct span link)
{
	return name.p == NULL || report_name(l->report, &l->place, source, name, link);
}

int
compare_spans(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 || a.p == b.p ? 0 : memcmp(a.p, b.p, a.n);
}

/* Does it hold an archive anywhere? */
static bool
has_archive(struct span bytes)
{
	uint64_t all = magic_all(bytes);
	enum magic m;

	for (m = 0; m < MAGIC_COUNT; m++)
		if ((all & (uint64_t)1 << m) && (magic_archive(m) ||
		    magic_compressor(m) || magic_unlistable(m)))
			return true;
	return magic_next(bytes, 0, &m) < bytes.n;
}

void
open_member(struct lister *l, struct unpacked *u, struct span name)
{
	struct bytes b = unpack_data(u, &l->budget, &l->whys);
	struct content *c;
	char *p;

	if (b.n == 0 || !has_archive((struct span){ b.p, b.n })) {
		free(b.p);
		return;
	}
	if (l->place.level == l->options->depth) {
		l->whys |= 1u << WHY_DEPTH;
		free(b.p);
		return;
	}
	if (b.n > l->budget.must) {
		l->whys |= 1u << WHY_LIMIT;
		b.n = (size_t)l->budget.must;
	}
	l->budget.must -= b.n;
	p = must(realloc(b.p, b.n + 1));
	c = push(l, (struct span){ p, b.n }, p, l->place.level + 1);
	set_way(l, c, name);
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
		list_archive(l, m);
	tell_whys(l);
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
	push(&l, file, NULL, 1);
	while (l.first != NULL && !r->full) {
		look(&l);
		pop(&l);
	}
	if (r->full) {
		report_place(r);
		report_why(r, &l.place, WHY_LIMIT);
	}
}
