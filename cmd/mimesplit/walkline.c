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
 * of other readings, and of closed ones, are noted, which once is enough.
 */
static struct entity *
whose(struct walk *w, struct boundary *b, bool loose)
{
	struct boundary *outer;

	for (; b != NULL; b = outer) {
		struct entity *e = &w->stack[b->owner];

		outer = boundaries_outer(b);
		if (b->which != 0) {
			e->parts->hits |= 1u << b->which;
			boundaries_remove(w->boundaries, b);
		} else if (e->parts->closed) {
			e->parts->after_close = true;
			boundaries_remove(w->boundaries, b);
		} else {
			if (outer != NULL)
				outline_defect(outline(w), DEFECT_SAME_BOUNDARY, e->part);
			e->parts->loose |= loose;
			return e;
		}
	}
	return NULL;
}

/* Text behind the boundary: for some clients it delimits all the same. */
static struct hit
loose_delimiter(struct walk *w, const char *p, size_t n)
{
	struct boundary *b = boundaries_prefix(w->boundaries, p, n);
	struct hit hit = { NULL, false };
	size_t len;

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

/* If a delimiter stands here, acts on it and goes past it. */
bool
walk_delimiter(struct walk *w, const char *p, size_t n)
{
	struct entity *e;
	struct hit hit;
	offset here = w->at;
	size_t len;

	if (!w->line_start || n < 2 || p[0] != '-' || p[1] != '-' ||
	    (w->boundaries->count == 0 && top(w)->state != PARTS))
		return false;
	if ((len = walk_line_length(w, p, n)) == 0)
		len = n;
	hit = find_delimiter(w, p + 2, len - 2);
	if ((e = hit.owner) == NULL)
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
	walk_advance(w, p, len);
	if (hit.close && (w->from.rules & RULE_REOPEN) == 0) {
		e->parts->closed = true;
		e->parts->end = w->at;
	} else
		add_child(w, e, here);
	return true;
}
