/* SPDX-License-Identifier: ISC */
/* One archive on a server: a manifest, its signature and what it names, or .cvd files. */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/kinds.h"
#include "cmd/sigupdate/minisig.h"
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/pinned.h"
#include "cmd/sigupdate/unpack.h"
#include "common/cli.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ARCHIVE[] = "archive", ARCHIVE_TAG[] = "archive.tag";

enum { FILES = 4096, RATIO = 200 };

/* All that an earlier run unpacked; the archive itself may go on. */
static void
clear(int part, bool archive)
{
	char **names = part_names(part);

	for (char **n = names; *n != NULL; n++)
		if ((archive || (strcmp(*n, ARCHIVE) != 0 && strcmp(*n, ARCHIVE_TAG) != 0)) &&
		    !folder_unlink(part, *n))
			err(EXIT_RETRY, ".part: %s", *n);
	folder_names_free(names);
}

/* A small file that was unpacked; how long it is; more than most: it is longer. */
static size_t
read_small(int part, const char *name, char *to, size_t most)
{
	int fd = openat(part, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		err(EXIT_RETRY, ".part: %s", name);
	while ((got = read(fd, to + n, most - n)) > 0)
		n += (size_t)got;
	if (got < 0)
		err(EXIT_RETRY, ".part: %s", name);
	close(fd);
	return n;
}

/* A .cld is made by who has it, a .cud by nobody. */
static bool
is_cvd(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".cvd") == 0;
}

/* One file; m: the manifest, or NULL. */
static bool
take_file(struct candidate *c, int part, const char *name, const struct manifest *m)
{
	const struct manifest_file *want = m == NULL ? NULL : manifest_file(m, name);
	struct manifest_file f = { .size = 0 };

	snprintf(f.name, sizeof f.name, "%s", name);
	if (!root_digest(part, name, &f))
		err(EXIT_RETRY, ".part: %s", name);
	if (m != NULL && want == NULL)
		candidate_is(c, OUTCOME_REFUSED, "%s: is not in the manifest", name);
	else if (m != NULL && !candidate_same_file(&f, want))
		candidate_is(c, OUTCOME_REFUSED, "%s: is not the file that the manifest names: "
		    "its %s is another", name, f.size == want->size ? "SHA-256" : "size");
	else if (m == NULL && !is_cvd(name))
		candidate_is(c, OUTCOME_REFUSED, "%s: is signed by nobody: only .cvd files can "
		    "come without a manifest", name);
	else {
		part_seal(part, name);
		return candidate_add(c, &f);
	}
	return false;
}

/* Each but the archive and what signs it. */
static bool
take_all(struct candidate *c, int part, const struct manifest *m)
{
	char **names = part_names(part);
	bool good = true;

	for (char **n = names; good && *n != NULL; n++)
		if (filename_wrong((struct span){ *n, strlen(*n) }) == NULL)
			good = take_file(c, part, *n, m);
	folder_names_free(names);
	return good;
}

static bool
take_signed(struct run *r, struct candidate *c, int part, struct manifest *m)
{
	static char text[MANIFEST_BYTES], sig[MINISIG_MAX];
	size_t n = read_small(part, "manifest", text, sizeof text);
	size_t sign = read_small(part, "manifest.minisig", sig, sizeof sig);

	if (n == 0 || sign == 0) {
		candidate_is(c, OUTCOME_REFUSED, "holds no %s",
		    n == 0 ? "manifest" : "manifest.minisig");
		return false;
	}
	if (!pinned_manifest(r, c, (struct span){ text, n }, (struct span){ sig, sign }, m) ||
	    !take_all(c, part, m))
		return false;
	for (size_t i = 0; i < m->files; i++)
		if (manifest_file(&c->brings, m->file[i].name) == NULL) {
			candidate_is(c, OUTCOME_REFUSED, "%s: is in the manifest, and not there",
			    m->file[i].name);
			return false;
		}
	return true;
}

/* Without a key: .cvd files alone.  Whoever sends a manifest has a key to tell of. */
static bool
take_cvds(struct run *r, struct candidate *c, int part)
{
	static const char *const SIGNS[] = { "manifest", "manifest.minisig" };

	for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
		if (faccessat(part, SIGNS[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
			candidate_is(c, OUTCOME_REFUSED, "%s: is there, and no key is configured: add "
			    "the `key' of its author", SIGNS[i]);
			return false;
		}
	return take_all(c, part, NULL) && pinned_cvds(r, c);
}

static void
open_archive(struct run *r, struct candidate *c, int part)
{
	const struct unpack_limits limits = { .bytes = c->source->limits.max_size,
	    .files = FILES, .ratio = RATIO,
	    .seconds = mirrors_time_left(r) };
	struct manifest m = { .files = 0 };
	char why[UNPACK_WHY];
	int fd = openat(part, ARCHIVE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool good;

	if (fd < 0)
		err(EXIT_RETRY, ".part: %s", ARCHIVE);
	good = unpack(fd, part, &limits, why);
	close(fd);
	if (!good) {
		candidate_is(c, OUTCOME_REFUSED, "%s", why);
		return;
	}
	if (c->source->keys > 0)
		good = take_signed(r, c, part, &m);
	else
		good = take_cvds(r, c, part);
	if (good)
		candidate_settle(r, c, m.generation, c->source->keys > 0 ? m.made :
		    pinned_made(r, c, part));
	manifest_free(&m);
}

/* Is there another one than the last?  By its first byte. */
static void
look(struct candidate *c, const struct fetch *f)
{
	struct fetched got;
	char first[1];

	fetch_first(f, first, sizeof first, &got);
	if (got.state == FETCH_GOT)
		candidate_is(c, OUTCOME_NEW, "%s", "");
	else if (got.state == FETCH_SAME)
		candidate_is(c, OUTCOME_SAME, "%s", "");
	else
		mirrors_failed(c, "", &got);
}

void
archive_ask(struct run *r, struct candidate *c)
{
	struct fetched got;
	struct fetch f;
	int part;

	if (!mirrors_fetch(r, c, c->url, &f))
		return;
	mirrors_newer(r, c, &f);
	if (r->look) {
		look(c, &f);
		return;
	}
	part = root_part(&r->root, c->source->name);
	clear(part, false);
	fetch_file(&f, part, ARCHIVE, &got);
	if (got.state == FETCH_SAME)
		candidate_is(c, OUTCOME_SAME, "%s", "");
	else if (got.state != FETCH_GOT)
		mirrors_failed(c, "", &got);
	else {
		memcpy(c->tag, got.tag, sizeof c->tag);
		memcpy(c->modified, got.modified, sizeof c->modified);
		open_archive(r, c, part);
		if (c->outcome != OUTCOME_NEW)
			clear(part, true);
	}
	close(part);
}
