/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* mempcpy and the like */
#include "cmd/mimesplit/walk.h"
#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/reread.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { LATE_LOOK = 2048, LATE_LINES = 8 };

struct walk {
	struct split *split;
	struct source from;
	const char *reading;	/* of the parts directly in `of'; NULL: first */
	unsigned long of;
	unsigned head_rules;	/* of the first head only */
	bool whole;		/* the message itself: all ranges are told */
	struct entity *stack;	/* owned */
	unsigned depth, room;
	struct boundaries *boundaries;	/* the split's, as is leaf */
	struct leaf *leaf;	/* in use while the top is a LEAF */
	struct head headers;
	offset start, at;
	bool line_start;
	char last;		/* the byte before at */
	unsigned eol;		/* length of the line end before at */
	bool bare_cr;		/* one that would end a line for some */
	bool lf, crlf;		/* ends of head lines seen */
};

static struct entity *
top(struct walk *w)
{
	return &w->stack[w->depth - 1];
}

static struct outline *
outline(struct walk *w)
{
	return &w->split->outline;
}

static struct entry *
entry(struct walk *w, const struct entity *e)
{
	return &outline(w)->entry[e->part];
}

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
static struct entity *
push(struct walk *w, unsigned long part)
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
static struct entity *
push_part(struct walk *w, unsigned long parent)
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
	return push(w, part);
}

/* May there be one more part?  A limit is said of the part it would stand in. */
static bool
room_for_part(struct walk *w, unsigned long in)
{
	struct outline *o = outline(w);

	if (o->live < w->split->max_parts && o->count < 4 * w->split->max_parts)
		return true;
	outline_limit(o, LIMIT_PARTS, in);
	return false;
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

static void
drop_nothing(struct walk *w, struct entity *e)
{
	struct outline *o = outline(w);

	free(o->entry[e->part].words);
	o->count--;
	o->live--;
	entity_free(e);
	w->depth--;
}

/* Ends the top entity: its body at end, its span at here. */
static void
pop(struct walk *w, offset end, offset here, bool delimited)
{
	struct entity *e = top(w);
	struct entry *n = entry(w, e);

	if (e->state == LEAF && is_nothing(w, e, end))
		return drop_nothing(w, e);
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

/* The text of a line without its end; blanks: and without those before it. */
static size_t
trimmed(const char *p, size_t n, bool blanks)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == '\n' ||
	    (blanks && (p[n - 1] == ' ' || p[n - 1] == '\t'))))
		n--;
	return n;
}

/* The length of the line at p with its end; 0: longer than what is there. */
static size_t
line_length(const struct walk *w, const char *p, size_t n)
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
		len = line_length(w, p, (size_t)(end - p));
		len = len == 0 ? (size_t)(end - p) : len;
		text = trimmed(p, len, true);
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

	n->raw = e->kind.coding == TRANSFER_NONE && e->kind.is == KIND_LEAF;
	n->plain = e->kind.plain;
	n->in_message = w->from.message;
	n->source = w->from.part;
	n->from = e->body;
	e->state = LEAF;
	leaf_open(w->leaf, w->split, e->part, e->kind.coding, e->kind.look,
	    e->kind.unsaid);
}

/* The top entity's body begins here, and e->kind says how it is read. */
static void
open_body(struct walk *w)
{
	struct entity *e = top(w);
	unsigned long part = e->part;

	if (e->kind.is == KIND_MULTIPART && e->kind.coding == TRANSFER_NONE)
		entity_begin_parts(e, w->boundaries, w->depth - 1);
	else if (e->kind.is == KIND_MESSAGE && e->kind.coding == TRANSFER_NONE &&
	    room_for_part(w, part)) {
		bool encoded = e->borrowed;

		e->state = MESSAGE;
		push_part(w, part)->in_encoded = encoded;
	} else
		open_leaf(w, e);
}

/* The head of the top entity is over, its body begins here. */
static void
begin_body(struct walk *w, bool ended)
{
	struct entity *e = top(w);
	struct outline *o = outline(w);
	bool digest = is_child_of_parts(w) && w->stack[w->depth - 2].kind.digest;

	kind_of(&e->kind, &w->headers, digest, e->part == 0);
	e->body = w->at;
	e->has_lines = w->headers.lines > 0;
	outline_set_words(o, e->part, e->kind.words, split_words(w->split));
	o->entry[e->part].defects |= e->kind.defects;
	number(w, e);
	note_limits(w, e);
	e->bad_line = (w->headers.odd & HEAD_BAD_LINE) != 0;
	e->blank_line = (w->headers.odd & HEAD_BLANK_LINE) != 0;
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
		open_body(w);
}

