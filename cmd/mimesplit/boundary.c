/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/candidates.h"
#include "common/fieldtext.h"
#include "common/reading.h"

/*
 * Is a value, its quotes included, the same to every client?  next: where
 * another site is, which is no matter inside of this value.
 */
static bool
plain_value(struct span v, size_t next)
{
	bool quoted = v.n > 0 && v.p[0] == '"';

	if (quoted) {
		v.p++;
		v.n--;
	}
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (quoted ? c == '"' : c == ';' || fieldtext_blank(c)) {
			v.n = i;
			break;
		}
		if (c < ' ' || c > '~' || c == ';' || c == ',' || c == '%' ||
		    (c == '=' && i + 1 < v.n && v.p[i + 1] == '?'))
			return false;
	}
	return v.n > 0 && v.n <= CANDIDATE_MAX && !fieldtext_blank(v.p[0]) &&
	    !fieldtext_blank(v.p[v.n - 1]) && v.p[0] != '\'' &&
	    (v.p[0] != '<' || v.p[v.n - 1] != '>') && next <= v.n;
}

/* One boundary, in a field that every client reads alike. */
static bool
plain_boundary(const struct readings *r)
{
	const struct reading_site *s = r->site;
	size_t next = 0;

	if (!r->tidy || r->sites == 0 || r->sites > 2 || s->where != SITE_PROPER ||
	    s->coded || s->number >= 0)
		return false;
	if (r->sites == 2) {
		if (s[1].where != SITE_LONGER)
			return false;
		next = s[1].at - s->at;
	}
	return plain_value((struct span){ r->text.p + s->at, r->text.n - s->at }, next);
}

static bool
add(void *arg, enum reading_kind kind, struct span v)
{
	struct candidates *c = arg;

	(void)kind;
	candidates_add(c, v.p, v.n);
	return !c->full;
}

/* Some clients keep as much of one as RFC 2046 allows. */
static void
add_short(struct candidates *c, size_t count)
{
	enum { ALLOWED = 70 };

	for (size_t i = 0; i < count; i++)
		if (c->one[i].n > ALLOWED)
			candidates_add(c, c->bytes + c->one[i].at, ALLOWED);
}

void
boundary_candidates(struct candidates *c, struct span type, bool *plain)
{
	static char room[READING_ROOM(CANDIDATE_MAX)];
	struct readings r = { .word = "boundary", .max = CANDIDATE_MAX, .room = room,
	    .tell = add, .arg = c, .effort = reading_effort(type.n) };
	size_t usual, all;

	c->count = 0;
	c->full = false;
	readings_find(&r, type);
	*plain = plain_boundary(&r);
	readings_usual(&r, false);
	usual = c->count;
	if (!*plain)
		readings_odd(&r);
	all = c->count;
	add_short(c, usual);
	*plain = *plain && c->count == all;	/* none is longer than RFC 2046 allows */
	c->full = c->full || r.cut;
}
