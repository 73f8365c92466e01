/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/walk.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folders from the argument down to where we are, and the path there. */
struct tree {
	size_t depth;
	struct {
		DIR *dir;
		size_t len;	/* of its path */
	} level[WALK_DEPTH];
	char *path;		/* owned */
	size_t size;
	bool whole;		/* all could be read */
};

static void
failed(struct tree *t)
{
	t->whole = false;
	progress_erase();
	warn("%s", show(t->path));
}

/* The path of name in the folder at hand. */
static void
set_path(struct tree *t, const char *name)
{
	size_t len = t->level[t->depth - 1].len, n = strlen(name);

	if (len + n + 2 > t->size) {
		t->size = 2 * (len + n + 2);
		if ((t->path = realloc(t->path, t->size)) == NULL)
			err(EXIT_RETRY, "malloc");
	}
	if (len > 0 && t->path[len - 1] != '/')
		t->path[len++] = '/';
	memcpy(t->path + len, name, n + 1);
}

/* Goes down into the folder whose path is set; fd may be -1 with errno. */
static void
enter(struct tree *t, int fd)
{
	DIR *dir = NULL;

	if (fd >= 0 && t->depth == WALK_DEPTH)
		errno = ELOOP;
	else if (fd >= 0)
		dir = fdopendir(fd);
	if (dir == NULL) {
		failed(t);
		if (fd >= 0)
			close(fd);
		return;
	}
	t->level[t->depth].dir = dir;
	t->level[t->depth++].len = strlen(t->path);
}

static void
leave(struct tree *t)
{
	closedir(t->level[--t->depth].dir);
}

/* The next name in the folder at hand; NULL at its end. */
static const char *
next_name(struct tree *t)
{
	struct dirent *d;

	do {
		errno = 0;
		d = readdir(t->level[t->depth - 1].dir);
	} while (d != NULL && (strcmp(d->d_name, ".") == 0 ||
	    strcmp(d->d_name, "..") == 0));
	if (d == NULL && errno != 0) {
		t->path[t->level[t->depth - 1].len] = '\0';
		failed(t);
	}
	return d != NULL ? d->d_name : NULL;
}

/* A regular file of that name, or -1 after a message. */
static int
open_file(struct tree *t, int folder, const char *name)
{
	/* Without O_NONBLOCK a pipe that took its place would hold us up. */
	int fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	if (fd >= 0) {
		close(fd);
		errno = EINVAL;
	}
	failed(t);
	return -1;
}

/* False: the visitor ends the walk. */
static bool
look_at(struct tree *t, const char *name,
    bool (*visit)(void *ctx, int fd, const char *path), void *ctx)
{
	int folder = dirfd(t->level[t->depth - 1].dir), fd;
	struct stat st;

	set_path(t, name);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		failed(t);
	} else if (S_ISDIR(st.st_mode)) {
		enter(t, openat(folder, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	} else if (S_ISREG(st.st_mode)) {
		if ((fd = open_file(t, folder, name)) >= 0)
			return visit(ctx, fd, t->path);
	} else if (!S_ISLNK(st.st_mode)) {
		progress_erase();
		warnx("%s: not a file, passed over", show(t->path));
	}
	return true;
}

bool
walk(const char *folder, bool (*visit)(void *ctx, int fd, const char *path), void *ctx)
{
	static struct tree t;
	const char *name;
	bool on = true;

	t.whole = true;
	t.size = strlen(folder) + 1;
	if ((t.path = strdup(folder)) == NULL)
		err(EXIT_RETRY, "malloc");
	enter(&t, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	while (t.depth > 0) {
		if (on && (name = next_name(&t)) != NULL)
			on = look_at(&t, name, visit, ctx);
		else
			leave(&t);
	}
	free(t.path);
	return t.whole;
}
