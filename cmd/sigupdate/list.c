/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/root.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/state.h"
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/tell.h"
#include "cmd/sigupdate/verbs.h"
#include "common/cli.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void
list_files(const struct root *r, const char *gen, const struct manifest *m)
{
	for (size_t i = 0; i < m->files; i++)
		tell_file(&m->file[i], NULL);
	tell_by_hand(r, gen, m);
}

/* How many are stale. */
static unsigned
list_configured(const struct conf *c, struct state *state, const struct manifest *now)
{
	unsigned old = 0;

	for (size_t i = 0; i < c->sources; i++) {
		const struct source *s = &c->source[i];
		enum stale how = stale_source(state, now, s, time(NULL));

		tell_source(state_source(state, s->name), manifest_source(now, s->name), how);
		old += how != STALE_NOT;
	}
	return old;
}

static unsigned
list_sources(const struct conf *c, const struct root *r, const struct manifest *now)
{
	struct state state;
	unsigned old = 0;

	state_read(r, &state);
	if (c->sources > 0)
		old = list_configured(c, &state, now);
	for (size_t i = 0; c->sources == 0 && i < now->sources; i++)
		state_source(&state, now->source[i].name);
	for (size_t i = 0; c->sources == 0 && i < state.sources; i++)
		tell_source(&state.source[i], manifest_source(now, state.source[i].name),
		    STALE_NOT);
	state_free(&state);
	return old;
}

int
verb_list(const struct conf *c, const char *path, bool files)
{
	char current[ROOT_GEN] = "", previous[ROOT_GEN] = "", (*gens)[ROOT_GEN];
	struct manifest now = { .files = 0 };
	struct root root;
	bool whole = false;
	unsigned old;
	size_t n;

	root_open(&root, path);
	root_link(&root, "current", current);
	root_link(&root, "previous", previous);
	n = root_list(&root, &gens);
	for (size_t i = 0; i < n; i++) {
		struct manifest m = { .files = 0 };
		bool is_current = strcmp(gens[i], current) == 0;

		if (!root_manifest(&root, gens[i], &m))
			continue;
		tell_generation(stdout, &m, gens[i], is_current ? "current" :
		    strcmp(gens[i], previous) == 0 ? "previous" : "kept");
		if (files)
			list_files(&root, gens[i], &m);
		whole |= is_current;
		if (is_current)
			now = m;
		else
			manifest_free(&m);
	}
	if (n == 0)
		say_plain("%s: there is no set of signatures yet", path);
	else if (!whole)
		say_urgent("%s/current: leads to no generation that is whole", path);
	old = list_sources(c, &root, &now);
	manifest_free(&now);
	free(gens);
	root_close(&root);
	return whole && old == 0 ? EXIT_NOTHING : EXIT_FOUND;
}
