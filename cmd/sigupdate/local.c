/* SPDX-License-Identifier: ISC */
/* A folder of this machine, which somebody may be changing meanwhile. */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/kinds.h"
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/pinned.h"
#include "common/sigkind.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 3, MARK = 2 * SHA256_BYTES + 1 };

/* Names, sizes, times and numbers of all signature files, as one word. */
static bool
mark(int dir, const struct list *names, char word[MARK])
{
	unsigned char digest[SHA256_BYTES];
	crypto_hash_sha256_state h;
	char line[512];
	struct stat st;

	crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < names->n; i++) {
		if (fstatat(dir, names->word[i], &st, 0) < 0)
			return false;
		snprintf(line, sizeof line, "%s %lld %lld.%09ld %llu\n", names->word[i],
		    (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		    (unsigned long long)st.st_ino);
		crypto_hash_sha256_update(&h, (const unsigned char *)line, strlen(line));
	}
	crypto_hash_sha256_final(&h, digest);
	sodium_bin2hex(word, MARK, digest, sizeof digest);
	return true;
}

/* What libclamav would take of the folder; false: c says why not. */
static bool
names_of(struct candidate *c, int dir, struct list *names)
{
	char **all = folder_names(dir);
	bool good = true;

	*names = (struct list){ NULL, 0 };
	if (all == NULL) {
		candidate_is(c, OUTCOME_FAILED, "%s: %s", c->source->where.word[0],
		    strerror(errno));
		return false;
	}
	for (char **n = all; good && *n != NULL; n++) {
		const char *name = *n;
		const char *what = sigkind(name) == SIGKIND_NONE ? NULL :
		    filename_wrong((struct span){ name, strlen(name) });
		struct stat st;

		if (sigkind(name) == SIGKIND_NONE ||
		    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (what == NULL && fstatat(dir, name, &st, 0) < 0)
			what = strerror(errno);
		if (what == NULL && (unsigned long long)st.st_size > c->source->limits.max_size)
			what = "is larger than max-size";
		if (what == NULL && !S_ISREG(st.st_mode))
			what = "is no regular file";
		if (what != NULL)
			candidate_is(c, OUTCOME_REFUSED, "%s: %s", name, what);
		else
			list_add(names, name);
		good = what == NULL;
	}
	folder_names_free(all);
	return good;
}

/* The date of a container is its author's; of a list, when it was changed. */
static time_t
made(int dir, const struct list *names)
{
	time_t container = 0, any = 0;

	for (size_t i = 0; i < names->n; i++) {
		char first[CVDHEAD_BYTES];
		struct cvdhead h;
		struct stat st;

		if (sigkind(names->word[i]) == SIGKIND_CONTAINER &&
		    part_head(dir, names->word[i], first) &&
		    cvdhead_parse(&h, (struct span){ first, sizeof first })) {
			if (h.made > container)
				container = h.made;
		} else if (fstatat(dir, names->word[i], &st, 0) == 0 && st.st_mtime > any)
			any = st.st_mtime;
	}
	return container != 0 ? container : any;
}

/* A container that is older than ours came from a copy of long ago; -S if that is meant. */
static bool
newer(struct run *r, struct candidate *c, int dir, const char *name)
{
	char first[CVDHEAD_BYTES];
	struct cvdhead h;

	return r->smaller || sigkind(name) != SIGKIND_CONTAINER || !part_head(dir, name, first) ||
	    !cvdhead_parse(&h, (struct span){ first, sizeof first }) ||
	    pinned_number(r, c, name, h.number);
}

/* A file that is what we have is not copied. */
static bool
take(struct run *r, struct candidate *c, int dir, int part, const char *name)
{
	const struct manifest_file *old = candidate_old(r, c->source, name);
	const char *what = NULL;
	struct manifest_file f = { .size = 0 };

	snprintf(f.name, sizeof f.name, "%s", name);
	if ((old != NULL || r->look) && !root_digest_followed(dir, name, &f)) {
		candidate_here(c, "%s: %s", name, strerror(errno));
		return false;
	}
	if (old != NULL && candidate_same_file(old, &f))
		return candidate_add(c, old);
	if (!newer(r, c, dir, name))
		return false;
	if (!r->look)
		what = root_copy(dir, name, part, &f);
	if (what != NULL)
		candidate_is(c, OUTCOME_FAILED, "%s: %s", name, what);
	return what == NULL && candidate_add(c, &f);
}

static void
take_all(struct run *r, struct candidate *c, int dir, const struct list *names)
{
	int part = r->look ? -1 : root_part(&r->root, c->source->name);
	bool good = true;
	time_t when;

	if (!r->look)
		part_only(part, &(struct manifest){ .files = 0 });
	for (size_t i = 0; good && i < names->n; i++)
		good = mirrors_in_time(r, c) && take(r, c, dir, part, names->word[i]);
	if (part >= 0)
		close(part);
	when = made(dir, names);
	if (good)
		candidate_settle(r, c, 0, when > r->time ? r->time : when);
}

/* Once; false: it changed while it was looked at. */
static bool
ask(struct run *r, struct candidate *c, int dir)
{
	const struct manifest_source *now = manifest_source(&r->now, c->source->name);
	const struct state_source *s = state_source(&r->state, c->source->name);
	struct list names = { NULL, 0 };
	char before[MARK], after[MARK];
	bool still = true;

	if (!names_of(c, dir, &names))
		;
	else if (names.n == 0 && !c->source->optional)
		candidate_is(c, OUTCOME_REFUSED, "%s: holds no signature file",
		    c->source->where.word[0]);
	else if (!mark(dir, &names, before))
		still = false;
	else if (now != NULL && s != NULL && memcmp(s->of, now->id, sizeof now->id) == 0 &&
	    strcmp(s->tag, before) == 0)
		candidate_is(c, OUTCOME_SAME, "%s", "");
	else {
		take_all(r, c, dir, &names);
		list_free(&names);
		still = names_of(c, dir, &names) && mark(dir, &names, after) &&
		    strcmp(before, after) == 0;
		snprintf(c->tag, sizeof c->tag, "%s", before);
	}
	list_free(&names);
	return still;
}

void
local_ask(struct run *r, struct candidate *c)
{
	const char *path = c->source->where.word[0];
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	c->url = path;
	if (dir < 0 && errno == ENOENT && c->source->optional) {
		candidate_settle(r, c, 0, 0);
		return;
	}
	if (dir < 0) {
		candidate_here(c, "%s: %s", path, strerror(errno));
		return;
	}
	for (int i = 0; !ask(r, c, dir); i++) {
		if (i == TRIES) {
			candidate_is(c, OUTCOME_FAILED, "%s: changes while it is copied", path);
			break;
		}
		candidate_empty(c);
	}
	close(dir);
}
