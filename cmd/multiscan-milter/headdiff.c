/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/headdiff.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t
head_end(const char *text, size_t n)
{
	const char *at = text, *end = text + n, *nl;

	while (at < end && (nl = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if (nl == at)
			return (size_t)(nl + 1 - text);
		at = nl + 1;
	}
	return 0;
}

/* The length of the name that a line begins with; 0: none, or no colon behind it. */
static size_t
name_length(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] > ' ' && p[i] <= '~' && p[i] != ':')
		i++;
	return i < n && p[i] == ':' ? i : 0;
}

/* Adds a field, or room for more. */
static struct field *
another(struct fields *f, size_t *room, size_t max)
{
	struct field *more;

	if (f->count == max) {
		errno = E2BIG;
		return NULL;
	}
	if (f->count == *room) {
		*room = *room == 0 ? 64 : *room * 2;
		if ((more = realloc(f->field, *room * sizeof *more)) == NULL)
			return NULL;
		f->field = more;
	}
	return &f->field[f->count++];
}

bool
fields_split(struct fields *f, const char *head, size_t n, size_t max)
{
	const char *at = head, *end = head + n, *nl;
	struct field *new;
	size_t room = 0;

	f->field = NULL;
	f->count = 0;
	errno = EBADMSG;
	if (memchr(head, '\0', n) != NULL)
		goto fail;
	while ((nl = memchr(at, '\n', (size_t)(end - at))) != NULL && nl > at) {
		size_t len = (size_t)(nl + 1 - at), name = name_length(at, len);

		if (*at == ' ' || *at == '\t') {
			if (f->count == 0)
				goto fail;
			f->field[f->count - 1].n += len;
		} else if (name == 0)
			goto fail;
		else if ((new = another(f, &room, max)) == NULL)
			goto fail;
		else
			*new = (struct field){ .p = at, .n = len, .name = name };
		at = nl + 1;
		errno = EBADMSG;
	}
	if (nl != NULL && nl + 1 == end)
		return true;
fail:
	fields_free(f);
	return false;
}

void
fields_free(struct fields *f)
{
	int saved = errno;

	free(f->field);
	f->field = NULL;
	f->count = 0;
	errno = saved;
}

/* A field while it is sorted: which one it is, the new ones after the old ones. */
struct key {
	const struct field *f;
	size_t index;
};

static int
by_index(const struct key *a, const struct key *b)
{
	return a->index < b->index ? -1 : a->index > b->index;
}

static int
by_bytes(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;
	int order;

	if (a->f->n != b->f->n)
		return a->f->n < b->f->n ? -1 : 1;
	order = memcmp(a->f->p, b->f->p, a->f->n);
	return order != 0 ? order : by_index(a, b);
}

static bool
same_name(const struct field *a, const struct field *b)
{
	return a->name == b->name && strncasecmp(a->p, b->p, a->name) == 0;
}

static int
by_name(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;
	int order;

	if (a->f->name != b->f->name)
		return a->f->name < b->f->name ? -1 : 1;
	order = strncasecmp(a->f->p, b->f->p, a->f->name);
	return order != 0 ? order : by_index(a, b);
}

/*
 * Fields of equal bytes: which of order they are, from the first one of each head that the
 * walk has not passed.
 */
struct group {
	uint32_t old, oldend, new, newend;
};

/* Of all fields, the old ones and then the new ones. */
struct table {
	size_t old, all;
	struct key *order;	/* sorted by their bytes */
	struct group *group;
	uint32_t *in;		/* the group of each */
	uint32_t *nth;		/* of each old one among those of its name */
};

static void
table_free(struct table *t)
{
	free(t->order);
	free(t->group);
	free(t->in);
	free(t->nth);
}

/* Counts the old ones by their names; order is used for it, before it is sorted anew. */
static void
count_names(struct table *t)
{
	uint32_t n = 0;

	qsort(t->order, t->old, sizeof t->order[0], by_name);
	for (size_t i = 0; i < t->old; i++) {
		n = i > 0 && same_name(t->order[i - 1].f, t->order[i].f) ? n + 1 : 1;
		t->nth[t->order[i].index] = n;
	}
}

static void
fill(struct key *order, const struct field *f, size_t n, size_t first)
{
	for (size_t i = 0; i < n; i++)
		order[i] = (struct key){ .f = &f[i], .index = first + i };
}

static void
make_groups(struct table *t)
{
	struct group *g = t->group - 1;

	for (uint32_t i = 0; i < t->all; i++) {
		const struct field *f = t->order[i].f, *last = i > 0 ? t->order[i - 1].f : f;

		if (i == 0 || f->n != last->n || memcmp(f->p, last->p, f->n) != 0)
			*++g = (struct group){ i, i, i, i };
		if (t->order[i].index < t->old)
			g->oldend = g->new = g->newend = i + 1;
		else
			g->newend = i + 1;
		t->in[t->order[i].index] = (uint32_t)(g - t->group);
	}
}

