/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/finding.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A longer word of a part is not repeated in a finding: scripts handle these. */
enum { WORD_MAX = 1000 };

/* What was said of a content; the texts are in room. */
struct said {
	const struct ignore_line *hash;	/* covers all of it */
	struct span text;		/* the signatures */
	char room[SESSION_LINE];
};

static bool
among(const struct names *names, struct span name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strlen(names->list[i]) == name.n &&
		    memcmp(names->list[i], name.p, name.n) == 0)
			return true;
	return false;
}

static void
remember(struct names *names, struct span name)
{
	char **more, *copy;

	if (among(names, name))
		return;
	more = reallocarray(names->list, names->n + 1, sizeof *more);
	copy = strndup(name.p, name.n);
	if (more == NULL || copy == NULL)
		err(EXIT_RETRY, "malloc");
	names->list = more;
	names->list[names->n++] = copy;
}

static bool
infects(struct span name)
{
	return strcmp(clamd_meaning(name).verdict, "infected") == 0;
}

static bool
is_message(const struct content *c)
{
	return c->part != NULL && c->part->line == NULL;
}

/*
 * Of another reading of a part, the name of what it reads: the part's own.  Kept
 * in room, which has RECORD_MAX bytes; false: it has none either.
 */
static bool
name_read(const struct workdir *w, const struct part *reading, char *room,
    struct span *name)
{
	unsigned long long of;
	struct manifest m;
	struct part p;
	bool found = false;

	if (!record_num(reading->line, reading->linelen, "of", &of))
		return false;
	if (manifest_open(&m, w) < 0)
		err(EXIT_RETRY, "manifest");
	while (!found && manifest_next(&m, &p) > 0) {
		if (p.part != of)
			continue;
		if (!record_get(p.line, p.linelen, "name", name))
			break;
		memcpy(room, name->p, name->n);
		name->p = room;
		found = true;
	}
	manifest_close(&m);
	return found;
}

/* The words of a part's own record that tell people which one it is. */
static void
copy_words(struct record *r, const struct workdir *w, const struct part *p)
{
	static const char *const KEYS[] = { "reading", "of", "type", "size", "name" };
	static char room[RECORD_MAX];
	struct span v;

	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
		if (!record_get(p->line, p->linelen, KEYS[i], &v) &&
		    !(strcmp(KEYS[i], "name") == 0 && name_read(w, p, room, &v)))
			continue;
		if (v.n <= WORD_MAX)
			record_addcoded(r, KEYS[i], v);
		else
			record_addstr(r, "cut", KEYS[i]);
	}
}

static void
begin(struct record *r, const struct content *c)
{
	record_start(r);
	if (c->path != NULL)
		record_addtagged(r, "name", "file", c->path, strlen(c->path));
	else
		record_addnum(r, "part", c->part->part);
}

/* The signature, n 0: none; and who says so. */
static void
end(struct findings *f, struct record *r, const struct content *c, struct span name)
{
	struct span set = ask_set(&f->asker);

	if (name.n > 0)
		record_add(r, "sig", name.p, name.n);
	record_addstr(r, "by", ask_engine(&f->asker));
	if (set.n > 0)
		record_add(r, "set", set.p, set.n);
	if (c->path == NULL && !is_message(c))
		copy_words(r, c->w, c->part);
	record_end(r);
	progress_erase();
	fwrite(r->text, 1, r->len, stdout);
}

static void
print_verdict(struct findings *f, const struct content *c, struct span name)
{
	static struct record r;
	struct clamd_meaning m = clamd_meaning(name);

	begin(&r, c);
	record_addstr(&r, "verdict", m.verdict);
	if (m.why[0] != '\0')
		record_addstr(&r, "why", m.why);
	end(f, &r, c, name);
	f->any = true;
	if (c->path != NULL || is_message(c))
		return;
	f->infected |= infects(name);
	remember(&f->found, name);
}

static void
print_ignored(struct findings *f, const struct content *c,
    const struct ignore_line *line, struct span name, struct span why)
{
	static struct record r;

	begin(&r, c);
	record_addstr(&r, "ignored", line->what);
	record_addstr(&r, "until", line->until);
	record_addstr(&r, "text", line->reason);
	if (why.n > 0)
		record_add(&r, "why", why.p, why.n);
	end(f, &r, c, name);
	if (c->path == NULL && !is_message(c) && name.n > 0)
		remember(&f->ignored, name);
}

