/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/rows.h"
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>

static int
order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int c;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->hour != y->hour)
		return x->hour < y->hour ? -1 : 1;
	c = tally_compare(x->gateway, y->gateway);
	if (c != 0)
		return c;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return tally_compare(x->name, y->name);
}

static size_t
add_up(struct row *r, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (out > 0 && order(&r[out - 1], &r[i]) == 0) {
			r[out - 1].count.messages += r[i].count.messages;
			r[out - 1].count.findings += r[i].count.findings;
		} else
			r[out++] = r[i];
	}
	return out;
}

static void *
need(void *p)
{
	if (p == NULL)
		err(EXIT_RETRY, "export");
	return p;
}

struct row *
rows_make(const struct tally *t, const struct figures *fig, size_t *n)
{
	bool hours = fig->span.period == PERIOD_DAY || fig->span.period == PERIOD_DATE;
	size_t at = 0, room = 1024;
	struct row *r = need(calloc(room, sizeof *r));
	struct cell c;

	*n = 0;
	while (cells_next(t->cells, &at, &c)) {
		if (!figures_within(&fig->span, &c.place))
			continue;
		if (*n == room) {
			room *= 2;
			r = need(reallocarray(r, room, sizeof *r));
		}
		r[(*n)++] = (struct row){ .day = c.place.day,
		    .hour = hours ? c.place.hour : -1,
		    .gateway = names_text(t->names, t->hosts[c.place.host]),
		    .kind = c.place.kind, .name = names_text(t->names, c.place.name),
		    .count = { c.messages, c.findings } };
	}
	qsort(r, *n, sizeof *r, order);
	*n = add_up(r, *n);
	return r;
}
