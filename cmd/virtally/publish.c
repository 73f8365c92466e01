/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/publish.h"
#include "common/cli.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Removes what is half made, and ends. */
static _Noreturn void
lost(const struct publish *p)
{
	int error = errno;

	if (p->f != NULL)
		unlinkat(p->dir, p->beside, 0);
	errno = error;
	err(EXIT_RETRY, "%s", p->path);
}

static int
lock(const struct publish *p)
{
	int fd = openat(p->dir, p->beside,
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);

	if (fd < 0)
		lost(p);
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			lost(p);
	return fd;
}

/*
 * Two that publish the same take turns: while one waited for the lock, the other one has
 * renamed the file away.
 */
static int
open_beside(const struct publish *p)
{
	struct stat st, there;
	int fd = lock(p);

	while (fstat(fd, &st) == 0 && (fstatat(p->dir, p->beside, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_dev != there.st_dev || st.st_ino != there.st_ino)) {
		close(fd);
		fd = lock(p);
	}
	if (!S_ISREG(st.st_mode)) {
		errno = EEXIST;
		lost(p);
	}
	if (ftruncate(fd, 0) < 0)
		lost(p);
	return fd;
}

FILE *
publish_at(struct publish *p, int dir, const char *name, const char *path)
{
	int fd;

	*p = (struct publish){ .dir = dir, .name = name, .path = path };
	snprintf(p->beside, sizeof p->beside, ".%s.new", name);
	if (name[0] == '\0')
		errno = EISDIR;
	else if (strlen(name) + 6 > sizeof p->beside)
		errno = ENAMETOOLONG;
	else {
		fd = open_beside(p);
		p->f = fdopen(fd, "w");
	}
	if (p->f == NULL)
		lost(p);
	return p->f;
}

FILE *
publish(struct publish *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") :
	    strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int dir = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		err(EXIT_RETRY, "%s", path);
	free(folder);
	publish_at(p, dir, slash == NULL ? path : slash + 1, path);
	p->own = true;
	return p->f;
}

void
publish_done(struct publish *p)
{
	bool failed = ferror(p->f) != 0;

	if (fflush(p->f) == EOF)
		lost(p);
	if (failed) {
		errno = EIO;	/* what it was is no longer known */
		lost(p);
	}
	if (fsync(fileno(p->f)) < 0 || renameat(p->dir, p->beside, p->dir, p->name) < 0)
		lost(p);
	if (fclose(p->f) == EOF || fsync(p->dir) < 0)
		err(EXIT_RETRY, "%s", p->path);
	p->f = NULL;
	if (p->own)
		close(p->dir);
}
