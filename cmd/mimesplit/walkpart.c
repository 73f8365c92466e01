/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/traits.h"
#include "cmd/mimesplit/walking.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { LATE_LOOK = 2048, LATE_LINES = 8 };

/* The number IMAP gives a child (RFC 9051 6.4.5), NULL if it is too deep. */
static char *
imap_number(const char *parent, unsigned long n)
{
	char text[256];
	int len;

	if (parent == NULL)
		len = snprintf(text, sizeof text, "%lu", n);
	else
		len = snprintf(text, sizeof text, "%s.%lu", parent, n);
	return len < (int)sizeof text ? strdup(text) : NULL;
}

/* An entity for a part, on top. */
struct entity *
walk_push(struct walk *w, unsigned long part)
{
	struct entity *e;

	if (w->depth == w->room) {
		w->room = w->room ? w->room * 2 : 8;
		w->stack = reallocarray(w->stack, w->room, sizeof *w->stack);
		if (w->stack == NULL)
			err(EXIT_RETRY, "memory");
	}
	e = &w->stack[w->depth++];
	memset(e, 0, sizeof *e);
	e->part = part;
	e->head = e->body = w->at;
	return e;
}

/* A new part inside parent, its head beginning here; the very first has none. */
struct entity *
walk_push_part(struct walk *w, unsigned long parent)
{
	struct outline *o = outline(w);
	unsigned long part = outline_add(o, parent);
	struct entry *n = &o->entry[part];

	if (part > 0)
		n->depth = o->entry[parent].depth + 1;
	if (!w->whole)
		n->edit = o->entry[parent].edit;
	n->aside = part > 0 && o->entry[parent].aside;
	if (w->reading != NULL && parent == w->of) {
		n->reading = w->reading;
		n->of = parent;
		n->aside = true;
	}
	head_start(&w->headers);
	return walk_push(w, part);
}

static struct range
range(offset from, offset to)
{
	struct range r = { true, from, to > from ? to - from : 0 };

	return r;
}

/* What was decoded may be a message or a multipart itself. */
static void
close_leaf(struct walk *w, struct entity *e, bool delimited)
{
	struct candidates *c = e->kind.boundary;

	leaf_close(w->leaf, delimited);
	if (e->kind.is == KIND_MESSAGE)
		reread_decoded(w->split, e->part, KIND_MESSAGE, NULL, 0, false);
	if (e->kind.is == KIND_MULTIPART && c != NULL && c->count > 0)
		reread_decoded(w->split, e->part, KIND_MULTIPART,
		    c->bytes + c->one[0].at, c->one[0].n, e->kind.digest);
}

/*
 * In another reading, a part without a single byte or field: there may be many,
 * between delimiters that follow each other.
 */
static bool
is_nothing(struct walk *w, const struct entity *e, offset end)
{
	const struct outline *o = outline(w);

	return o->entry[e->part].aside && !e->has_lines && end <= e->body &&
	    e->part + 1 == o->count;
}

/*
 * A part of another reading may begin before the one that it is told of: that one
 * with the same bytes stands elsewhere.  Who replaces it replaces what holds it.
 */
static void
widen_edit(const struct outline *o, struct entry *n)
{
	offset from = n->head.start, to = n->body.start + n->body.len;

	while (n->aside && n->edit != 0) {
		const struct entry *e = &o->entry[n->edit];

		if (!e->span.set || (from >= e->span.start && to <= e->span.start + e->span.len))
			return;
		n->edit = o->entry[e->parent].edit;
	}
}

