/* SPDX-License-Identifier: ISC */
#include "cmd/mimejoin/plan.h"
#include "cmd/mimejoin/fields.h"
#include "common/fieldfind.h"
#include "common/fieldtext.h"

#include <stdlib.h>
#include <string.h>

static const char REMOVED[] = "The content of this part of the message was removed.\n";

/* What the planning knows of each part beside its node. */
struct state {
	bool named, replace;	/* by a change; by one that substitutes */
	bool deleted;
	unsigned long long outer;	/* the outermost target round it, or NONE */
	unsigned long long limit;	/* a child's span ends here at the latest */
	unsigned long long next;	/* the next child begins here at the earliest */
	unsigned long long children, gone, last;	/* with a span; deleted; of those */
};

static const unsigned long long NONE = (unsigned long long)-1;

static bool
fail(struct plan_error *e, enum plan_where where, unsigned long long number,
    const char *what)
{
	e->where = where;
	e->number = number;
	e->what = what;
	return false;
}

static unsigned long long
end(struct range r)
{
	return r.start + r.len;
}

static bool
own(const struct node *nodes, unsigned long long p)
{
	return nodes[p].edit == p;
}

/*
 * The ranges of part p hold each other and lie where its parent has room.
 * They may end after the parent's body: a head without its empty line ends
 * with the line end that belongs to the delimiter.
 */
static bool
fits(const struct node *nodes, struct state *s, unsigned long long p)
{
	const struct node *n = &nodes[p];
	struct range outer = n->span;

	if (!outer.set) {
		outer.start = n->head.start;
		outer.len = end(n->body) - outer.start;
	}
	if (!n->head.set || !n->body.set || outer.start > n->head.start ||
	    end(n->head) > n->body.start || end(n->body) > end(outer) ||
	    end(outer) > s[n->parent].limit)
		return false;
	if (p > 0 && outer.start < s[n->parent].next)
		return false;
	s[n->parent].next = end(outer);
	s[p].next = n->body.start;
	s[p].limit = n->span.set ? end(n->span) : s[n->parent].limit;
	s[n->parent].children += n->span.set;
	return true;
}

/* The manifest is a tree whose ranges lie in each other, all in the message. */
static bool
check_nodes(const struct node *nodes, struct state *s, size_t parts,
    unsigned long long size, struct plan_error *e)
{
	if (parts == 0 || nodes[0].edit != 0 || nodes[0].parent != 0 ||
	    nodes[0].span.set)
		return fail(e, PLAN_MANIFEST, 0, "is no message");
	s[0].limit = size;
	for (unsigned long long p = 0; p < parts; p++) {
		const struct node *n = &nodes[p];

		if (n->parent > p || (n->parent == p && p > 0) || n->edit > p ||
		    !own(nodes, n->edit))
			return fail(e, PLAN_MANIFEST, p, "its edit= or parent= is no such part");
		if (!own(nodes, p))
			continue;
		if (!own(nodes, n->parent) || !fits(nodes, s, p))
			return fail(e, PLAN_MANIFEST, p, "its ranges do not fit");
	}
	return true;
}

static size_t
count_key(const char *line, size_t n, const char *key)
{
	struct word w;
	size_t at = 0, count = 0;

	while (record_word(line, n, &at, &w))
		count += w.key.n == strlen(key) && memcmp(w.key.p, key, w.key.n) == 0;
	return count;
}

static bool
good_mark(struct span with)
{
	char field[FIELD_MAX], folded[3 * FIELD_MAX + 3];

	return with.n <= sizeof field &&
	    field_fold(field, record_decode(field, with), "\n", folded) > 0;
}

static bool
good_strip(struct span with)
{
	static const char RECEIVED[] = "received";
	char name[FIELDFIND_NAME];
	struct fieldfind find;
	struct span decoded = { name, 0 };

	if (with.n > sizeof name)
		return false;
	decoded.n = record_decode(name, with);
	return fieldfind_start(&find, decoded) && !field_says_how(name, decoded.n) &&
	    (decoded.n != sizeof RECEIVED - 1 || !fieldtext_at(decoded, 0, RECEIVED));
}

static bool
good_subject(struct span with)
{
	char text[3 * PLAN_SUBJECT];
	size_t n;

	if (with.n > sizeof text || (n = record_decode(text, with)) > PLAN_SUBJECT)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return n > 0 && text[0] != ' ' && text[n - 1] != ' ';
}