/* Ends entities until depth many are left. */
static void
pop_to(struct walk *w, unsigned depth, bool delimited)
{
	offset end = delimited ? w->at - w->eol : w->at, here = w->at;

	while (w->depth > depth) {
		if (top(w)->state == HEAD) {
			begin_body(w, false);
			continue;	/* it may have opened one more */
		}
		pop(w, end, here, delimited);
	}
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
	n = trimmed(p, n, false);
	if ((hit.owner = whose(w, boundaries_find(all, p, n), false)) != NULL)
		return hit;
	n = trimmed(p, n, true);
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

	if (!room_for_part(w, part))
		return;
	parent->parts->children++;
	e = push_part(w, part);
	e->span = span;
	e->has_span = true;
}

static void
advance(struct walk *w, const char *p, size_t n)
{
	char before = n > 1 ? p[n - 2] : w->last;

	w->at += n;
	w->last = p[n - 1];
	w->line_start = w->last == '\n' ||
	    (w->last == '\r' && (w->from.rules & RULE_CR) != 0);
	w->eol = !w->line_start ? 0 : w->last == '\n' && before == '\r' ? 2 : 1;
}

/* If a delimiter stands here, acts on it and goes past it. */
static bool
delimiter(struct walk *w, const char *p, size_t n)
{
	struct entity *e;
	struct hit hit;
	offset here = w->at;
	size_t len;

	if (!w->line_start || n < 2 || p[0] != '-' || p[1] != '-' ||
	    (w->boundaries->count == 0 && top(w)->state != PARTS))
		return false;
	if ((len = line_length(w, p, n)) == 0)
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
	pop_to(w, (unsigned)(e - w->stack) + 1, true);
	e = top(w);	/* the stack may have moved */
	advance(w, p, len);
	if (hit.close && (w->from.rules & RULE_REOPEN) == 0) {
		e->parts->closed = true;
		e->parts->end = w->at;
	} else
		add_child(w, e, here);
	return true;
}

/* Is the top entity's head to be read by this rule? */
static bool
head_rule(const struct walk *w, unsigned rule)
{
	return w->depth == 1 && (w->head_rules & rule) != 0;
}

/* Does an empty line end this head? */
static bool
ends_head(struct walk *w, struct entity *e)
{
	if (!head_rule(w, RULE_SKIP_EMPTY) || e->empty == EMPTY_SKIPPED)
		return true;
	e->empty = EMPTY_SKIPPING;
	return false;
}

static bool
all_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t')
			return false;
	return n > 0;
}

static void
note_end(struct walk *w, const char *p, size_t len, size_t text)
{
	if (text == len)
		return;
	if (len - text == 2 && p[text] == '\r')
		w->crlf = true;
	else if (len - text == 1 && p[text] == '\n')
		w->lf = true;
	else
		w->bare_cr = true;
	if (w->crlf && w->lf)
		outline_defect(outline(w), DEFECT_MIXED_ENDS, top(w)->part);
}

/* Where the body may have begun already: what do the lines say since? */
static void
note_bad(struct walk *w, struct entity *e, const char *p, size_t n, bool more)
{
	e->fields |= w->headers.field;
	if ((w->headers.odd & (HEAD_BAD_LINE | HEAD_BLANK_LINE)) == 0)
		return;
	e->decides |= head_decides(p, n);
	if (more || !w->headers.field) {
		prose_feed(&e->after, p, n);
		prose_feed(&e->after, "\n", 1);
	}
}

/* One line of a head, or a piece of one. */
static void
head_step(struct walk *w, const char *p, size_t n)
{
	size_t len = line_length(w, p, n), text;
	bool more = !w->line_start;
	struct entity *e = top(w);

	text = len = len == 0 ? n : len;
	while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
		text--;
	note_end(w, p, len, text);
	if (memchr(p, '\r', text) != NULL)
		w->bare_cr = true;
	if (!more && text == 0 && ends_head(w, e)) {
		advance(w, p, len);
		begin_body(w, true);
		return;
	}
	if (!more && text == 0) {
		advance(w, p, len);
		return;
	}
	if (e->empty == EMPTY_SKIPPING)
		e->empty = EMPTY_SKIPPED;
	if (head_line(&w->headers, p, text, more) < 0)
		err(EXIT_RETRY, "memory");
	note_bad(w, e, p, text, more);
	if (head_rule(w, RULE_STOP_BAD) && (w->headers.odd & HEAD_BAD_LINE) != 0) {
		begin_body(w, true);
		return;
	}
	advance(w, p, len);
	if (head_rule(w, RULE_STOP_BLANKS) && !more && all_blank(p, text))
		begin_body(w, true);
}

/*
 * The bytes up to the next line that begins with "--": most of a body is not
 * looked at line by line.
 */