/* Ends the top entity: its body at end, its span at here. */
static void
pop(struct walk *w, offset end, offset here, bool delimited)
{
	struct entity *e = top(w);
	struct entry *n = entry(w, e);

	if (e->state == LEAF && is_nothing(w, e, end)) {
		outline_take_back(outline(w));
		entity_free(e);
		w->depth--;
		return;
	}
	if (e->state == LEAF)
		close_leaf(w, e, delimited);
	else if (!e->borrowed)
		n->size = range(e->body, end).len;
	if (e->state == PARTS)
		entity_end_parts(e, w->boundaries);
	reread(w->split, &w->from, e, end > e->head ? end : e->head,
	    e->state == LEAF ? w->leaf : NULL);
	n = entry(w, e);
	if (w->from.message && !e->borrowed) {
		n->head = range(e->head, e->body);
		n->body = range(e->body, end);
		if (e->has_span && w->whole)
			n->span = range(e->span, here);
		widen_edit(outline(w), n);
	}
	entity_free(e);
	w->depth--;
}

static bool
is_child_of_parts(struct walk *w)
{
	return w->depth > 1 && w->stack[w->depth - 2].state == PARTS;
}

/* A message that is a leaf has its text at N.1, and its own number is no number. */
static void
number(struct walk *w, struct entity *e)
{
	struct outline *o = outline(w);
	struct entry *n = &o->entry[e->part];
	const char *above = NULL;

	if (n->aside)
		return;
	if (e->part > 0)
		above = o->entry[n->parent].imap;
	if (is_child_of_parts(w))
		n->imap = imap_number(above, w->stack[w->depth - 2].parts->children);
	else if (e->kind.is == KIND_MULTIPART)
		n->imap = above == NULL ? NULL : strdup(above);
	else
		n->imap = imap_number(above, 1);
}

static void
note_limits(struct walk *w, const struct entity *e)
{
	struct outline *o = outline(w);

	if (w->headers.full)
		outline_limit(o, LIMIT_HEAD, e->part);
	if (e->kind.names_cut)
		outline_limit(o, LIMIT_NAMES, e->part);
	if (e->kind.too_many)
		outline_limit(o, LIMIT_BOUNDARY, e->part);
	if (e->kind.partial)
		outline_limit(o, LIMIT_PARTIAL, e->part);
}

/* What a conversions file may ask of the head; is all of it known, and sure? */
static void
note_traits(struct walk *w, const struct entity *e, bool digest)
{
	static const uint64_t UNSURE = UINT64_C(1) << DEFECT_BAD_LINE |
	    UINT64_C(1) << DEFECT_BLANK_LINE | UINT64_C(1) << DEFECT_SPACE_COLON |
	    UINT64_C(1) << DEFECT_LEADING_SPACE | UINT64_C(1) << DEFECT_NUL |
	    UINT64_C(1) << DEFECT_CONTROL | UINT64_C(1) << DEFECT_FIELD_TWICE |
	    UINT64_C(1) << DEFECT_TYPE | UINT64_C(1) << DEFECT_NAMES;
	struct outline *o = outline(w);
	struct entry *n = entry(w, e);

	n->doubt = (n->defects & UNSURE) != 0;
	n->unknown = w->headers.full || e->kind.names_cut || e->kind.too_many;
	outline_set_traits(o, e->part, traits_of(&w->headers, digest, o->conversions->looks,
	    &n->doubt), split_words(w->split));
}

/*
 * A head where the body should be: behind empty lines, some read on.  One of the
 * first lines decides, and those before it are fields, or of an mbox.
 */
static bool
late_head(struct walk *w)
{
	const char *p, *end;
	long n = window_look(&w->split->window, w->at, &p);
	size_t len, text, namelen;

	if (n < 0)
		err(EXIT_RETRY, "the message");
	end = p + (n < LATE_LOOK ? n : LATE_LOOK);
	for (int line = 0; p < end && line < LATE_LINES; p += len) {
		len = walk_line_length(w, p, (size_t)(end - p));
		len = len == 0 ? (size_t)(end - p) : len;
		text = walk_trimmed(p, len, true);
		if (text == 0)
			continue;
		if (head_decides(p, text))
			return true;
		if (head_field_line(p, text, &namelen) == 0 &&
		    (text < 5 || memcmp(p, "From ", 5) != 0))
			return false;
		line++;
	}
	return false;
}

