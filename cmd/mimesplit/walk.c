/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/mimesplit/walk.h"
#include "cmd/mimesplit/kind.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long offset;

struct entity {
	unsigned long part;
	enum { HEAD, LEAF, PARTS, MESSAGE } state;
	bool closed;		/* PARTS: the close delimiter was seen */
	bool digest;
	char *boundary;		/* owned; of PARTS */
	size_t nboundary;
	unsigned long children;
	offset head, body, span;	/* where each begins */
	bool has_span;
};

struct walk {
	struct split *split;
	struct window *window;
	struct pending *pending;
	bool whole;		/* offsets are those of the message */
	struct entity *stack;	/* owned */
	unsigned depth, room;
	unsigned open;		/* entities in PARTS that are not closed */
	unsigned shut;		/* and those that are */
	struct head headers;
	struct leaf *leaf;	/* owned; in use while the top is a LEAF */
	offset at;
	bool line_start;
	char last;		/* the byte before at */
	unsigned eol;		/* length of the line end before at */
};

static struct entity *
top(struct walk *w)
{
	return &w->stack[w->depth - 1];
}

static struct entry *
entry(struct walk *w, const struct entity *e)
{
	return &w->split->outline.entry[e->part];
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

/* A new entity on top, its head beginning here. */
static void
push(struct walk *w, unsigned long parent, bool has_span, offset span)
{
	struct outline *o = &w->split->outline;
	struct entity *e;

	if (w->depth == w->room) {
		w->room = w->room ? w->room * 2 : 8;
		w->stack = reallocarray(w->stack, w->room, sizeof *w->stack);
		if (w->stack == NULL)
			err(EXIT_RETRY, "memory");
	}
	e = &w->stack[w->depth++];
	memset(e, 0, sizeof *e);
	e->part = outline_add(o, parent);
	e->head = w->at;
	e->span = span;
	e->has_span = has_span;
	if (e->part > 0)
		o->entry[e->part].depth = o->entry[parent].depth + 1;
	if (!w->whole)
		o->entry[e->part].edit = o->entry[parent].edit;
	head_start(&w->headers);
}

static struct range
range(offset from, offset to)
{
	struct range r = { true, from, to > from ? to - from : 0 };

	return r;
}

/* Ends the top entity: its body at end, its span at here. */
static void
pop(struct walk *w, offset end, offset here, bool delimited)
{
	struct entity *e = top(w);
	struct entry *n = entry(w, e);

	if (e->state == LEAF)
		leaf_close(w->leaf, delimited);
	else
		n->size = range(e->body, end).len;
	n = entry(w, e);	/* a leaf may have added parts */
	if (e->state == PARTS) {
		*(e->closed ? &w->shut : &w->open) -= 1;
		if (e->children == 0)
			outline_limit(&w->split->outline, READ_NO_PARTS, e->part);
	}
	if (w->whole) {
		n->head = range(e->head, e->body);
		n->body = range(e->body, end);
		if (e->has_span)
			n->span = range(e->span, here);
	}
	free(e->boundary);
	w->depth--;
}

static void
wait_for(struct pending *p, unsigned long part)
{
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 8;
		p->part = reallocarray(p->part, p->room, sizeof *p->part);
		if (p->part == NULL)
			err(EXIT_RETRY, "memory");
	}
	p->part[p->n++] = part;
}

static bool
is_child_of_parts(struct walk *w)
{
	return w->depth > 1 && w->stack[w->depth - 2].state == PARTS;
}

/* A message that is a leaf has its text at N.1, and its own number is no number. */
static void
number(struct walk *w, struct entity *e, const struct kind *k)
{
	struct outline *o = &w->split->outline;
	struct entry *n = &o->entry[e->part];
	const char *above = NULL;

	if (e->part > 0)
		above = o->entry[n->parent].imap;
	if (is_child_of_parts(w))
		n->imap = imap_number(above, w->stack[w->depth - 2].children);
	else if (k->is == KIND_MULTIPART)
		n->imap = above == NULL ? NULL : strdup(above);
	else
		n->imap = imap_number(above, 1);
}

