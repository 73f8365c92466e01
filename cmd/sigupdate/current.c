/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/current.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/say.h"
#include "common/cli.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is it still what it came as?  What could not be read once is not lost yet. */
static bool
whole(const struct run *r, const struct manifest_file *want)
{
	struct manifest_file f = *want;

	return (root_digest(r->folder, want->name, &f) ||
	    root_digest(r->folder, want->name, &f)) && candidate_same_file(&f, want);
}

static void
keep_files(struct run *r, struct manifest *m, const struct manifest_source *s, bool *all,
    unsigned long long *sigs)
{
	for (size_t i = 0; i < r->now.files; i++) {
		const struct manifest_file *f = &r->now.file[i];

		if (strcmp(f->source, s->name) != 0)
			continue;
		if (whole(r, f)) {
			if (!manifest_add_file(m, f))
				err(EXIT_RETRY, "the current set");
			*sigs += f->sigs;
			continue;
		}
		say_urgent("%s/%s/%s: is not as it came: %s is asked for it anew", r->root.path,
		    r->current, f->name, s->name);
		*all = false;
		r->act = true;
	}
}

/*
 * One of which a file is lost is no longer the generation that its author made: what
 * he has is something new, but still nothing older is.
 */
static void
keep_source(struct run *r, struct manifest *m, const struct manifest_source *s)
{
	struct manifest_source own = *s;
	struct state_source *known = state_source(&r->state, s->name);
	unsigned long long sigs = 0;
	bool all = true;

	/* Once, so that what others bring does not make it look younger each time. */
	if (known->heard == 0)
		known->heard = r->now.made;
	keep_files(r, m, s, &all, &sigs);
	if (!all) {
		if (own.generation > known->highest)
			known->highest = own.generation;
		own.generation = 0;
		own.sigs = sigs;
		manifest_id(m, s->name, own.id);
	}
	if (!manifest_add_source(m, &own))
		err(EXIT_RETRY, "the current set");
}

/* Only what is still as it came. */
static void
compare(struct run *r)
{
	struct manifest m = { .made = r->now.made, .sigs = r->now.sigs };

	memcpy(m.set, r->now.set, sizeof m.set);
	memcpy(m.engine, r->now.engine, sizeof m.engine);
	for (size_t i = 0; i < r->now.sources; i++)
		keep_source(r, &m, &r->now.source[i]);
	manifest_free(&r->now);
	r->now = m;
}

/* Without `current' nothing is known of what was in use; what was may still be there. */
static void
look_for_others(struct run *r)
{
	char (*gens)[ROOT_GEN];

	if (root_list(&r->root, &gens) > 0) {
		say_urgent("%s/current: leads to no generation; to have one again that is there: "
		    "sigupdate rollback %s", r->root.path, gens[0]);
		r->act = r->lost = true;
	}
	free(gens);
}

void
current_read(struct run *r)
{
	r->folder = -1;
	r->strangers = NULL;
	memset(&r->now, 0, sizeof r->now);
	if (!root_link(&r->root, "current", r->current)) {
		r->current[0] = '\0';
		look_for_others(r);
		return;
	}
	r->folder = root_folder(&r->root, r->current);
	if (r->state.missing) {
		say_urgent("%s/.state: is gone: what was taken back by hand, and seen of whom, is "
		    "forgotten", r->root.path);
		r->act = true;
	}
	if (root_manifest(&r->root, r->current, &r->now)) {
		r->strangers = root_strangers(&r->root, r->current, &r->now);
		compare(r);
	} else if (errno != 0) {
		/* Taken for lost it would cost what no source brings anew just now. */
		exit(EXIT_RETRY);
	} else {
		memset(&r->now, 0, sizeof r->now);
		r->act = r->lost = true;
		/* What was a source's and what was put there by hand cannot be told. */
		r->strangers = root_strangers(&r->root, r->current, &r->now);
	}
}

void
current_free(struct run *r)
{
	manifest_free(&r->now);
	if (r->strangers != NULL)
		folder_names_free(r->strangers);
	if (r->folder >= 0)
		close(r->folder);
}
