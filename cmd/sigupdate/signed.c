/* SPDX-License-Identifier: ISC */
/* A folder on a server: manifest, manifest.minisig and the files that it names. */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/kinds.h"
#include "cmd/sigupdate/minisig.h"
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

/* A small file beside the manifest; false: c says why, or is SAME. */
static bool
fetch_small(struct run *r, struct candidate *c, const char *name, bool newer, char *to,
    size_t most, size_t *n)
{
	struct fetched got;
	struct fetch f;
	char url[URL_MAX];

	snprintf(url, sizeof url, "%s%s", c->url, name);
	if (!mirrors_fetch(r, c, url, &f))
		return false;
	f.most = most;
	if (newer)
		mirrors_newer(r, c, &f);
	fetch_memory(&f, to, &got);
	*n = (size_t)got.size;
	if (got.state == FETCH_SAME)
		candidate_is(c, OUTCOME_SAME, "%s", "");
	else if (got.state != FETCH_GOT)
		mirrors_failed(c, name, &got);
	else if (newer) {
		memcpy(c->tag, got.tag, sizeof c->tag);
		memcpy(c->modified, got.modified, sizeof c->modified);
	}
	return got.state == FETCH_GOT;
}

/* Is it there already, from a run that did not come to an end? */
static bool
have_part(int part, const struct manifest_file *want)
{
	struct manifest_file f = *want;

	if (!root_digest(part, want->name, &f))
		return false;
	return candidate_same_file(&f, want);
}

/* What was fetched has to be what the manifest says; if not, it goes. */
static bool
check_part(struct candidate *c, int part, const struct manifest_file *want,
    struct manifest_file *f)
{
	*f = *want;
	if (!root_digest(part, want->name, f))
		err(EXIT_RETRY, ".part: %s", want->name);
	if (candidate_same_file(f, want)) {
		part_seal(part, want->name);
		return true;
	}
	if (f->size < want->size)
		candidate_is(c, OUTCOME_FAILED, "%s: ended after %llu of %llu bytes", want->name,
		    f->size, want->size);
	else
		candidate_is(c, OUTCOME_REFUSED, "%s: is not the file that the manifest names: "
		    "its SHA-256 is another", want->name);
	if (unlinkat(part, want->name, 0) < 0)
		err(EXIT_RETRY, ".part: %s", want->name);
	return false;
}

/* One transfer; *more: it went on from an earlier one, which may be what is wrong. */
static bool
fetch_once(struct run *r, struct candidate *c, int part, const struct manifest_file *want,
    bool *more)
{
	struct fetched got;
	struct fetch fetch;
	char url[URL_MAX], what[200];

	snprintf(url, sizeof url, "%s%s", c->url, want->name);
	snprintf(what, sizeof what, "%s: %s", c->source->name, want->name);
	*more = false;
	if (!mirrors_fetch(r, c, url, &fetch))
		return false;
	fetch.most = want->size;
	fetch.what = what;
	fetch_file(&fetch, part, want->name, &got);
	*more = got.code == 206;
	if (got.state == FETCH_GOT)
		return true;
	mirrors_failed(c, want->name, &got);
	return false;
}

static bool
fetch_part(struct run *r, struct candidate *c, int part, const struct manifest_file *want,
    struct manifest_file *f)
{
	bool more = false;

	if (!have_part(part, want) && !fetch_once(r, c, part, want, &more))
		return false;
	if (check_part(c, part, want, f))
		return true;
	return more && fetch_once(r, c, part, want, &more) && check_part(c, part, want, f);
}

static bool
fetch_files(struct run *r, struct candidate *c, const struct manifest *m)
{
	int part = root_part(&r->root, c->source->name);
	bool good = true;

	part_only(part, m);
	for (size_t i = 0; good && i < m->files; i++) {
		const struct manifest_file *want = &m->file[i];
		const struct manifest_file *old = candidate_old(r, c->source, want->name);
		struct manifest_file f;

		if (old != NULL && candidate_same_file(old, want))
			f = *old;
		else
			good = fetch_part(r, c, part, want, &f);
		good = good && candidate_add(c, &f);
	}
	close(part);
	return good;
}

/* The files as they are named, for a run that only looks. */
static bool
name_files(struct candidate *c, const struct manifest *m)
{
	for (size_t i = 0; i < m->files; i++)
		if (!candidate_add(c, &m->file[i]))
			return false;
	return true;
}

static bool
fetch_manifest(struct run *r, struct candidate *c, struct manifest *m)
{
	static char text[MANIFEST_BYTES], sig[MINISIG_MAX];
	size_t n, sign;

	return fetch_small(r, c, "manifest.minisig", true, sig, sizeof sig, &sign) &&
	    fetch_small(r, c, "manifest", false, text, sizeof text, &n) &&
	    pinned_manifest(r, c, (struct span){ text, n }, (struct span){ sig, sign }, m);
}

void
signed_ask(struct run *r, struct candidate *c)
{
	struct manifest m = { 0 };

	/* Between the two requests another set may have been published. */
	if (!fetch_manifest(r, c, &m) &&
	    (c->outcome != OUTCOME_REFUSED || !fetch_manifest(r, c, &m)))
		return;
	say_more("%s: %s: generation %llu, %zu files", c->source->name, c->url, m.generation,
	    m.files);
	if (r->look ? name_files(c, &m) : fetch_files(r, c, &m))
		candidate_settle(r, c, m.generation, m.made);
	manifest_free(&m);
}