static void
note_limits(struct walk *w, const struct entity *e, const struct kind *k)
{
	struct outline *o = &w->split->outline;

	if (w->headers.full)
		outline_limit(o, LIMIT_HEAD, e->part);
	if (k->names_cut)
		outline_limit(o, LIMIT_NAMES, e->part);
	if (k->odd_boundary)
		outline_limit(o, READ_BOUNDARY, e->part);
	if (k->odd_encoding)
		outline_limit(o, READ_ENCODING, e->part);
	if (k->twice)
		outline_limit(o, READ_TWICE, e->part);
	if (k->partial)
		outline_limit(o, READ_PARTIAL, e->part);
	if (k->multipart && k->coding != TRANSFER_NONE)
		outline_limit(o, READ_ENCODED, e->part);
}

static void
open_leaf(struct walk *w, struct entity *e, const struct kind *k)
{
	e->state = LEAF;
	leaf_open(w->leaf, w->split, e->part, k->coding, k->search);
	if (k->is == KIND_MESSAGE)
		wait_for(w->pending, e->part);
}

/* The head of the top entity is over, its body begins here. */
static void
begin_body(struct walk *w)
{
	struct entity *e = top(w);
	struct outline *o = &w->split->outline;
	bool digest = is_child_of_parts(w) && w->stack[w->depth - 2].digest;
	struct kind k;

	kind_of(&k, &w->headers, digest, e->part == 0);
	e->body = w->at;
	o->entry[e->part].words = k.words;
	number(w, e, &k);
	note_limits(w, e, &k);
	if (k.is == KIND_MULTIPART && k.nboundary > WINDOW_LOOK / 2) {
		outline_limit(o, LIMIT_BOUNDARY, e->part);
		k.is = KIND_LEAF;
	}
	if (k.is != KIND_LEAF && o->entry[e->part].depth >= w->split->max_depth) {
		outline_limit(o, LIMIT_DEPTH, e->part);
		k.is = KIND_LEAF;
	}
	if (k.is == KIND_MULTIPART) {
		e->state = PARTS;
		e->digest = k.digest;
		e->boundary = k.boundary;
		e->nboundary = k.nboundary;
		w->open++;
		return;
	}
	free(k.boundary);
	if (k.is == KIND_LEAF || k.coding != TRANSFER_NONE)
		open_leaf(w, e, &k);
	else if (o->count >= w->split->max_parts) {
		outline_limit(o, LIMIT_PARTS, e->part);
		k.is = KIND_LEAF;
		open_leaf(w, e, &k);
	} else {
		e->state = MESSAGE;
		push(w, e->part, false, 0);
	}
}

/* Ends entities until depth many are left. */
static void
pop_to(struct walk *w, unsigned depth, bool delimited)
{
	offset end = delimited ? w->at - w->eol : w->at, here = w->at;

	while (w->depth > depth) {
		if (top(w)->state == HEAD) {
			begin_body(w);
			continue;	/* it may have opened one more */
		}
		pop(w, end, here, delimited);
	}
}

static size_t
trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

/* The open multipart whose delimiter this line is, innermost first, or NULL. */
static struct entity *
whose_delimiter(struct walk *w, const char *p, size_t n, bool *close)
{
	struct entity *late = NULL;

	n = trimmed(p, n);
	for (unsigned i = w->depth; i-- > 0; ) {
		struct entity *e = &w->stack[i];
		size_t len = e->nboundary;

		if (e->state != PARTS || n < len + 2 ||
		    memcmp(p + 2, e->boundary, len) != 0)
			continue;
		*close = n == len + 4 && p[n - 2] == '-' && p[n - 1] == '-';
		if (!*close && n != len + 2)
			continue;
		if (!e->closed)
			return e;
		if (!*close)
			late = e;
	}
	if (late != NULL)
		outline_limit(&w->split->outline, READ_AFTER_CLOSE, late->part);
	return NULL;
}

