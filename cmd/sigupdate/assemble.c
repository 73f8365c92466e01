/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/assemble.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stage.h"
#include "cmd/sigupdate/trial.h"
#include "common/cli.h"

#include <err.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIAL_SECONDS = 1800 };

struct assembly {
	struct run *r;
	struct candidate *c;
	size_t n;
	bool *in;		/* of each: what it brings is in the set */
	struct manifest *m;
};

static bool
is_in(const struct assembly *a, size_t i)
{
	return a->in[i] && a->c[i].outcome == OUTCOME_NEW;
}

static size_t
how_many(const struct assembly *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += is_in(a, i);
	return n;
}

static void
refuse_all(struct assembly *a, const char *why)
{
	for (size_t i = 0; i < a->n; i++)
		if (is_in(a, i))
			candidate_is(&a->c[i], OUTCOME_REFUSED, "%s", why);
}

/* --- what is in the set --------------------------------------------------------------- */

/* Files of a source that are in the set as it would be: of m, those that are its. */
static const struct manifest *
holds(const struct assembly *a, size_t i)
{
	return is_in(a, i) ? &a->c[i].brings : &a->r->now;
}

struct claim {
	char key[FILENAME_MAX_BYTES + 1];
	const char *name;
	size_t by;		/* a source; SIZE_MAX: by hand */
};

static int
by_key(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : (x->by > y->by) - (x->by < y->by);
}

static void
claim(struct claim *to, const char *name, size_t by)
{
	filename_key((struct span){ name, strlen(name) }, to->key);
	to->name = name;
	to->by = by;
}

/* All names of the set as it would be; how many.  To be freed. */
static struct claim *
claims(const struct assembly *a, size_t *n)
{
	size_t room = 1;
	struct claim *all;

	for (size_t i = 0; i < a->n; i++)
		room += holds(a, i)->files;
	for (char **s = a->r->strangers; s != NULL && *s != NULL; s++)
		room++;
	if ((all = calloc(room, sizeof *all)) == NULL)
		err(EXIT_RETRY, "the set");
	*n = 0;
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < holds(a, i)->files; j++)
			if (strcmp(holds(a, i)->file[j].source, a->c[i].source->name) == 0)
				claim(&all[(*n)++], holds(a, i)->file[j].name, i);
	for (char **s = a->r->strangers; s != NULL && *s != NULL; s++)
		claim(&all[(*n)++], *s, SIZE_MAX);
	qsort(all, *n, sizeof *all, by_key);
	return all;
}

/* Of two that bring one name the new one is refused, of two new ones the later. */
static bool
refuse_one(struct assembly *a, const struct claim *x, const struct claim *y)
{
	size_t of = y->by != SIZE_MAX && is_in(a, y->by) ? y->by : x->by;

	if (!is_in(a, of))
		return false;
	if (y->by == SIZE_MAX)
		candidate_is(&a->c[of], OUTCOME_REFUSED, "%s: somebody put a file of that name "
		    "into the current set by hand: take it away", x->name);
	else
		candidate_is(&a->c[of], OUTCOME_REFUSED, "%s: takes the place of %s, which source "
		    "%s brings", of == y->by ? y->name : x->name, of == y->by ? x->name : y->name,
		    a->c[of == y->by ? x->by : y->by].source->name);
	return true;
}

/* Refuses one that brings a name that another has; false: there is none. */
static bool
refuse_twin(struct assembly *a)
{
	size_t n;
	struct claim *all = claims(a, &n);
	bool refused = false;

	for (size_t i = 1; !refused && i < n; i++)
		if (strcmp(all[i - 1].key, all[i].key) == 0 && all[i - 1].by != all[i].by)
			refused = refuse_one(a, &all[i - 1], &all[i]);
	free(all);
	return refused;
}

/* Refuses the one that brings most, where they are more than a set may have. */
static bool
refuse_many(struct assembly *a)
{
	size_t n, most = SIZE_MAX;

	free(claims(a, &n));
	for (size_t i = 0; i < a->n; i++)
		if (is_in(a, i) && (most == SIZE_MAX ||
		    a->c[i].brings.files > a->c[most].brings.files))
			most = i;
	if (n <= MANIFEST_FILES || most == SIZE_MAX)
		return false;
	candidate_is(&a->c[most], OUTCOME_REFUSED, "with its %zu files the set would have more "
	    "than %d", a->c[most].brings.files, MANIFEST_FILES);
	return true;
}

