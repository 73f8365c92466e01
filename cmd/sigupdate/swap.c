/* SPDX-License-Identifier: ISC */
/* What root.h says of publishing: each step leaves what root_tidy can go on from. */
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/prune.h"
#include "cmd/sigupdate/root.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
sync_root(const struct root *r)
{
	if (fsync(r->fd) < 0)
		err(EXIT_RETRY, "%s", r->path);
}

static void
make_link(const struct root *r, const char *gen, const char *name)
{
	if (!folder_unlink(r->fd, name) || symlinkat(gen, r->fd, name) < 0)
		root_lost(r, name);
}

static void
move(const struct root *r, const char *from, const char *to)
{
	if (renameat(r->fd, from, r->fd, to) < 0)
		root_lost(r, to);
}

/* .next leads to gen, which is there. */
static void
advance(const struct root *r, const char *gen)
{
	char old[ROOT_GEN];

	sync_root(r);
	if (root_link(r, "current", old) && strcmp(old, gen) != 0) {
		make_link(r, old, ".previous");
		move(r, ".previous", "previous");
	}
	move(r, ".next", "current");
	sync_root(r);
}

void
root_publish(struct root *r, const char *gen)
{
	if (fchmod(r->stage, 0755) < 0 || fsync(r->stage) < 0)
		root_lost(r, ".stage");
	close(r->stage);
	r->stage = -1;
	make_link(r, gen, ".next");
	move(r, ".stage", gen);
	advance(r, gen);
}

void
root_switch(struct root *r, const char *gen)
{
	char now[ROOT_GEN];

	if (!root_has(r, gen))
		errx(EXIT_RETRY, "%s/%s: there is no such generation", r->path, gen);
	if (root_link(r, "current", now) && strcmp(now, gen) == 0)
		return;
	make_link(r, gen, ".next");
	advance(r, gen);
}

static void
drop(const struct root *r, const char *name)
{
	if (!folder_remove(r->fd, name))
		root_lost(r, name);
}

static bool
whole(const struct root *r, const char *gen)
{
	struct stat st;
	char path[ROOT_GEN + sizeof "/manifest"];

	snprintf(path, sizeof path, "%s/manifest", gen);
	if (fstatat(r->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (errno != ENOENT)
		root_lost(r, path);
	return false;
}

void
root_tidy(struct root *r)
{
	static const char *const LEFT[] = { ".next", ".previous", ".stage", ".state.new" };
	char next[ROOT_GEN], now[ROOT_GEN], before[ROOT_GEN];

	if (root_link(r, ".next", next) && whole(r, next))
		advance(r, next);
	for (size_t i = 0; i < sizeof LEFT / sizeof LEFT[0]; i++)
		drop(r, LEFT[i]);
	/* By hand alone: as it is it leads nobody back. */
	if (root_link(r, "current", now) && root_link(r, "previous", before) &&
	    strcmp(now, before) == 0)
		drop(r, "previous");
	prune_finish(r);
}
