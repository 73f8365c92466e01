/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/entity.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void
entity_free(struct entity *e)
{
	if (e->parts != NULL)
		free(e->parts->boundary);
	free(e->parts);
	free(e->kind.boundary);
}

void
entity_begin_parts(struct entity *e, struct boundaries *all, unsigned place)
{
	struct candidates *c = e->kind.boundary;
	struct parts *p = calloc(1, sizeof *p);

	if (p == NULL)
		err(EXIT_RETRY, "memory");
	e->parts = p;
	e->state = PARTS;
	p->boundaries = c == NULL ? 0 : c->count;
	if ((p->boundary = calloc(p->boundaries + 1, sizeof *p->boundary)) == NULL)
		err(EXIT_RETRY, "memory");
	for (size_t i = 0; i < p->boundaries; i++) {
		p->boundary[i] = (struct boundary){ .p = c->bytes + c->one[i].at,
		    .n = c->one[i].n, .owner = place, .which = (unsigned)i };
		boundaries_add(all, &p->boundary[i]);
	}
}

void
entity_end_parts(struct entity *e, struct boundaries *all)
{
	for (size_t i = 0; i < e->parts->boundaries; i++)
		boundaries_remove(all, &e->parts->boundary[i]);
}

void
entity_guess(struct parts *p, const char *text, size_t n)
{
	if (n > 2 && text[n - 1] == '-' && text[n - 2] == '-')
		n -= 2;
	if (n == 0 || n > GUESS_MAX || p->guesses == GUESSES)
		return;
	for (size_t i = 0; i < p->guesses; i++)
		if (p->guess[i].n == n && memcmp(p->guess[i].text, text, n) == 0)
			return;
	p->guess[p->guesses].n = n;
	memcpy(p->guess[p->guesses++].text, text, n);
}