static void
open_leaf(struct walk *w, struct entity *e)
{
	struct entry *n = entry(w, e);
	unsigned look = e->kind.look;

	/* A message that is walked once it is decoded shows its heads then. */
	if (e->kind.is != KIND_LEAF || (w->from.rules & RULE_LITERAL) != 0)
		look |= LOOK_NO_HEADS;
	n->raw = e->kind.coding == TRANSFER_NONE && e->kind.is == KIND_LEAF;
	n->plain = e->kind.plain;
	n->slight = e->kind.slight;
	n->in_message = w->from.message;
	n->source = w->from.part;
	n->from = e->body;
	e->state = LEAF;
	leaf_open(w->leaf, w->split, e->part, e->kind.coding, look, e->kind.unsaid);
}

/* The top entity's body begins here, and e->kind says how it is read. */
void
walk_open_body(struct walk *w)
{
	struct entity *e = top(w);
	unsigned long part = e->part;

	if (e->kind.is == KIND_MULTIPART && e->kind.coding == TRANSFER_NONE)
		entity_begin_parts(e, w->boundaries, w->depth - 1);
	else if (e->kind.is == KIND_MESSAGE && e->kind.coding == TRANSFER_NONE &&
	    split_room(w->split, part)) {
		e->state = MESSAGE;
		walk_push_part(w, part);
	} else
		open_leaf(w, e);
}

/* The head of the top entity is over, its body begins here. */
void
walk_begin_body(struct walk *w, bool ended)
{
	struct entity *e = top(w);
	struct outline *o = outline(w);
	bool digest = is_child_of_parts(w) && w->stack[w->depth - 2].kind.digest;

	kind_of(&e->kind, &w->headers, digest, e->part == 0);
	e->body = w->at;
	e->has_lines = w->headers.lines > 0;
	outline_set_words(o, e->part, e->kind.words, split_words(w->split));
	o->entry[e->part].defects |= e->kind.defects;
	if (o->conversions != NULL)
		note_traits(w, e, digest);
	number(w, e);
	note_limits(w, e);
	e->bad_line = (w->headers.odd & HEAD_BAD_LINE) != 0;
	e->blank_line = (w->headers.odd & HEAD_BLANK_LINE) != 0;
	e->space_colon = (w->headers.odd & HEAD_SPACE_COLON) != 0;
	if (!ended && w->headers.lines > 0)
		outline_defect(o, DEFECT_NO_BODY, e->part);
	if (ended && e->kind.is == KIND_LEAF && (e->late_head = late_head(w)))
		outline_defect(o, DEFECT_LATE_HEAD, e->part);
	if (e->kind.is != KIND_LEAF && o->entry[e->part].depth >= w->split->max_depth) {
		outline_limit(o, LIMIT_DEPTH, e->part);
		e->kind.is = KIND_LEAF;
		e->kind.kinds = 1u << KIND_LEAF;
	}
	if (e->kind.is == KIND_MULTIPART &&
	    (e->kind.boundary == NULL || e->kind.boundary->count == 0)) {
		e->kind.is = KIND_LEAF;	/* and a multipart by guesses: reread */
		e->kind.kinds |= 1u << KIND_LEAF;
	}
	if (e->kind.is == KIND_MULTIPART)
		entity_begin_parts(e, w->boundaries, w->depth - 1);
	else
		walk_open_body(w);
}

/* Ends entities until depth many are left. */
void
walk_pop_to(struct walk *w, unsigned depth, bool delimited)
{
	offset end = delimited ? w->at - w->eol : w->at, here = w->at;

	while (w->depth > depth) {
		if (top(w)->state == HEAD) {
			walk_begin_body(w, false);
			continue;	/* it may have opened one more */
		}
		pop(w, end, here, delimited);
	}
}
