/* SPDX-License-Identifier: ISC */
/* A folder on a server with .cvd files, each asked for its first 512 bytes. */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/kinds.h"
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/pinned.h"
#include "cmd/sigupdate/say.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { URL_MAX = 2300 };

/* One file of the source on this mirror, and what we have under its name. */
struct wanted {
	const char *name;
	char url[URL_MAX];
	struct cvdhead there, ours;
	const struct manifest_file *old;	/* NULL: nothing */
};

static bool
ask_head(struct run *r, struct candidate *c, struct wanted *w)
{
	char first[CVDHEAD_BYTES];
	struct fetched got;
	struct fetch f;

	if (!mirrors_fetch(r, c, w->url, &f))
		return false;
	fetch_first(&f, first, sizeof first, &got);
	if (got.state != FETCH_GOT)
		mirrors_failed(c, w->name, &got);
	else if (got.size < sizeof first ||
	    !cvdhead_parse(&w->there, (struct span){ first, sizeof first }))
		candidate_is(c, OUTCOME_REFUSED, "%s: does not begin as a .cvd does", w->name);
	else
		return true;
	return false;
}

/* What we have; false: what is there is not to be taken. */
static bool
compare(struct run *r, struct candidate *c, struct wanted *w)
{
	char first[CVDHEAD_BYTES];

	w->old = candidate_old(r, c->source, w->name);
	if (w->old != NULL && (!part_head(r->folder, w->name, first) ||
	    !cvdhead_parse(&w->ours, (struct span){ first, sizeof first })))
		w->old = NULL;
	return pinned_number(r, c, w->name, w->there.number);
}

static void
keep(struct manifest *m, const char *name)
{
	struct manifest_file f = { .size = 0 };

	snprintf(f.name, sizeof f.name, "%s", name);
	if (!manifest_add_file(m, &f))
		err(EXIT_RETRY, "%s", name);
}

static bool
fetch_whole(struct run *r, struct candidate *c, int part, const struct wanted *w,
    struct manifest_file *f)
{
	struct fetched got;
	struct fetch fetch;
	char what[200];

	snprintf(what, sizeof what, "%s: %s", c->source->name, w->name);
	if (!mirrors_fetch(r, c, w->url, &fetch))
		return false;
	fetch.what = what;
	fetch_file(&fetch, part, w->name, &got);
	if (got.state != FETCH_GOT) {
		mirrors_failed(c, w->name, &got);
		return false;
	}
	if (!root_digest(part, w->name, f))
		err(EXIT_RETRY, ".part: %s", w->name);
	part_seal(part, w->name);
	return true;
}

/* What an earlier run has left of a file that was not fetched now is not tried with it. */
static bool
verify(struct run *r, struct candidate *c, int part, const struct manifest *fresh)
{
	static const struct manifest none;

	part_only(part, fresh);
	if (pinned_cvds(r, c))
		return true;
	part_only(part, &none);
	return false;
}

static bool
take(struct run *r, struct candidate *c, int part, const char *name, struct manifest *fresh)
{
	struct wanted w = { .name = name };
	struct manifest_file f = { .size = 0 };

	snprintf(w.url, sizeof w.url, "%s%s", c->url, name);
	if (!ask_head(r, c, &w) || !compare(r, c, &w))
		return false;
	if (w.old != NULL && w.there.number == w.ours.number)
		return candidate_add(c, w.old);
	say_more("%s: %s: number %llu is there", c->source->name, w.url, w.there.number);
	snprintf(f.name, sizeof f.name, "%s", name);
	if (!r->look && !fetch_whole(r, c, part, &w, &f))
		return false;
	keep(fresh, name);
	return candidate_add(c, &f);
}

void
cvd_ask(struct run *r, struct candidate *c)
{
	const struct list *l = &c->source->files;
	struct manifest all = { .files = 0 }, fresh = { .files = 0 };
	bool good = true;
	int part = -1;

	for (size_t i = 0; i < l->n; i++)
		keep(&all, l->word[i]);
	if (!r->look) {
		part = root_part(&r->root, c->source->name);
		part_only(part, &all);
	}
	for (size_t i = 0; good && i < l->n; i++)
		good = take(r, c, part, l->word[i], &fresh);
	if (good && fresh.files > 0 && !r->look)
		good = verify(r, c, part, &fresh);
	if (good)
		candidate_settle(r, c, 0, r->look ? 0 : pinned_made(r, c, part));
	if (part >= 0)
		close(part);
	manifest_free(&all);
	manifest_free(&fresh);
}
