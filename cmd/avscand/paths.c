/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/paths.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS_MAX = 100000 };

struct paths {
	struct paths_user user;
	char **folder;		/* owned; those that are still to be read */
	size_t n, room;
	bool first;		/* the path itself is next */
	int root;		/* the folder that was named, or -1 */
	DIR *dir;		/* the folder that is being read, or NULL */
	char in[PATH_MAX];	/* its path, below the root; "": that itself */
	char named[PATH_MAX];
	char path[PATH_MAX];
};

struct paths *
paths_open(const char *path, const struct paths_user *u)
{
	struct paths *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->user = *u;
	p->first = true;
	p->root = -1;
	snprintf(p->named, sizeof p->named, "%s", path);
	snprintf(p->path, sizeof p->path, "%s", path);
	return p;
}

/*
 * The C library's setresuid would have all threads take part, and one of them may
 * hang in close(2): these are this thread's rights only.
 */
static bool
become(uid_t uid, gid_t gid, bool user_first)
{
	for (int i = 0; i < 2; i++)
		if (((i == 0) == user_first ? syscall(SYS_setresuid, -1, uid, -1) :
		    syscall(SYS_setresgid, -1, gid, -1)) < 0)
			return false;
	return true;
}

/* openat2(2), which the C library has no name for; links within the path fail. */
static int
open_below(int folder, const char *name, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_NOFOLLOW,
	    .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH };

	return (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
}

/*
 * With the rights of the user, and back to those of root.  folder: what the name is
 * below of, and no link is followed; -1: a path, as it is.
 */
static int
open_as_user(const struct paths *p, int folder, const char *name, int flags)
{
	int fd, saved;

	if (p->user.change && !become(p->user.uid, p->user.gid, false)) {
		if (!become(0, 0, true))
			abort();
		return -1;
	}
	flags |= O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	fd = folder < 0 ? open(name, flags) : open_below(folder, name, flags);
	saved = errno;
	if (p->user.change && !become(0, 0, true))
		abort();
	errno = saved;
	return fd;
}

static const char *
reason(int error)
{
	if (error == ENOENT || error == ENOTDIR)
		return "No such file or directory.";
	if (error == EACCES || error == EPERM)
		return "Access denied.";
	return "Cannot be opened.";
}

static bool
add_folder(struct paths *p, const char *path)
{
	if (p->n == FOLDERS_MAX)
		return false;
	if (p->n == p->room) {
		size_t room = p->room ? 2 * p->room : 16;
		char **more = reallocarray(p->folder, room, sizeof *more);

		if (more == NULL)
			return false;
		p->folder = more;
		p->room = room;
	}
	if ((p->folder[p->n] = strdup(path)) == NULL)
		return false;
	p->n++;
	return true;
}

/* The folder's own path, to be told; it was shorter than a path of its files. */
static void
tell_folder(struct paths *p)
{
	int n = snprintf(p->path, sizeof p->path, "%s%s%s", p->named,
	    p->in[0] == '\0' ? "" : "/", p->in);

	if (n < 0 || (size_t)n >= sizeof p->path)
		snprintf(p->path, sizeof p->path, "%s", p->named);
}

/* Takes what was opened: a file is told, a folder is noted as below the root. */
static enum paths_found
take(struct paths *p, const char *below, int *fd, const char **wrong)
{
	struct stat st;

	if (fstat(*fd, &st) < 0)
		st.st_mode = 0;
	if (S_ISREG(st.st_mode))
		return PATHS_FILE;
	if (S_ISDIR(st.st_mode) && p->root < 0) {
		p->root = *fd;
		*fd = -1;
	} else {
		close(*fd);
		*fd = -1;
	}
	if (!S_ISDIR(st.st_mode)) {
		*wrong = "Not a regular file.";
		return below == NULL ? PATHS_WRONG : PATHS_NOTHING;
	}
	if (add_folder(p, below == NULL ? "" : below))
		return PATHS_NOTHING;
	*wrong = "Too many folders.";
	return PATHS_WRONG;
}

/* The path that the client named. */
static enum paths_found
look_at_named(struct paths *p, int *fd, const char **wrong)
{
	if ((*fd = open_as_user(p, -1, p->path, 0)) >= 0)
		return take(p, NULL, fd, wrong);
	*wrong = reason(errno);
	return PATHS_WRONG;
}

/* Is this name in the folder no file and no folder?  A link that was told of is none. */
static bool
is_other(const struct paths *p, const char *name)
{
	struct stat st;

	return fstatat(dirfd(p->dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* A name in the folder that is read. */
static enum paths_found
look(struct paths *p, const char *name, int *fd, const char **wrong)
{
	char below[sizeof p->in + NAME_MAX + 2];
	int n;

	*wrong = "Its path is too long.";
	n = snprintf(p->path, sizeof p->path, "%s/%s%s%s", p->named, p->in,
	    p->in[0] == '\0' ? "" : "/", name);
	if (n < 0 || (size_t)n >= sizeof p->path)
		return PATHS_WRONG;
	snprintf(below, sizeof below, "%s%s%s", p->in, p->in[0] == '\0' ? "" : "/", name);
	if ((*fd = open_as_user(p, dirfd(p->dir), name, 0)) >= 0)
		return take(p, below, fd, wrong);
	*wrong = reason(errno);
	return is_other(p, name) ? PATHS_NOTHING : PATHS_WRONG;
}

/* Opens the next folder. */
static enum paths_found
next_folder(struct paths *p, const char **wrong)
{
	char *path;
	int fd;

	if (p->n == 0)
		return PATHS_END;
	path = p->folder[--p->n];
	snprintf(p->in, sizeof p->in, "%s", path);
	free(path);
	fd = open_as_user(p, p->root, p->in[0] == '\0' ? "." : p->in, O_DIRECTORY);
	if (fd >= 0 && (p->dir = fdopendir(fd)) != NULL)
		return PATHS_NOTHING;
	*wrong = reason(errno);
	if (fd >= 0)
		close(fd);
	tell_folder(p);
	return PATHS_WRONG;
}

/* The folder has no more names, or cannot be read. */
static enum paths_found
end_folder(struct paths *p, int error, const char **wrong)
{
	closedir(p->dir);
	p->dir = NULL;
	if (error == 0)
		return PATHS_NOTHING;
	*wrong = "Cannot be read.";
	tell_folder(p);
	return PATHS_WRONG;
}

enum paths_found
paths_step(struct paths *p, const char **name, int *fd, const char **wrong)
{
	struct dirent *e;

	*name = p->path;
	*fd = -1;
	*wrong = NULL;
	if (p->first) {
		p->first = false;
		return look_at_named(p, fd, wrong);
	}
	if (p->dir == NULL)
		return next_folder(p, wrong);
	errno = 0;
	if ((e = readdir(p->dir)) == NULL)
		return end_folder(p, errno, wrong);
	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return PATHS_NOTHING;
	return look(p, e->d_name, fd, wrong);
}

const char *
paths_named(const struct paths *p)
{
	return p->named;
}

void
paths_close(struct paths *p)
{
	if (p == NULL)
		return;
	if (p->dir != NULL)
		closedir(p->dir);
	if (p->root >= 0)
		close(p->root);
	while (p->n > 0)
		free(p->folder[--p->n]);
	free(p->folder);
	free(p);
}
