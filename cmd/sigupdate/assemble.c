/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/assemble.h"
#include "cmd/sigupdate/assembly.h"
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

/* It goes, and those behind it move up. */
static void
leave_out(struct assembly *a, char **stranger, const char *why)
{
	say_urgent("%s/%s/%s: was put there by hand, and is left out: %s", a->r->root.path,
	    a->r->current, *stranger, why);
	a->r->act = true;
	free(*stranger);
	do
		stranger[0] = stranger[1];
	while (*stranger++ != NULL);
}

static void
stage_strangers(struct assembly *a)
{
	char **s = a->r->strangers;
	struct manifest_file ignored;
	const char *why;

	while (s != NULL && *s != NULL)
		if ((why = stage_try_copy(&a->r->root, a->r->folder, *s, &ignored)) != NULL)
			leave_out(a, s, why);
		else
			s++;
}

static void
stage_all(struct assembly *a)
{
	manifest_free(a->m);
	memset(a->m, 0, sizeof *a->m);
	stage_begin(&a->r->root);
	for (size_t i = 0; i < a->n; i++)
		if (assembly_is_in(a, i))
			stage_new(a, &a->c[i]);
		else
			stage_old(a, a->c[i].source);
	stage_strangers(a);
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

/* Whose is it, of those that are new; SIZE_MAX: of none. */
static size_t
owner(const struct assembly *a, const char *name)
{
	size_t i = 0;

	while (i < a->n && (!assembly_is_in(a, i) || manifest_file(&a->c[i].brings, name) == NULL))
		i++;
	return i < a->n ? i : SIZE_MAX;
}

/* One that was put there by hand; NULL: it was not. */
static char **
by_hand(const struct assembly *a, const char *name)
{
	char **s = a->r->strangers;

	while (s != NULL && *s != NULL && strcmp(*s, name) != 0)
		s++;
	return s != NULL && *s != NULL ? s : NULL;
}

/* Refuses those whose files are bad, and leaves out what somebody put there; how many. */
static size_t
blame(struct assembly *a, const struct trial *t)
{
	char text[CANDIDATE_WHY];
	size_t n = 0;

	for (size_t i = 0; i < t->files; i++) {
		const struct trial_file *f = &t->file[i];
		size_t of = f->bad[0] == '\0' ? SIZE_MAX : owner(a, f->name);
		char **stranger = by_hand(a, f->name);
		struct span line;

		if (f->bad[0] == '\0')
			continue;
		line = trial_said(t, f->name);
		if (line.p == NULL)
			line = (struct span){ t->said, strlen(t->said) };
		snprintf(text, sizeof text, "%.*s", (int)line.n, line.p);
		if (of != SIZE_MAX)
			candidate_is(&a->c[of], OUTCOME_REFUSED, "%s", text);
		else if (stranger != NULL)
			leave_out(a, stranger, text);
		else
			say_urgent("%s: is in the set already, and not good: %s", f->name, text);
		n += of != SIZE_MAX || stranger != NULL;
	}
	return n;
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

/* Is anything different from what is in use? */
static bool
worth_it(struct assembly *a)
{
	fits_together(a);
	return assembly_new(a) > 0 || !nothing_left_out(a);
}

/* The one of whom it came last is to blame, or could not be tried. */
static void
not_with(struct candidate *c, const struct trial *t)
{
	if (t->lost)
		candidate_is(c, OUTCOME_FAILED, "could not be tried: %s", t->said);
	else
		candidate_is(c, OUTCOME_REFUSED, "%s", t->said);
}

/* Each file is good, and not all together: one source after another. */
static bool
one_by_one(struct assembly *a, struct trial *t)
{
	bool last = false;

	for (size_t i = 0; i < a->n; i++)
		a->in[i] = false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->c[i].outcome != OUTCOME_NEW)
			continue;
		a->in[i] = true;
		fits_together(a);
		if (!assembly_is_in(a, i))
			continue;
		trial_free(t);
		try_it(a, t);
		last = t->good;
		if (!last)
			not_with(&a->c[i], t);
	}
	if (last || !worth_it(a))
		return last;
	trial_free(t);
	try_it(a, t);
	for (size_t i = 0; !t->good && i < a->n; i++)
		if (assembly_is_in(a, i))
			not_with(&a->c[i], t);
	return t->good;
}

