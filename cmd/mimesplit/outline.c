/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/outline.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static const char *const WHY[LIMITS] = {
	[LIMIT_DEPTH] = "limit-depth", [LIMIT_PARTS] = "limit-parts",
	[LIMIT_SIZE] = "limit-size", [LIMIT_DECODED] = "limit-decoded",
	[LIMIT_HEAD] = "limit-head", [LIMIT_NAMES] = "limit-names",
	[LIMIT_BOUNDARY] = "limit-boundary",
	[READ_BOUNDARY] = "boundary", [READ_NO_PARTS] = "no-parts",
	[READ_AFTER_CLOSE] = "after-close", [READ_TWICE] = "field-twice",
	[READ_ENCODED] = "encoded-multipart", [READ_BARE_CR] = "bare-cr",
	[READ_ENCODING] = "encoding",
	[READ_PARTIAL] = "partial",
};

/* The manifest while it is made. */
struct text {
	char *p;
	size_t n, room;
};

unsigned long
outline_add(struct outline *o, unsigned long parent)
{
	struct entry *e;

	if (o->count == o->room) {
		o->room = o->room ? o->room * 2 : 16;
		e = reallocarray(o->entry, o->room, sizeof *e);
		if (e == NULL)
			err(EXIT_RETRY, "memory for %lu parts", o->room);
		o->entry = e;
	}
	e = &o->entry[o->count];
	memset(e, 0, sizeof *e);
	e->parent = parent;
	e->edit = o->count;
	return o->count++;
}

void
outline_limit(struct outline *o, enum limit limit, unsigned long part)
{
	if (!o->reached[limit])
		o->where[limit] = part;
	o->reached[limit] = true;
}

static void
append(struct text *t, const char *p, size_t n)
{
	if (t->room - t->n < n) {
		t->room = (t->room + n) * 2;
		if ((t->p = realloc(t->p, t->room)) == NULL)
			err(EXIT_RETRY, "memory for the manifest");
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

static void
add_range(struct record *r, const char *key, const struct range *range)
{
	char text[48];

	if (!range->set)
		return;
	snprintf(text, sizeof text, "%llu+%llu", range->start, range->len);
	record_addstr(r, key, text);
}

/* unscanned=PART:WHY, a word for each limit: for who reads one record only. */
static void
add_limits(struct record *r, const struct outline *o)
{
	char text[64];

	for (int limit = 0; limit < LIMITS; limit++) {
		if (!o->reached[limit])
			continue;
		snprintf(text, sizeof text, "%lu:%s", o->where[limit], WHY[limit]);
		record_addstr(r, "unscanned", text);
	}
}

static void
add_entry(struct text *t, const struct outline *o, unsigned long n, const char *id,
    struct record *r)
{
	const struct entry *e = &o->entry[n];

	record_start(r);
	record_addnum(r, "part", n);
	if (n == 0) {
		record_addstr(r, "id", id);
		record_addnum(r, "parts", o->count);
		add_limits(r, o);
	} else {
		record_addnum(r, "parent", e->parent);
		record_addnum(r, "edit", e->edit);
	}
	if (e->imap != NULL)
		record_addstr(r, "imap", e->imap);
	if (e->file)
		record_addstr(r, "file", "yes");
	record_addnum(r, "size", e->size);
	add_range(r, "head", &e->head);
	add_range(r, "body", &e->body);
	add_range(r, "span", &e->span);
	append(t, r->text, r->len);
	if (e->words != NULL && e->words[0] != '\0') {
		append(t, " ", 1);
		append(t, e->words, strlen(e->words));
	}
	append(t, "\n", 1);
}

char *
outline_manifest(const struct outline *o, const char *id, size_t *n)
{
	static struct record r;
	struct text t = { NULL, 0, 0 };

	for (unsigned long i = 0; i < o->count; i++)
		add_entry(&t, o, i, id, &r);
	*n = t.n;
	return t.p;
}

unsigned
outline_print_limits(const struct outline *o, const char *id)
{
	static struct record r;
	unsigned count = 0;

	for (int limit = 0; limit < LIMITS; limit++) {
		if (!o->reached[limit])
			continue;
		record_start(&r);
		record_addstr(&r, "id", id);
		record_addnum(&r, "part", o->where[limit]);
		record_addstr(&r, "verdict", "unscanned");
		record_addstr(&r, "why", WHY[limit]);
		record_end(&r);
		fwrite(r.text, 1, r.len, stdout);
		count++;
	}
	return count;
}

void
outline_free(struct outline *o)
{
	for (unsigned long i = 0; i < o->count; i++) {
		free(o->entry[i].imap);
		free(o->entry[i].words);
	}
	free(o->entry);
	memset(o, 0, sizeof *o);
}
