/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/prune.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stage.h"
#include "common/cli.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char GONE[] = ".gone.";

enum { GONE_NAME = sizeof GONE - 1 + ROOT_GEN, DAY = 86400 };

/* Has the current generation a file of this name and content too? */
static bool
in_current(const struct root *r, int dir, const char *name)
{
	struct manifest_file a, b;
	char now[ROOT_GEN];
	int current = -1;
	bool same;

	if (root_link(r, "current", now))
		current = folder_open(r->fd, now);
	same = current >= 0 && root_digest(dir, name, &a) && root_digest(current, name, &b) &&
	    a.size == b.size && memcmp(a.sha256, b.sha256, sizeof a.sha256) == 0;
	if (current >= 0)
		close(current);
	return same;
}

/* May all in it be removed?  Else it is said for what it stays. */
static bool
removable(const struct root *r, int dir, const char *gen, char **names)
{
	struct manifest m;
	bool yes = true;

	/* A kill was between the last file and the folder. */
	if (names[0] == NULL)
		return true;
	if (faccessat(dir, "manifest", F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		say_plain("%s/%s: stays, for its manifest is gone: what in it is whose, nobody can "
		    "tell; remove it by hand", r->path, gen);
		return false;
	}
	if (!root_manifest(r, gen, &m))
		return false;
	for (size_t i = 0; yes && names[i] != NULL; i++) {
		yes = strcmp(names[i], "manifest") == 0 || manifest_file(&m, names[i]) != NULL ||
		    in_current(r, dir, names[i]);
		if (!yes)
			say_plain("%s/%s: stays, for somebody put a file there that `current' has "
			    "not: %s", r->path, gen, names[i]);
	}
	manifest_free(&m);
	return yes;
}

/* The manifest last: without it nobody could tell what else may go. */
static void
remove_all(const struct root *r, int dir, const char *gone, char **names)
{
	bool done = true;

	for (size_t i = 0; done && names[i] != NULL; i++)
		done = strcmp(names[i], "manifest") == 0 || folder_unlink(dir, names[i]);
	if (!done || !folder_unlink(dir, "manifest") || unlinkat(r->fd, gone, AT_REMOVEDIR) < 0)
		say_urgent("%s/%s: cannot be removed: %s", r->path, gone, strerror(errno));
}

/* gen: its name, and gone: what it is called while it is removed, which may be the same. */
static void
retire(const struct root *r, int dir, const char *gen, const char *gone)
{
	char **names = folder_names(dir);

	if (names == NULL)
		say_urgent("%s/%s: %s", r->path, gen, strerror(errno));
	else if (removable(r, dir, gen, names)) {
		if (strcmp(gen, gone) != 0 && renameat(r->fd, gen, r->fd, gone) < 0)
			say_urgent("%s/%s: cannot be removed: %s", r->path, gen, strerror(errno));
		else
			remove_all(r, dir, gone, names);
	}
	folder_names_free(names);
}

void
prune_finish(const struct root *r)
{
	char **names = folder_names(r->fd);

	if (names == NULL)
		err(EXIT_RETRY, "%s", r->path);
	for (size_t i = 0; names[i] != NULL; i++) {
		int dir;

		if (strncmp(names[i], GONE, sizeof GONE - 1) != 0)
			continue;
		if ((dir = folder_open(r->fd, names[i])) < 0) {
			say_urgent("%s/%s: %s", r->path, names[i], strerror(errno));
			continue;
		}
		retire(r, dir, names[i], names[i]);
		close(dir);
	}
	folder_names_free(names);
}

/* Has its folder been there for a day? */
static bool
old(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && time(NULL) - st.st_ctime > DAY;
}

static void
prune(const struct root *r, const char *gen)
{
	char gone[GONE_NAME];
	int dir = folder_open(r->fd, gen);

	if (dir < 0) {
		say_urgent("%s/%s: %s", r->path, gen, strerror(errno));
		return;
	}
	snprintf(gone, sizeof gone, "%s%s", GONE, gen);
	/* No load takes so long: somebody else may hold it for ever. */
	if (flock(dir, LOCK_EX | LOCK_NB) == 0 || (errno == EWOULDBLOCK && old(dir)))
		retire(r, dir, gen, gone);
	else if (errno != EWOULDBLOCK)
		say_urgent("%s/%s: %s", r->path, gen, strerror(errno));
	close(dir);
}

void
root_prune(struct root *r, unsigned keep)
{
	char (*gens)[ROOT_GEN], now[ROOT_GEN], before[ROOT_GEN];
	size_t n = root_list(r, &gens);

	(void)root_link(r, "current", now);
	(void)root_link(r, "previous", before);
	for (size_t i = n; i-- > keep;)
		if (strcmp(gens[i], now) != 0 && strcmp(gens[i], before) != 0)
			prune(r, gens[i]);
	free(gens);
}