static bool
try_all(struct assembly *a, struct trial *t)
{
	while (worth_it(a)) {
		trial_free(t);
		try_it(a, t);
		if (t->good)
			return true;
		if (!t->lost && blame(a, t) > 0)
			continue;
		if (assembly_new(a) > 1)
			return one_by_one(a, t);
		if (assembly_new(a) == 0)
			say_urgent("the set without what is no longer configured: %s", t->said);
		for (size_t i = 0; i < a->n; i++)
			if (assembly_is_in(a, i))
				not_with(&a->c[i], t);
		a->r->act |= !t->lost;
		return false;
	}
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

static void
refuse_all(struct assembly *a, const char *why)
{
	for (size_t i = 0; i < a->n; i++)
		if (assembly_is_in(a, i))
			candidate_is(&a->c[i], OUTCOME_REFUSED, "%s", why);
}

static bool
too_small(struct assembly *a, const struct trial *t)
{
	char text[200];

	if (!fits_less(a->r, t->sigs, a->r->now.sigs, a->r->conf->limits.shrink))
		return false;
	snprintf(text, sizeof text, "the set would have %llu signatures, has %llu: that is more than "
	    "shrink, %lu%%, allows; if that is meant: sigupdate update -S", t->sigs, a->r->now.sigs,
	    a->r->conf->limits.shrink);
	if (assembly_new(a) == 0)
		say_urgent("%s", text);
	refuse_all(a, text);
	a->r->act = true;
	return true;
}

/*
 * Where nothing is known of what is in use, it stays so until each source brings what it
 * has: only an optional folder may be empty.
 */
static bool
something_lost(struct assembly *a)
{
	for (size_t i = 0; a->r->lost && i < a->n; i++) {
		const struct candidate *c = &a->c[i];

		if (c->outcome == OUTCOME_NEW || (c->outcome == OUTCOME_SAME && c->why[0] == '\0'))
			continue;
		say_urgent("%s: stays as it is, for nothing of the set in use can be kept, and %s "
		    "brings nothing now", a->r->root.path, c->source->name);
		return true;
	}
	return false;
}

/* Then all of it looks as if it was put there by hand: what a source brings is its. */
static void
forget_twins(struct assembly *a)
{
	char **to = a->r->strangers;

	for (char **s = to; s != NULL && *s != NULL; s++) {
		bool brought = false;

		for (size_t i = 0; !brought && i < a->n; i++)
			brought = a->c[i].outcome == OUTCOME_NEW &&
			    manifest_file(&a->c[i].brings, *s) != NULL;
		if (brought)
			free(*s);
		else
			*to++ = *s;
		if (s[1] == NULL)
			*to = NULL;
	}
}

/* What was allowed once is in use still. */
static void
look_at_exceptions(struct assembly *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct source *s = a->c[i].source;
		const struct manifest *m = &a->r->now;

		if (s->kind == SOURCE_LOCAL || s->exceptions || assembly_is_in(a, i))
			continue;
		for (size_t j = 0; j < m->files; j++) {
			const struct manifest_file *f = &m->file[j];

			if (strcmp(f->source, s->name) != 0 ||
			    !filename_excepts((struct span){ f->name, strlen(f->name) }))
				continue;
			say_urgent("%s: %s is in use, and takes away from what others find: it is no "
			    "longer allowed, but goes only with what its source brings next",
			    s->name, f->name);
			a->r->act = true;
		}
	}
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
	if (r->lost)
		forget_twins(&a);
	fits_alone(&a);
	look_at_exceptions(&a);
	good = try_all(&a, &t) && !too_small(&a, &t) && !something_lost(&a);
	if (good) {
		look_at_level(r, &t);
		m->sigs = t.sigs;
		snprintf(m->engine, sizeof m->engine, "%s", t.engine);
	}
	trial_free(&t);
	free(a.in);
	return good;
}