/* What takes away from others' signatures is a site's own to say. */
static void
refuse_exceptions(struct assembly *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct source *s = a->c[i].source;
		const struct manifest *m = &a->c[i].brings;
		char name[FILENAME_MAX_BYTES + 1] = "";

		if (!is_in(a, i) || s->kind == SOURCE_LOCAL || s->exceptions)
			continue;
		for (size_t j = 0; name[0] == '\0' && j < m->files; j++)
			if (filename_excepts((struct span){ m->file[j].name,
			    strlen(m->file[j].name) }))
				memcpy(name, m->file[j].name, sizeof name);
		if (name[0] != '\0')
			candidate_is(&a->c[i], OUTCOME_REFUSED, "%s: takes away from what all "
			    "sources find: `allow exceptions' in the configuration, if that is meant",
			    name);
	}
}

static bool
less(const struct run *r, unsigned long long now, unsigned long long then, unsigned long shrink)
{
	return !r->smaller && now < then && (then - now) * 100 > then * shrink;
}

/* Of a source alone: beside a large one nobody would see that it is empty. */
static void
refuse_shrunk(struct assembly *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct source *s = a->c[i].source;
		const struct manifest_source *old = manifest_source(&a->r->now, s->name);
		unsigned long long sigs;

		if (!is_in(a, i) || old == NULL)
			continue;
		sigs = a->c[i].brings.source[0].sigs;
		if (less(a->r, sigs, old->sigs, s->limits.shrink))
			candidate_is(&a->c[i], OUTCOME_REFUSED, "has %llu signatures, had %llu: that is "
			    "more than shrink, %lu%%, allows; if that is meant: sigupdate update -S",
			    sigs, old->sigs, s->limits.shrink);
	}
}

/* --- the stage ------------------------------------------------------------------------ */

static void
add_source(struct assembly *a, const struct manifest_source *s)
{
	if (s != NULL && !manifest_add_source(a->m, s))
		err(EXIT_RETRY, "the manifest");
}

static void
add_file(struct assembly *a, const struct manifest_file *f, int from)
{
	stage_link(&a->r->root, from, f->name);
	if (!manifest_add_file(a->m, f))
		errx(EXIT_RETRY, "the set: more than %d files", MANIFEST_FILES);
}

static void
stage_new(struct assembly *a, const struct candidate *c)
{
	int part = root_part(&a->r->root, c->source->name);

	add_source(a, &c->brings.source[0]);
	for (size_t i = 0; i < c->brings.files; i++) {
		const struct manifest_file *f = &c->brings.file[i];
		const struct manifest_file *old = candidate_old(a->r, c->source, f->name);

		add_file(a, f, old != NULL && candidate_same_file(old, f) ? a->r->folder : part);
	}
	close(part);
}

static void
stage_old(struct assembly *a, const struct source *s)
{
	add_source(a, manifest_source(&a->r->now, s->name));
	for (size_t i = 0; i < a->r->now.files; i++)
		if (strcmp(a->r->now.file[i].source, s->name) == 0)
			add_file(a, &a->r->now.file[i], a->r->folder);
}

static void
stage_all(struct assembly *a)
{
	struct manifest_file ignored;

	manifest_free(a->m);
	memset(a->m, 0, sizeof *a->m);
	stage_begin(&a->r->root);
	for (size_t i = 0; i < a->n; i++)
		if (is_in(a, i))
			stage_new(a, &a->c[i]);
		else
			stage_old(a, a->c[i].source);
	for (char **s = a->r->strangers; s != NULL && *s != NULL; s++)
		stage_copy(&a->r->root, a->r->folder, *s, &ignored);
}

static void
try_it(struct assembly *a, struct trial *t)
{
	char folder[PATH_MAX];

	if (snprintf(folder, sizeof folder, "%s/.stage", a->r->root.path) >= (int)sizeof folder)
		errx(EXIT_RETRY, "%s: too long a path", a->r->root.path);
	stage_all(a);
	say_more("%s: %zu files are tried", folder, a->m->files);
	trial_run(t, folder, TRIAL_SECONDS, TRIAL_WHOLE);
}

/* --- who is to blame --------------------------------------------------------------------- */

/* What was said of a file, "NAME: TEXT", else all that was said. */
static void
said_of(const struct trial *t, const char *name, char *text, size_t size)
{
	size_t n = strlen(name);
	const char *p = t->said, *line = p;

	while (*p != '\0' && (strncmp(p, name, n) != 0 || strncmp(p + n, ": ", 2) != 0)) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	if (*p != '\0')
		line = p;
	snprintf(text, size, "%.*s", (int)(*p != '\0' ? strcspn(line, "\n") : strlen(line)), line);
}

/* Whose is it, of those that are new; SIZE_MAX: of none. */
static size_t
owner(const struct assembly *a, const char *name)
{
	size_t i = 0;

	while (i < a->n && (!is_in(a, i) || manifest_file(&a->c[i].brings, name) == NULL))
		i++;
	return i < a->n ? i : SIZE_MAX;
}

