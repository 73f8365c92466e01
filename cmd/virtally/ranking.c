/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/ranking.h"
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>

/* A name of a kind; first one for each cell, then added up. */
struct entry {
	uint32_t kind, number;
	struct span name;
	struct count total;
	unsigned long long weight;	/* what it is ordered by */
};

static int
by_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Equal counts as `sort -nr' has them: it compares the lines, and turns that round too. */
static int
by_weight(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return tally_compare(y->name, x->name);
}

/* The cells of names in the period; *n of them. */
static struct entry *
collect(const struct figures *f, const struct tally *t, size_t *n)
{
	struct entry *e = NULL;
	size_t at = 0, room = 0;
	struct cell c;

	*n = 0;
	while (cells_next(t->cells, &at, &c)) {
		if (c.place.name == NAMES_EMPTY || !figures_within(&f->span, &c.place))
			continue;
		if (*n == room) {
			room = room == 0 ? 1024 : 2 * room;
			e = reallocarray(e, room, sizeof *e);
			if (e == NULL)
				err(EXIT_RETRY, "report");
		}
		e[(*n)++] = (struct entry){ .kind = c.place.kind, .number = c.place.name,
		    .total = { c.messages, c.findings } };
	}
	return e;
}

/* Equal ones together; returns how many are left. */
static size_t
add_up(struct entry *e, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (out > 0 && by_number(&e[out - 1], &e[i]) == 0) {
			e[out - 1].total.messages += e[i].total.messages;
			e[out - 1].total.findings += e[i].total.findings;
		} else
			e[out++] = e[i];
	}
	return out;
}

/* n entries of one kind. */
static void
rank(struct figures *f, struct entry *e, size_t n)
{
	size_t kind = e->kind, shown = n < FIGURES_TOP ? n : FIGURES_TOP;

	qsort(e, n, sizeof *e, by_weight);
	f->top[kind] = calloc(shown, sizeof *f->top[kind]);
	if (f->top[kind] == NULL)
		err(EXIT_RETRY, "report");
	for (size_t i = 0; i < n; i++) {
		if (i < shown)
			f->top[kind][i] = (struct named){ e[i].name, e[i].number, e[i].total };
		f->named[kind].messages += e[i].total.messages;
		f->named[kind].findings += e[i].total.findings;
	}
	f->ntop[kind] = shown;
	f->distinct[kind] = n;
}

void
ranking_make(struct figures *f, const struct tally *t)
{
	size_t n, end;
	struct entry *e = collect(f, t, &n);

	if (n > 0)
		qsort(e, n, sizeof *e, by_number);
	n = add_up(e, n);
	for (size_t i = 0; i < n; i++) {
		e[i].name = names_text(t->names, e[i].number);
		e[i].weight = f->span.lines ? e[i].total.findings : e[i].total.messages;
	}
	for (size_t from = 0; from < n; from = end) {
		for (end = from + 1; end < n && e[end].kind == e[from].kind;)
			end++;
		rank(f, e + from, end - from);
	}
	free(e);
}