static size_t
to_delimiter(struct walk *w, const char *p, size_t n)
{
	const char *end = p + n, *dash = p;

	while (++dash < end && (dash = memchr(dash, '-', (size_t)(end - dash))) != NULL) {
		if (dash[-1] != '\n' && dash[-1] != '\r')
			continue;
		if (dash + 1 < end ? dash[1] != '-' : w->split->window.eof)
			continue;
		if (dash[-1] == '\n' || (w->from.rules & RULE_CR) != 0)
			return (size_t)(dash - p);
		w->bare_cr = true;
	}
	return n;
}

static void
body_step(struct walk *w, const char *p, size_t n)
{
	struct entity *e = top(w);

	if (w->boundaries->count > 0 || (e->state == PARTS && e->parts->boundaries == 0))
		n = to_delimiter(w, p, n);
	if (e->state == LEAF)
		leaf_feed(w->leaf, p, n);
	else if (e->state == PARTS && e->parts->closed)
		prose_feed(&e->parts->after, p, n);
	else if (e->state == PARTS)
		prose_feed(&e->parts->before, p, n);
	advance(w, p, n);
}

static void
run(struct walk *w)
{
	struct split *s = w->split;
	const char *p;
	long n;

	while ((n = window_look(&s->window, w->at, &p)) > 0) {
		if (w->whole && w->at > s->max_size) {
			outline_limit(&s->outline, LIMIT_SIZE, 0);
			advance(w, p, (size_t)n);
			continue;
		}
		if (delimiter(w, p, (size_t)n))
			continue;
		if (top(w)->state == HEAD)
			head_step(w, p, (size_t)n);
		else
			body_step(w, p, (size_t)n);
	}
	if (n < 0)
		err(EXIT_RETRY, "the message");
	pop_to(w, 0, false);
}

static void
begin(struct walk *w, struct split *s)
{
	w->split = s;
	w->line_start = true;
	w->boundaries = &s->boundaries;
	w->leaf = &s->leaf;
	head_init(&w->headers);
}

static void
end(struct walk *w)
{
	head_free(&w->headers);
	free(w->stack);
}

/* Does the message begin with lines that end in a CR and never in an LF? */
static bool
only_cr(struct split *s)
{
	const char *p;
	long n = window_look(&s->window, 0, &p);

	if (n < 0)
		err(EXIT_RETRY, "the message");
	return n > 0 && memchr(p, '\n', (size_t)n) == NULL &&
	    memchr(p, '\r', (size_t)n) != NULL;
}

void
walk_message(struct split *s)
{
	struct walk w = { .from = { .message = true }, .whole = true };

	begin(&w, s);
	w.from.rules = only_cr(s) ? RULE_CR : 0;
	push_part(&w, 0);
	run(&w);
	if (w.bare_cr || w.from.rules != 0)
		outline_defect(&s->outline, DEFECT_BARE_CR, 0);
	if (w.bare_cr) {
		reread_by(s, &w.from, 0, w.at, 0, RULE_CR, "cr");
	}
	end(&w);
}

/* The body of a task: the part it is of stays as it is told. */
static void
begin_task_body(struct walk *w, const struct task *t)
{
	struct entity *e;

	if (t->is == KIND_LEAF || t->coding != TRANSFER_NONE)
		e = push_part(w, t->of);
	else {
		e = push(w, t->of);
		e->borrowed = true;
	}
	e->kind = (struct kind){ .is = t->is, .kinds = 1u << t->is,
	    .coding = t->coding, .codings = 1u << t->coding,
	    .digest = t->digest, .look = t->look, .plain = t->plain };
	if (t->boundary != NULL) {
		e->kind.boundary = calloc(1, offsetof(struct candidates, bytes) +
		    t->nboundary + 1);
		if (e->kind.boundary == NULL)
			err(EXIT_RETRY, "memory");
		e->kind.boundary->count = 1;
		e->kind.boundary->one[0].n = t->nboundary;
		memcpy(e->kind.boundary->bytes, t->boundary, t->nboundary);
	}
	open_body(w);
}

void
walk_task(struct split *s, const struct task *t, int fd)
{
	struct walk w = { .from = { .message = t->message, .part = t->source,
	    .rules = t->rules & RULES_INHERITED }, .head_rules = t->rules,
	    .reading = t->reading, .of = t->of, .start = t->from, .at = t->from };

	begin(&w, s);
	window_range(&s->window, fd, t->from, t->to);
	if (!room_for_part(&w, t->of)) {
		end(&w);
		return;
	}
	if (t->body)
		begin_task_body(&w, t);
	else
		push_part(&w, t->of);
	run(&w);
	if (w.bare_cr && (t->rules & RULE_CR) == 0) {
		struct task again = *t;

		again.rules |= RULE_CR;
		again.reading = "cr";
		if (!agenda_add(&s->agenda, &again, s->seen))
			outline_limit(&s->outline, LIMIT_READINGS, t->of);
	}
	end(&w);
}