/* Refuses those whose files are bad; how many. */
static size_t
blame(struct assembly *a, const struct trial *t)
{
	char text[CANDIDATE_WHY];
	size_t n = 0;

	for (size_t i = 0; i < t->files; i++) {
		const struct trial_file *f = &t->file[i];
		size_t of = f->bad[0] == '\0' ? SIZE_MAX : owner(a, f->name);

		if (f->bad[0] == '\0')
			continue;
		said_of(t, f->name, text, sizeof text);
		if (of == SIZE_MAX) {
			say_urgent("%s: is in the set already, and not good: %s", f->name, text);
			continue;
		}
		candidate_is(&a->c[of], OUTCOME_REFUSED, "%s", text);
		n++;
	}
	return n;
}

static bool
could_not(struct assembly *a, const struct trial *t)
{
	for (size_t i = 0; t->lost && i < a->n; i++)
		if (is_in(a, i))
			candidate_is(&a->c[i], OUTCOME_FAILED, "could not be tried: %s", t->said);
	return t->lost;
}

/* Each file is good, and not all together: one source after another. */
static bool
one_by_one(struct assembly *a, struct trial *t)
{
	bool good = false, last = false;

	for (size_t i = 0; i < a->n; i++)
		a->in[i] = false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->c[i].outcome != OUTCOME_NEW)
			continue;
		a->in[i] = true;
		trial_free(t);
		try_it(a, t);
		last = t->good;
		good |= last;
		if (could_not(a, t))
			return false;
		if (!last)
			candidate_is(&a->c[i], OUTCOME_REFUSED, "%s", t->said);
	}
	if (good && !last) {
		trial_free(t);
		try_it(a, t);
		good = t->good;
	}
	return good;
}

static bool
try_all(struct assembly *a, struct trial *t)
{
	for (;;) {
		try_it(a, t);
		if (t->good)
			return true;
		if (could_not(a, t))
			return false;
		if (blame(a, t) == 0)
			break;
		if (how_many(a) == 0)
			return false;
		trial_free(t);
	}
	if (how_many(a) > 1)
		return one_by_one(a, t);
	if (how_many(a) == 0)
		say_urgent("the set without what is no longer configured: %s", t->said);
	refuse_all(a, t->said);
	a->r->act = true;
	return false;
}

/* --- the whole --------------------------------------------------------------------------- */

/* A set that asks for a newer engine counts as far as this one reads it. */
static void
look_at_level(struct run *r, const struct trial *t)
{
	for (size_t i = 0; i < t->files; i++)
		if (t->level > 0 && t->file[i].level > t->level) {
			say_urgent("%s: asks for an engine of level %llu, and libclamav %s has %llu: what "
			    "is newer in it is not used: apt-get update && apt-get install "
			    "--only-upgrade '^libclamav[0-9]+$', then restart avscand", t->file[i].name,
			    t->file[i].level, t->engine, t->level);
			r->act = true;
		}
}

static bool
too_small(struct assembly *a, const struct trial *t)
{
	char text[200];

	if (!less(a->r, t->sigs, a->r->now.sigs, a->r->conf->limits.shrink))
		return false;
	snprintf(text, sizeof text, "the set would have %llu signatures, has %llu: that is more than "
	    "shrink, %lu%%, allows; if that is meant: sigupdate update -S", t->sigs, a->r->now.sigs,
	    a->r->conf->limits.shrink);
	if (how_many(a) == 0)
		say_urgent("%s", text);
	refuse_all(a, text);
	a->r->act = true;
	return true;
}

static bool
nothing_left_out(const struct assembly *a)
{
	for (size_t i = 0; i < a->r->now.sources; i++) {
		size_t j = 0;

		while (j < a->n && strcmp(a->r->now.source[i].name, a->c[j].source->name) != 0)
			j++;
		if (j == a->n)
			return false;
	}
	return true;
}

bool
assemble(struct run *r, struct candidate *c, size_t n, struct manifest *m)
{
	struct assembly a = { .r = r, .c = c, .n = n, .m = m };
	struct trial t = { .good = false };
	bool good = false;

	memset(m, 0, sizeof *m);
	if ((a.in = malloc(n)) == NULL)
		err(EXIT_RETRY, "the set");
	memset(a.in, 1, n);
	refuse_exceptions(&a);
	while (refuse_twin(&a) || refuse_many(&a))
		;
	refuse_shrunk(&a);
	if (how_many(&a) > 0 || !nothing_left_out(&a))
		good = try_all(&a, &t) && !too_small(&a, &t);
	if (good) {
		look_at_level(r, &t);
		m->sigs = t.sigs;
		snprintf(m->engine, sizeof m->engine, "%s", t.engine);
	}
	trial_free(&t);
	free(a.in);
	return good;
}