static bool
table_make(struct table *t, const struct fields *old, const struct fields *new)
{
	size_t all = old->count + new->count, room = all > 0 ? all : 1;

	t->old = old->count;
	t->all = all;
	t->order = calloc(room, sizeof t->order[0]);
	t->group = calloc(room, sizeof t->group[0]);
	t->in = calloc(room, sizeof t->in[0]);
	t->nth = calloc(room, sizeof t->nth[0]);
	if (t->order == NULL || t->group == NULL || t->in == NULL || t->nth == NULL) {
		table_free(t);
		errno = ENOMEM;
		return false;
	}
	fill(t->order, old->field, old->count, 0);
	count_names(t);
	fill(t->order, old->field, old->count, 0);
	fill(t->order + old->count, new->field, new->count, old->count);
	qsort(t->order, all, sizeof t->order[0], by_bytes);
	make_groups(t);
	return true;
}

/* Where both heads are walked; SIZE_MAX is how far away what is nowhere is. */
struct walk {
	struct table t;
	const struct fields *old, *new;
	size_t i, j;
	struct edits *e;
	size_t room;
};

/* How far ahead of i the old head has what the new one has at j. */
static size_t
far_in_old(const struct walk *w)
{
	const struct group *g = &w->t.group[w->t.in[w->t.old + w->j]];

	return g->old < g->oldend ? w->t.order[g->old].index - w->i : SIZE_MAX;
}

static size_t
far_in_new(const struct walk *w)
{
	const struct group *g = &w->t.group[w->t.in[w->i]];

	return g->new < g->newend ? w->t.order[g->new].index - w->t.old - w->j : SIZE_MAX;
}

static void
pass_old(struct walk *w)
{
	w->t.group[w->t.in[w->i++]].old++;
}

static void
pass_new(struct walk *w)
{
	w->t.group[w->t.in[w->t.old + w->j++]].new++;
}

/* What is to be done where the walk is; false: nothing, both heads are the same here. */
static bool
next_edit(const struct walk *w, enum edit_kind *kind)
{
	bool more_old = w->i < w->old->count, more_new = w->j < w->new->count;
	const struct field *old = &w->old->field[w->i], *new = &w->new->field[w->j];
	size_t in_old, in_new;

	if (!more_old || !more_new) {
		*kind = more_old ? EDIT_DELETE : EDIT_INSERT;
		return true;
	}
	in_old = far_in_old(w);
	in_new = far_in_new(w);
	if (in_old == 0 && in_new == 0)
		return false;
	/* Without a value it would be a deletion to Postfix. */
	if (in_old == SIZE_MAX && in_new == SIZE_MAX && same_name(old, new) &&
	    new->n > new->name + 2)
		*kind = EDIT_CHANGE;
	else if (in_old == SIZE_MAX && in_new == SIZE_MAX)
		*kind = EDIT_DELETE;
	else
		*kind = in_new == SIZE_MAX || in_old <= in_new ? EDIT_DELETE : EDIT_INSERT;
	return true;
}

static bool
add_edit(struct walk *w, enum edit_kind kind)
{
	struct edits *e = w->e;
	struct edit *more;

	if (e->count == w->room) {
		w->room = w->room == 0 ? 16 : w->room * 2;
		if ((more = realloc(e->edit, w->room * sizeof *more)) == NULL)
			return false;
		e->edit = more;
	}
	e->edit[e->count++] = (struct edit){ .kind = kind, .old = w->i, .at = w->i,
	    .new = w->j, .nth = kind == EDIT_INSERT ? 0 : w->t.nth[w->i] };
	return true;
}

static void
turn(struct edits *e)
{
	for (size_t i = 0; i < e->count / 2; i++) {
		struct edit other = e->edit[i];

		e->edit[i] = e->edit[e->count - 1 - i];
		e->edit[e->count - 1 - i] = other;
	}
}

bool
headdiff(struct edits *e, const struct fields *old, const struct fields *new)
{
	struct walk w = { .old = old, .new = new, .e = e };
	bool good = true;

	e->edit = NULL;
	e->count = 0;
	if (!table_make(&w.t, old, new))
		return false;
	while (good && (w.i < old->count || w.j < new->count)) {
		enum edit_kind kind = EDIT_CHANGE;

		if (next_edit(&w, &kind))
			good = add_edit(&w, kind);
		if (kind != EDIT_INSERT)
			pass_old(&w);
		if (kind != EDIT_DELETE)
			pass_new(&w);
	}
	table_free(&w.t);
	if (!good) {
		free(e->edit);
		e->edit = NULL;
		e->count = 0;
		errno = ENOMEM;
	}
	turn(e);
	return good;
}
