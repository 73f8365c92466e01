/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/pinned.h"
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/minisig.h"
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/trial.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { TOMORROW = 86400, TRIAL_SECONDS = 1200 };

/* The highest generation of this source that was ever taken. */
static unsigned long long
highest(struct run *r, const struct source *s)
{
	const struct manifest_source *now = manifest_source(&r->now, s->name);
	const struct state_source *state = state_source(&r->state, s->name);
	unsigned long long n = now != NULL ? now->generation : 0;

	return state != NULL && state->highest > n ? state->highest : n;
}

/* Of the same generation as what we have, and not that. */
static bool
other_contents(const struct run *r, const struct candidate *c, const struct manifest *m)
{
	const struct manifest_source *now = manifest_source(&r->now, c->source->name);
	unsigned char id[SHA256_BYTES];

	if (now == NULL || now->generation != m->generation)
		return false;
	manifest_id(m, NULL, id);
	return memcmp(id, now->id, sizeof id) != 0;
}

static unsigned long long
bytes(const struct manifest *m)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < m->files; i++)
		if (m->file[i].size > ULLONG_MAX - n)
			return ULLONG_MAX;
		else
			n += m->file[i].size;
	return n;
}

/* What it says of itself, now that it is its author's. */
static bool
fits(struct run *r, struct candidate *c, const struct manifest *m)
{
	unsigned long long taken = highest(r, c->source);

	if (strcmp(m->set, c->source->set) != 0)
		candidate_is(c, OUTCOME_REFUSED, "manifest: is of the set `%s', not of `%s'",
		    m->set, c->source->set);
	else if (m->sources > 0)
		candidate_is(c, OUTCOME_REFUSED, "manifest: is one that sigupdate keeps, not one "
		    "that is published");
	else if (m->generation < taken)
		candidate_is(c, OUTCOME_REFUSED, "manifest: generation %llu is older than %llu, "
		    "which was taken before", m->generation, taken);
	else if (other_contents(r, c, m))
		candidate_is(c, OUTCOME_REFUSED, "manifest: generation %llu once more, with other "
		    "contents", m->generation);
	else if (m->made > r->time + TOMORROW)
		candidate_is(c, OUTCOME_REFUSED, "manifest: was made in the future: which clock "
		    "is wrong?");
	else if (m->files == 0)
		candidate_is(c, OUTCOME_REFUSED, "manifest: names no file");
	else if (bytes(m) > c->source->limits.max_size)
		candidate_is(c, OUTCOME_REFUSED, "manifest: names more bytes than max-size, %llu",
		    c->source->limits.max_size);
	else
		return true;
	return false;
}

bool
pinned_manifest(struct run *r, struct candidate *c, struct span manifest, struct span signature,
    struct manifest *m)
{
	static struct minisig sig;
	const char *what = minisig_parse(&sig, signature);
	char id[17];

	if (what != NULL) {
		candidate_is(c, OUTCOME_REFUSED, "manifest.minisig: is no signature of minisign: %s",
		    what);
		return false;
	}
	what = minisig_verify(&sig, manifest, c->source->key, c->source->keys);
	if (what != NULL) {
		minisig_id(sig.id, id);
		candidate_is(c, OUTCOME_REFUSED, "manifest.minisig: %s (it says key %s)", what, id);
		return false;
	}
	if ((what = manifest_parse(m, manifest)) != NULL) {
		candidate_is(c, OUTCOME_REFUSED, "manifest: %s", what);
		return false;
	}
	if (fits(r, c, m))
		return true;
	manifest_free(m);
	return false;
}

/* What we have of the source whose place this one takes: a .cvd for a .cld, too. */
static const struct manifest_file *
in_its_place(const struct run *r, const struct source *s, const char *name)
{
	char key[FILENAME_MAX_BYTES + 1], other[FILENAME_MAX_BYTES + 1];

	filename_key((struct span){ name, strlen(name) }, key);
	for (size_t i = 0; i < r->now.files; i++) {
		const struct manifest_file *f = &r->now.file[i];

		filename_key((struct span){ f->name, strlen(f->name) }, other);
		if (strcmp(key, other) == 0 && strcmp(f->source, s->name) == 0)
			return f;
	}
	return NULL;
}

bool
pinned_number(struct run *r, struct candidate *c, const char *name, unsigned long long number)
{
	const struct manifest_file *old = in_its_place(r, c->source, name);
	char first[CVDHEAD_BYTES];
	struct cvdhead ours;

	if (old == NULL || !part_head(r->folder, old->name, first) ||
	    !cvdhead_parse(&ours, (struct span){ first, sizeof first }) || number >= ours.number)
		return true;
	candidate_is(c, OUTCOME_REFUSED, "%s: number %llu is older than ours, %llu", name, number,
	    ours.number);
	return false;
}

/* What was found of a file that is brought: it is good, and not older than ours? */
static bool
is_pinned(struct run *r, struct candidate *c, const struct trial *t,
    const struct manifest_file *f)
{
	const struct trial_file *tried = trial_file(t, f->name);
	char name[sizeof f->name];
	struct span said;

	memcpy(name, f->name, sizeof name);	/* f goes with the candidate */
	if (tried == NULL || (tried->bad[0] == '\0' && tried->number == 0)) {
		candidate_is(c, OUTCOME_REFUSED, "%s: is no .cvd that avscand knows", name);
		return false;
	}
	if (tried->bad[0] != '\0') {
		said = trial_said(t, name);
		if (said.p != NULL)
			candidate_is(c, OUTCOME_REFUSED, "%.*s", (int)said.n, said.p);
		else
			candidate_is(c, OUTCOME_REFUSED, "%s: %s", name, tried->bad);
		return false;
	}
	return pinned_number(r, c, name, tried->number);
}

/* Is it there already, and not in .part? */
static bool
is_ours(const struct run *r, const struct candidate *c, const struct manifest_file *f)
{
	const struct manifest_file *old = candidate_old(r, c->source, f->name);

	return old != NULL && candidate_same_file(old, f);
}

bool
pinned_cvds(struct run *r, struct candidate *c)
{
	unsigned long left = mirrors_time_left(r);
	unsigned long seconds = left < TRIAL_SECONDS ? left : TRIAL_SECONDS;
	char folder[PATH_MAX];
	struct trial t;
	bool good;

	if (snprintf(folder, sizeof folder, "%s/.part/%s", r->root.path, c->source->name) >=
	    (int)sizeof folder) {
		candidate_is(c, OUTCOME_FAILED, "%s: too long a path", r->root.path);
		return false;
	}
	trial_run(&t, folder, seconds, TRIAL_FILES);
	good = !t.lost;
	if (!good)
		candidate_is(c, OUTCOME_FAILED, "could not be tried: %s", t.said);
	for (size_t i = 0; good && i < c->brings.files; i++)
		if (!is_ours(r, c, &c->brings.file[i]))
			good = is_pinned(r, c, &t, &c->brings.file[i]);
	trial_free(&t);
	return good;
}

time_t
pinned_made(const struct run *r, const struct candidate *c, int part)
{
	char first[CVDHEAD_BYTES];
	struct cvdhead h;
	time_t made = 0;

	for (size_t i = 0; i < c->brings.files; i++) {
		const struct manifest_file *f = &c->brings.file[i];

		if (part_head(is_ours(r, c, f) ? r->folder : part, f->name, first) &&
		    cvdhead_parse(&h, (struct span){ first, sizeof first }) && h.made > made)
			made = h.made;
	}
	return made < r->time ? made : r->time;
}