static void
add_child(struct walk *w, unsigned long parent, offset span)
{
	struct outline *o = &w->split->outline;

	if (o->count >= w->split->max_parts) {
		outline_limit(o, LIMIT_PARTS, parent);
		return;
	}
	top(w)->children++;
	push(w, parent, true, span);
}

static void
advance(struct walk *w, const char *p, size_t n)
{
	char before = n > 1 ? p[n - 2] : w->last;

	w->at += n;
	w->last = p[n - 1];
	w->line_start = w->last == '\n';
	w->eol = !w->line_start ? 0 : before == '\r' ? 2 : 1;
}

/* The length of the line at p with its end, 0: longer than the window. */
static size_t
line_length(const struct walk *w, const char *p, size_t n)
{
	const char *end = memchr(p, '\n', n);

	if (end != NULL)
		return (size_t)(end - p) + 1;
	return w->window->eof ? n : 0;
}

/* If a delimiter stands here, acts on it and goes past it. */
static bool
delimiter(struct walk *w, const char *p, size_t n)
{
	struct entity *e;
	offset here = w->at;
	size_t len;
	bool close;

	if (!w->line_start || w->open + w->shut == 0 || n < 2 || p[0] != '-' || p[1] != '-' ||
	    (len = line_length(w, p, n)) == 0)
		return false;
	e = whose_delimiter(w, p, len - (p[len - 1] == '\n'), &close);
	if (e == NULL)
		return false;
	pop_to(w, (unsigned)(e - w->stack) + 1, true);
	advance(w, p, len);
	if (close) {
		top(w)->closed = true;
		w->open--;
		w->shut++;
	} else
		add_child(w, top(w)->part, here);
	return true;
}

static void
head_step(struct walk *w, const char *p, size_t n)
{
	size_t len = line_length(w, p, n), text;
	bool more = !w->line_start;

	if (len == 0)
		len = text = n;
	else
		text = len - (p[len - 1] == '\n');
	if (text > 0 && p[text - 1] == '\r')
		text--;
	if (!more && text == 0 && len > 0 && p[len - 1] == '\n') {
		advance(w, p, len);
		begin_body(w);
		return;
	}
	if (text > 0 && memchr(p, '\r', text) != NULL)
		outline_limit(&w->split->outline, READ_BARE_CR, top(w)->part);
	if (head_line(&w->headers, p, text, more) < 0)
		err(EXIT_RETRY, "memory");
	advance(w, p, len);
}

/*
 * Everything up to the next line that begins with "--", in one piece: most of
 * a body is not looked at line by line.
 */
static void
body_step(struct walk *w, const char *p, size_t n)
{
	const char *hit = w->open + w->shut > 0 ? memmem(p, n, "\n--", 3) : NULL;

	if (hit != NULL)
		n = (size_t)(hit - p) + 1;
	else if (!w->window->eof && n > 1 && p[n - 1] == '-' && p[n - 2] == '\n')
		n--;
	if (top(w)->state == LEAF)
		leaf_feed(w->leaf, p, n);
	advance(w, p, n);
}

void
walk(struct split *s, struct window *window, bool whole, unsigned long of,
    struct pending *pending)
{
	struct walk w = { .split = s, .window = window, .pending = pending,
	    .whole = whole, .line_start = true };
	static struct names names;
	const char *p;
	long n;

	head_init(&w.headers);
	if ((w.leaf = malloc(sizeof *w.leaf)) == NULL)
		err(EXIT_RETRY, "memory");
	w.leaf->names = &names;
	push(&w, of, false, 0);
	while ((n = window_look(window, w.at, &p)) > 0) {
		if (whole && w.at > s->max_size) {
			outline_limit(&s->outline, LIMIT_SIZE, 0);
			advance(&w, p, (size_t)n);
			continue;
		}
		if (delimiter(&w, p, (size_t)n))
			continue;
		if (top(&w)->state == HEAD)
			head_step(&w, p, (size_t)n);
		else
			body_step(&w, p, (size_t)n);
	}
	if (n < 0)
		err(EXIT_RETRY, "the message");
	pop_to(&w, 0, false);
	head_free(&w.headers);
	free(w.leaf);
	free(w.stack);
}