/* What made the engine fail has no signature: only its hash covers it. */
static void
print_unscanned(struct findings *f, const struct content *c, struct said *s)
{
	static struct record r;
	static const struct span none;

	if (s->hash != NULL) {
		print_ignored(f, c, s->hash, none, s->text);
		return;
	}
	begin(&r, c);
	record_addstr(&r, "verdict", "unscanned");
	record_add(&r, "why", s->text.p, s->text.n);
	end(f, &r, c, none);
	f->any = true;
}

/*
 * In the message: was it found in a leaf?  If that is infected, every virus is,
 * by whatever name: whoever takes the leaf out scans again.
 */
static bool
explained(const struct findings *f, const struct content *c, struct span name)
{
	return is_message(c) &&
	    (among(&f->found, name) || (f->infected && infects(name)));
}

/* In the message: was it ignored in a leaf? */
static bool
ignored_in_leaf(const struct findings *f, const struct content *c, struct span name)
{
	return is_message(c) && among(&f->ignored, name);
}

static const struct ignore_line *
covers(struct findings *f, const struct said *s, struct span name)
{
	return s->hash != NULL ? s->hash : ignore_signature(&f->ignore, name);
}

/* Did this name stand before it in the same answer? */
static bool
stood(struct span text, struct span name)
{
	struct span other;

	while (clamd_name(&text, &other) && other.p < name.p)
		if (other.n == name.n && memcmp(other.p, name.p, name.n) == 0)
			return true;
	return false;
}

/* Keeps what was said: the engine's own copy goes with the next request. */
static void
keep(struct said *s, struct span text)
{
	memcpy(s->room, text.p, text.n);
	s->text = (struct span){ s->room, text.n };
}

/* Of all names of a content: those that are ignored, and the first that is not. */
static void
print_names(struct findings *f, const struct content *c, struct said *s)
{
	struct span rest = s->text, name, bad = { NULL, 0 };
	const struct ignore_line *line;
	static const struct span none;

	while (clamd_name(&rest, &name)) {
		if (stood(s->text, name) || ignored_in_leaf(f, c, name))
			continue;
		if (name.n > 0 && (line = covers(f, s, name)) != NULL)
			print_ignored(f, c, line, name, none);
		else if (bad.p == NULL && !explained(f, c, name))
			bad = name;
	}
	if (bad.p != NULL)
		print_verdict(f, c, bad);
}

/* A signature was found, the first that matched. */
static void
print_found(struct findings *f, const struct content *c, struct said *s)
{
	static const struct span none;
	struct span text = s->text;

	if (covers(f, s, s->text) == NULL && !ignored_in_leaf(f, c, s->text)) {
		if (!explained(f, c, s->text))
			print_verdict(f, c, s->text);
		return;
	}
	/* Before, for an engine that does not tell all may hang up. */
	(void)ask_set(&f->asker);
	if (!(s->hash != NULL && c->path != NULL) && ask_names(&f->asker, c->fd, &text)) {
		keep(s, text);
		print_names(f, c, s);
	} else if (s->hash != NULL) {
		print_ignored(f, c, s->hash, s->text, none);
	} else if (!explained(f, c, s->text)) {
		progress_erase();
		warnx("%s: engine %s does not tell all that matches: not ignored",
		    show(c->what), ask_engine(&f->asker));
		print_verdict(f, c, s->text);
	}
}

enum answer
findings_scan(struct findings *f, const struct content *c)
{
	static struct said s;
	struct span text;
	bool read;
	enum answer a = ask_scan(&f->asker, c->fd, c->what, &text);

	if (a != ASK_FOUND && a != ASK_UNSCANNED)
		return a;
	keep(&s, text);
	s.hash = ignore_content(&f->ignore, c->fd, &read);
	if (!read) {
		progress_erase();
		warn("%s", show(c->what));
		return ASK_FAILED;
	}
	if (a == ASK_FOUND)
		print_found(f, c, &s);
	else
		print_unscanned(f, c, &s);
	return a;
}

static void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

void
findings_free(struct findings *f)
{
	names_free(&f->found);
	names_free(&f->ignored);
	ignore_free(&f->ignore);
}