/* Adds one that is not there; false: there is no room. */
static bool
add_once(struct span *all, size_t *n, size_t most, struct span one)
{
	for (size_t i = 0; i < *n; i++)
		if (all[i].n == one.n && memcmp(all[i].p, one.p, one.n) == 0)
			return true;
	if (*n == most)
		return false;
	all[(*n)++] = one;
	return true;
}

/* A change to the head of the message. */
static const char *
take_head(struct plan *p, const char *line, size_t n, unsigned long long part, bool with,
    struct span text)
{
	if (record_is(line, n, "do", "mark")) {
		if (part != 0 || !with || !good_mark(text))
			return "is no mark: with= must be a field, part= 0";
		p->mark[p->marks++] = text;
	} else if (record_is(line, n, "do", "strip")) {
		if (part != 0 || !with || !good_strip(text))
			return "is no strip: with= must be the name of a field, and not "
			    "Content-*, MIME-Version or Received; part= 0";
		if (!add_once(p->strip, &p->strips, PLAN_STRIPS, text))
			return "is one strip too many";
	} else {
		if (part != 0 || !with || !good_subject(text))
			return "is no subject: with= must be 1 to 200 bytes of ASCII without "
			    "blanks around, part= 0";
		if (!add_once(p->subject, &p->subjects, PLAN_SUBJECTS, text))
			return "is one subject too many";
	}
	return NULL;
}

/* One record: of the head, or of a part. */
static const char *
take(struct plan *p, const struct node *nodes, size_t parts, const char *line, size_t n)
{
	struct change *c = &p->change[p->changes];
	unsigned long long part;
	bool with = record_get(line, n, "with", &c->with);

	if (count_key(line, n, "part") != 1 || count_key(line, n, "do") != 1 ||
	    count_key(line, n, "with") > 1 || !record_num(line, n, "part", &part))
		return "needs one part= and one do=";
	if (part >= parts)
		return "there is no such part";
	c->target = nodes[part].edit;
	if (record_is(line, n, "do", "mark") || record_is(line, n, "do", "strip") ||
	    record_is(line, n, "do", "subject"))
		return take_head(p, line, n, part, with, c->with);
	if (record_is(line, n, "do", "substitute"))
		c->act = PLAN_SUBSTITUTE;
	else if (record_is(line, n, "do", "delete"))
		c->act = PLAN_DELETE;
	else
		return "do= is not substitute, delete, mark, strip or subject";
	if (c->act == PLAN_SUBSTITUTE && !with)
		return "a substitute needs with=";
	if (!with)
		c->with = (struct span){ "", 0 };
	p->changes++;
	return NULL;
}

static bool
read_changes(struct plan *p, const struct node *nodes, size_t parts,
    const char *text, size_t n, struct plan_error *e)
{
	size_t number = 0;

	while (n > 0) {
		const char *stop = memchr(text, '\n', n), *what;
		size_t len = stop == NULL ? n : (size_t)(stop - text);

		number++;
		p->change[p->changes].number = number;
		what = stop == NULL || !record_valid(text, len) ?
		    "is not a record" : take(p, nodes, parts, text, len);
		if (what != NULL)
			return fail(e, PLAN_CHANGES, number, what);
		text = stop + 1;
		n -= len + 1;
	}
	return true;
}

/* Which targets are hit, and for each part the outermost one round it. */
static void
find_targets(struct plan *p, const struct node *nodes, struct state *s, size_t parts)
{
	for (size_t i = 0; i < p->changes; i++) {
		struct state *t = &s[p->change[i].target];

		t->named = true;
		t->replace |= p->change[i].act == PLAN_SUBSTITUTE;
	}
	for (unsigned long long i = 0; i < parts; i++) {
		s[i].outer = i == 0 ? NONE : s[nodes[i].parent].outer;
		if (s[i].outer == NONE && s[i].named)
			s[i].outer = i;
	}
	for (size_t i = 0; i < p->changes; i++)
		p->change[i].target = s[p->change[i].target].outer;
}

/* Which targets leave nothing, and of each multipart the last of those. */
static void
find_deleted(const struct node *nodes, struct state *s, size_t parts)
{
	for (unsigned long long i = 0; i < parts; i++) {
		struct state *parent = &s[nodes[i].parent];

		s[i].deleted = s[i].outer == i && !s[i].replace && nodes[i].span.set;
		if (s[i].deleted) {
			parent->gone++;
			parent->last = i;
		}
	}
}

