/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* setresuid's effective user alone */
#include "cmd/avscand/paths.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
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

/* A change of rights takes away the signal that was to come at the parent's end. */
static void
become_root(int signal, pid_t parent)
{
	if (seteuid(0) < 0 || setegid(0) < 0 || prctl(PR_SET_PDEATHSIG, signal) < 0)
		abort();
	if (signal != 0 && getppid() != parent)
		kill(getpid(), signal);
}

/* With the rights of the user, and back to those of root. */
static int
open_as_user(const struct paths *p, const char *path, int flags)
{
	int fd, saved, signal = 0;
	pid_t parent = getppid();

	if (p->user.change && prctl(PR_GET_PDEATHSIG, &signal) < 0)
		return -1;
	if (p->user.change && (setegid(p->user.gid) < 0 || seteuid(p->user.uid) < 0))
		return -1;
	fd = open(path, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	saved = errno;
	if (p->user.change)
		become_root(signal, parent);
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
 * (but the path that the client named).  false: go on with the next.
 */
static bool
look(struct paths *p, bool named, int *fd, const char **wrong)
{
	struct stat st;

	*wrong = NULL;
	if ((*fd = open_as_user(p, p->path, named ? 0 : O_NOFOLLOW)) < 0) {
		if (!named && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
			return false;
		*wrong = reason(errno);
		return true;
	}
	if (fstat(*fd, &st) < 0)
		st.st_mode = 0;
	if (S_ISREG(st.st_mode))
		return true;
	close(*fd);
	*fd = -1;
	if (S_ISDIR(st.st_mode)) {
		if (add_folder(p, p->path))
			return false;
		*wrong = "Too many folders.";
		return true;
	}
	*wrong = "Not a regular file.";
	return named;
}

/* The next folder that can be read; false: it is told as wrong, or none is left. */
static bool
next_folder(struct paths *p, const char **wrong)
{
	char *path;
	int fd;

	*wrong = NULL;
	if (p->n == 0)
		return false;
	path = p->folder[--p->n];
	snprintf(p->in, sizeof p->in, "%s", path);
	free(path);
	fd = open_as_user(p, p->in, O_DIRECTORY);
	if (fd < 0 || (p->dir = fdopendir(fd)) == NULL) {
		*wrong = reason(errno);
		if (fd >= 0)
			close(fd);
		snprintf(p->path, sizeof p->path, "%s", p->in);
		return false;
	}
	return true;
}

/* The next name in the folder, to path; 0: no more, -1: what was wrong with it. */
static int
next_name(struct paths *p, const char **wrong)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(p->dir);
	} while (e != NULL && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
	if (e == NULL) {
		int saved = errno;

		closedir(p->dir);
		p->dir = NULL;
		if (saved == 0)
			return 0;
		*wrong = "Cannot be read.";
		snprintf(p->path, sizeof p->path, "%s", p->in);
		return -1;
	}
	if ((size_t)snprintf(p->path, sizeof p->path, "%s/%s", p->in, e->d_name) <
	    sizeof p->path)
		return 1;
	*wrong = "Its path is too long.";
	return -1;
}

bool
paths_next(struct paths *p, const char **name, int *fd, const char **wrong)
{
	*name = p->path;
	*fd = -1;
	if (p->first) {
		p->first = false;
		if (look(p, true, fd, wrong))
			return true;
	}
	for (;;) {
		int more;

		if (p->dir == NULL && !next_folder(p, wrong))
			return *wrong != NULL;
		while ((more = next_name(p, wrong)) > 0)
			if (look(p, false, fd, wrong))
				return true;
		if (more < 0)
			return true;
	}
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
