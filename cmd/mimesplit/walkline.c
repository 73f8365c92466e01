/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/walking.h"

#include <string.h>

/* The text of a line without its end; blanks: and without those before it. */
size_t
walk_trimmed(const char *p, size_t n, bool blanks)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == '\n' ||
	    (blanks && (p[n - 1] == ' ' || p[n - 1] == '\t'))))
		n--;
	return n;
}

/* The length of the line at p with its end; 0: longer than what is there. */
size_t
walk_line_length(const struct walk *w, const char *p, size_t n)
{
	const char *end;
	size_t i = 0;

	if ((w->from.rules & RULE_CR) != 0) {
		while (i < n && p[i] != '\r' && p[i] != '\n')
			i++;
		if (i < n)
			return i + (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n') + 1;
	} else if ((end = memchr(p, '\n', n)) != NULL)
		return (size_t)(end - p) + 1;
	return w->split->window.eof ? n : 0;
}

void
walk_advance(struct walk *w, const char *p, size_t n)
{
	char before = n > 1 ? p[n - 2] : w->last;

	w->at += n;
	w->last = p[n - 1];
	w->line_start = w->last == '\n' ||
	    (w->last == '\r' && (w->from.rules & RULE_CR) != 0);
	w->eol = !w->line_start ? 0 : w->last == '\n' && before == '\r' ? 2 : 1;
}

/* What a line is to the open multiparts. */
struct hit {
	struct entity *owner;	/* NULL: no delimiter of any */
	bool close;
};

/*
 * The text is one of the boundaries: that of an open multipart delimits; those
 * of other readings, and of closed ones, are noted, which once is enough.  Those
 * with text behind them stay, for without it they are noted as well.
 */
static struct entity *
whose(struct walk *w, struct boundary *b, bool loose)
{
	struct boundary *inner = b, *outer;
	struct entity *e = NULL;

	for (; b != NULL; b = outer, e = NULL) {
		e = &w->stack[b->owner];
		outer = loose && b->passed ? b->beyond : boundaries_outer(b);
		if (b->which != 0 && loose)
			e->parts->loose_hits |= 1u << b->which;
		else if (b->which != 0) {
			e->parts->hits |= 1u << b->which;
			boundaries_remove(w->boundaries, b);
		} else if (e->parts->closed) {
			e->parts->after_close = true;
			boundaries_remove(w->boundaries, b);
		} else {
			if (outer != NULL)
				outline_defect(outline(w), DEFECT_SAME_BOUNDARY, e->part);
			e->parts->loose |= loose;
			break;
		}
	}
	if (loose && inner != NULL && inner->which != 0) {
		inner->passed = true;
		inner->beyond = b;
	}
	return e;
}

/* Text behind the boundary, or quotes: for some clients it delimits all the same. */
static struct hit
loose_delimiter(struct walk *w, const char *p, size_t n)
{
	struct boundary *b = boundaries_prefix(w->boundaries, p, n);
	struct hit hit = { NULL, false };
	size_t len;

	if (b == NULL && n > 0 && p[0] == '"')
		b = boundaries_prefix(w->boundaries, ++p, --n);
	if (b == NULL)
		return hit;
	len = b->n;
	hit.owner = whose(w, b, true);
	hit.close = n >= len + 2 && p[len] == '-' && p[len + 1] == '-';
	if ((w->from.rules & RULE_LOOSE) == 0)
		hit.owner = NULL;
	return hit;
}

/* The line stands behind its "--", without its end. */
static struct hit
find_delimiter(struct walk *w, const char *p, size_t n)
{
	struct boundaries *all = w->boundaries;
	struct hit hit = { NULL, false };
	struct parts *inner = top(w)->state == PARTS ? top(w)->parts : NULL;

	/* A boundary may end in blanks, so it is held against them as well. */
	n = walk_trimmed(p, n, false);
	if ((hit.owner = whose(w, boundaries_find(all, p, n), false)) != NULL)
		return hit;
	n = walk_trimmed(p, n, true);
	if ((hit.owner = whose(w, boundaries_find(all, p, n), false)) != NULL)
		return hit;
	if (n >= 2 && p[n - 1] == '-' && p[n - 2] == '-' &&
	    (hit.owner = whose(w, boundaries_find(all, p, n - 2), false)) != NULL) {
		hit.close = true;
		return hit;
	}
	hit = loose_delimiter(w, p, n);
	if (hit.owner == NULL && inner != NULL && inner->children == 0)
		entity_guess(inner, p, n);
	return hit;
}

static void
add_child(struct walk *w, struct entity *parent, offset span)
{
	struct entity *e;
	unsigned long part = parent->part;

	if (!split_room(w->split, part))
		return;
	parent->parts->children++;
	e = walk_push_part(w, part);
	e->span = span;
	e->has_span = true;
}

/* Acts on a delimiter that stands here, and goes past it: n bytes. */
static bool
delimit(struct walk *w, struct hit hit, const char *p, size_t n)
{
	struct entity *e = hit.owner;
	offset here = w->at;

	if (e == NULL)
		return false;
	if (top(w)->state == HEAD && top(w)->fields) {
		e->parts->in_head = true;
		if ((w->from.rules & RULE_BLIND) != 0)
			return false;
	}
	if (e->parts->children == 0)
		e->parts->first = w->at - w->eol;
	walk_pop_to(w, (unsigned)(e - w->stack) + 1, true);
	e = top(w);	/* the stack may have moved */
	walk_advance(w, p, n);
	if (hit.close && (w->from.rules & RULE_REOPEN) == 0) {
		e->parts->closed = true;
		e->parts->end = w->at;
	} else
		add_child(w, e, here);
	return true;
}

/* The length of the line at p, or what is there of it. */
static size_t
line_there(const struct walk *w, const char *p, size_t n)
{
	size_t len = walk_line_length(w, p, n);

	return len == 0 ? n : len;
}

/* If a delimiter stands here, acts on it and goes past it. */
bool
walk_delimiter(struct walk *w, const char *p, size_t n)
{
	if (!w->line_start || n < 2 || p[0] != '-' || p[1] != '-' ||
	    (w->boundaries->count == 0 && top(w)->state != PARTS))
		return false;
	n = line_there(w, p, n);
	return delimit(w, find_delimiter(w, p + 2, n - 2), p, n);
}

/*
 * Is what is seen inside of a line?  A CR before it is read as a line end in a
 * reading of its own.
 */
static bool
in_line(const struct walk *w, const char *p, size_t at)
{
	char before = at > 0 ? p[at - 1] : w->last;

	if (at == 0 && w->line_start)
		return false;
	if (before == '\r')
		return (w->from.rules & (RULE_ANYWHERE | RULE_CR)) == RULE_ANYWHERE;
	return before != '\n';
}

/* It is to be read by RULE_ANYWHERE; that is noted once. */
static void
note_within(struct walk *w, struct boundary *b)
{
	struct boundary *outer;

	for (; b != NULL; b = outer) {
		struct parts *p = w->stack[b->owner].parts;

		outer = boundaries_outer(b);
		if (!p->closed)
			p->within |= 1u << b->which;
		boundaries_seen(w->boundaries, b);
	}
}

size_t
walk_foreseen(const struct walk *w, size_t have)
{
	if (w->split->window.eof || w->boundaries->sought == 0)
		return have;
	return have - DELIMITER_LOOK;
}

size_t
walk_within(struct walk *w, const char *p, size_t from, size_t n, size_t have)
{
	struct boundaries *all = w->boundaries;
	struct sight s;

	while (boundaries_sight(all, p, from, n, have, &s)) {
		struct hit hit = { NULL, false };

		from = s.next;
		if (!in_line(w, p, s.at))
			continue;
		if ((w->from.rules & RULE_ANYWHERE) == 0) {
			note_within(w, s.one);
			continue;
		}
		if ((hit.owner = whose(w, s.one, false)) == NULL)
			continue;
		if (s.at > 0)
			return s.at;
		if (delimit(w, hit, p, line_there(w, p, have)))
			return 0;
	}
	if (all->tired)
		outline_limit(outline(w), LIMIT_BOUNDARY, top(w)->part);
	return n;
}

size_t
walk_within_head(struct walk *w, const char *p, size_t n)
{
	size_t len;

	if (w->boundaries->sought == 0)
		return n;
	if ((len = walk_line_length(w, p, n)) == 0)
		len = walk_foreseen(w, n);
	return walk_within(w, p, 0, len, n);
}