/* By target; the texts that replace first, each in the order of changes. */
static int
by_target(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->act != y->act)
		return x->act == PLAN_SUBSTITUTE ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* The edit of the target t, whose changes are p->change[i..i+n). */
static void
make_edit(struct plan *p, const struct node *nodes, const struct state *s,
    unsigned long long size, size_t i, size_t n)
{
	unsigned long long t = p->change[i].target;
	const struct state *parent = &s[nodes[t].parent];
	struct edit *e = &p->edit[p->edits++];
	size_t texts = 0;

	while (texts < n && p->change[i + texts].act == p->change[i].act)
		texts++;
	e->change = i;
	e->changes = texts;
	e->otherwise = s[t].deleted ? REMOVED : "";
	e->head = nodes[t].head;
	e->how = nodes[t].span.set ? EDIT_PART : EDIT_MESSAGE;
	e->start = nodes[t].head.start;
	e->len = end(nodes[t].body) - e->start;
	if (t == 0) {
		e->start = 0;
		e->len = size;
	} else if (s[t].deleted && (parent->gone < parent->children || parent->last != t)) {
		e->how = EDIT_DELETE;
		e->start = nodes[t].span.start;
		e->len = nodes[t].span.len;
	}
}

static bool
make_edits(struct plan *p, const struct node *nodes, const struct state *s,
    unsigned long long size, struct plan_error *e)
{
	unsigned long long at = 0;
	size_t i, n;

	if (p->changes > 0)
		qsort(p->change, p->changes, sizeof *p->change, by_target);
	for (i = 0; i < p->changes; i += n) {
		const struct edit *edit = &p->edit[p->edits];

		for (n = 1; i + n < p->changes &&
		    p->change[i + n].target == p->change[i].target; n++)
			;
		make_edit(p, nodes, s, size, i, n);
		if (edit->start < at || edit->start + edit->len > size)
			return fail(e, PLAN_MANIFEST, p->change[i].target,
			    "its ranges do not fit");
		at = edit->start + edit->len;
	}
	return true;
}

static size_t
count_lines(const char *p, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

bool
plan_make(struct plan *p, const struct node *nodes, size_t parts,
    unsigned long long size, const char *changes, size_t n, struct plan_error *e)
{
	size_t lines = count_lines(changes, n);
	struct state *s = calloc(parts + 1, sizeof *s);
	bool good;

	memset(p, 0, sizeof *p);
	p->change = calloc(lines, sizeof *p->change);
	p->mark = calloc(lines, sizeof *p->mark);
	p->edit = calloc(lines, sizeof *p->edit);
	if (s == NULL || p->change == NULL || p->mark == NULL || p->edit == NULL)
		good = fail(e, PLAN_MEMORY, 0, "no memory");
	else
		good = check_nodes(nodes, s, parts, size, e) &&
		    read_changes(p, nodes, parts, changes, n, e);
	if (good) {
		find_targets(p, nodes, s, parts);
		find_deleted(nodes, s, parts);
		good = make_edits(p, nodes, s, size, e);
	}
	free(s);
	if (!good)
		plan_free(p);
	return good;
}

void
plan_free(struct plan *p)
{
	free(p->edit);
	free(p->mark);
	free(p->change);
	memset(p, 0, sizeof *p);
}

/* Is the text of change i one of those before it, from `first' on? */
static bool
again(const struct plan *p, size_t first, size_t i)
{
	struct span a = p->change[i].with;

	for (size_t k = first; k < i; k++) {
		struct span b = p->change[k].with;

		if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
			return true;
	}
	return false;
}

size_t
plan_text(const struct plan *p, const struct edit *e, char *out, size_t max)
{
	size_t len = 0;

	for (size_t i = e->change; i < e->change + e->changes && len <= max; i++) {
		struct span with = p->change[i].with;

		if (with.n == 0 || again(p, e->change, i))
			continue;
		if (len > 0 && out[len - 1] != '\n')
			out[len++] = '\n';
		if (len > 0)
			out[len++] = '\n';
		len += record_decode(out + len, with);
	}
	if (len == 0) {
		len = strlen(e->otherwise);
		memcpy(out, e->otherwise, len);
	}
	return len;
}
