/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/paths.h"

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
	DIR *dir;		/* the folder that is being read, or NULL */
	char in[PATH_MAX];	/* its path */
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

/* With the rights of the user, and back to those of root. */
static int
open_as_user(const struct paths *p, const char *path, int flags)
{
	int fd, saved;

	if (p->user.change && !become(p->user.uid, p->user.gid, false)) {
		if (!become(0, 0, true))
			abort();
		return -1;
	}
	fd = open(path, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
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

/*
 * A path, opened: a file is told, a folder is noted, anything else is nothing
 * (but the path that the client named).
 */
static enum paths_found
look(struct paths *p, bool named, int *fd, const char **wrong)
{
	struct stat st;

	if ((*fd = open_as_user(p, p->path, named ? 0 : O_NOFOLLOW)) < 0) {
		if (!named && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
			return PATHS_NOTHING;
		*wrong = reason(errno);
		return PATHS_WRONG;
	}
	if (fstat(*fd, &st) < 0)
		st.st_mode = 0;
	if (S_ISREG(st.st_mode))
		return PATHS_FILE;
	close(*fd);
	*fd = -1;
	if (S_ISDIR(st.st_mode)) {
		if (add_folder(p, p->path))
			return PATHS_NOTHING;
		*wrong = "Too many folders.";
		return PATHS_WRONG;
	}
	*wrong = "Not a regular file.";
	return named ? PATHS_WRONG : PATHS_NOTHING;
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
	fd = open_as_user(p, p->in, O_DIRECTORY);
	if (fd >= 0 && (p->dir = fdopendir(fd)) != NULL)
		return PATHS_NOTHING;
	*wrong = reason(errno);
	if (fd >= 0)
		close(fd);
	snprintf(p->path, sizeof p->path, "%s", p->in);
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
	snprintf(p->path, sizeof p->path, "%s", p->in);
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
		return look(p, true, fd, wrong);
	}
	if (p->dir == NULL)
		return next_folder(p, wrong);
	errno = 0;
	if ((e = readdir(p->dir)) == NULL)
		return end_folder(p, errno, wrong);
	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return PATHS_NOTHING;
	if ((size_t)snprintf(p->path, sizeof p->path, "%s/%s", p->in, e->d_name) >=
	    sizeof p->path) {
		*wrong = "Its path is too long.";
		return PATHS_WRONG;
	}
	return look(p, false, fd, wrong);
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
	while (p->n > 0)
		free(p->folder[--p->n]);
	free(p->folder);
	free(p);
}
