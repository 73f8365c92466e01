/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/tell.h"
#include "cmd/sigupdate/folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
print(FILE *to, struct record *r)
{
	record_end(r);
	fwrite(r->text, 1, r->len, to);
}

static void
add_time(struct record *r, const char *key, time_t t)
{
	char text[MANIFEST_TIME];

	if (t == 0)
		return;
	manifest_time(t, text);
	record_addstr(r, key, text);
}

void
tell_candidate(FILE *to, const struct candidate *c, time_t heard, enum stale stale)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "source", c->source->name);
	record_addstr(&r, "state", outcome_word(c->outcome));
	add_time(&r, "heard", heard);
	add_time(&r, "until", c->until);
	if (stale != STALE_NOT)
		record_addstr(&r, "stale", stale_word(stale));
	if (c->why[0] != '\0')
		record_addstr(&r, "why", c->why);
	print(to, &r);
}

void
tell_source(const struct state_source *s, const struct manifest_source *has, enum stale stale)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "source", s->name);
	if (has != NULL) {
		record_addstr(&r, "kind", has->kind);
		if (has->generation > 0)
			record_addnum(&r, "generation", has->generation > s->highest ?
			    has->generation : s->highest);
		add_time(&r, "made", has->made > s->made ? has->made : s->made);
		record_addnum(&r, "sigs", has->sigs);
	}
	add_time(&r, "heard", s->heard);
	if (stale != STALE_NOT)
		record_addstr(&r, "stale", stale_word(stale));
	if (s->why[0] != '\0')
		record_addstr(&r, "why", s->why);
	print(stdout, &r);
}

void
tell_generation(FILE *to, const struct manifest *m, const char *gen, const char *state)
{
	static struct record r;

	record_start(&r);
	record_addstr(&r, "set", gen);
	record_addstr(&r, "state", state);
	add_time(&r, "made", m->made);
	record_addnum(&r, "files", m->files);
	record_addnum(&r, "sigs", m->sigs);
	if (m->engine[0] != '\0')
		record_addstr(&r, "engine", m->engine);
	print(to, &r);
}

void
tell_file(const struct manifest_file *f, const char *why)
{
	static struct record r;

	record_start(&r);
	record_addtagged(&r, "name", "file", f->name, strlen(f->name));
	if (f->source[0] != '\0')
		record_addstr(&r, "source", f->source);
	record_addnum(&r, "size", f->size);
	if (why != NULL)
		record_addstr(&r, "why", why);
	print(stdout, &r);
}

void
tell_by_hand(const struct root *r, const char *gen, const struct manifest *m)
{
	char **names = root_strangers(r, gen, m);
	int folder = root_folder(r, gen);

	for (char **n = names; *n != NULL; n++) {
		struct manifest_file f = { .size = 0 };

		snprintf(f.name, sizeof f.name, "%s", *n);
		if (root_digest(folder, *n, &f))
			tell_file(&f, "by-hand");
	}
	close(folder);
	folder_names_free(names);
}
