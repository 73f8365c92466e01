/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* fopencookie */
#include "cmd/virtally/publish.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 65536 };

/* Removes what is half made, and ends. */
static _Noreturn void
lost(struct publish *p)
{
	int error = errno;

	if (p->fd >= 0)
		unlinkat(p->dir, p->beside, 0);
	p->fd = -1;
	errno = error;
	err(EXIT_RETRY, "%s", p->path);
}

static int
lock(struct publish *p)
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
open_beside(struct publish *p)
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

/* Why a write failed is no longer known to whoever closes the file. */
static ssize_t
write_or_end(void *cookie, const char *bytes, size_t n)
{
	struct publish *p = cookie;

	/* At the end of the process what is left is tried once more. */
	if (p->fd >= 0 && write_all(p->fd, bytes, n) < 0)
		lost(p);
	return (ssize_t)n;
}

FILE *
publish_at(struct publish *p, int dir, const char *name, const char *path)
{
	*p = (struct publish){ .dir = dir, .name = name, .path = path, .fd = -1 };
	snprintf(p->beside, sizeof p->beside, ".%s.new", name);
	if (name[0] == '\0')
		errno = EISDIR;
	else if (strlen(name) + 6 > sizeof p->beside)
		errno = ENAMETOOLONG;
	else {
		p->fd = open_beside(p);
		p->f = fopencookie(p, "w", (cookie_io_functions_t){ .write = write_or_end });
	}
	if (p->f == NULL || setvbuf(p->f, NULL, _IOFBF, BUFFER) != 0)
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
	/* Closing writes what is left; the descriptor is ours. */
	if (fclose(p->f) == EOF || fsync(p->fd) < 0 ||
	    renameat(p->dir, p->beside, p->dir, p->name) < 0)
		lost(p);
	if (close(p->fd) < 0 || fsync(p->dir) < 0)
		err(EXIT_RETRY, "%s", p->path);
	p->f = NULL;
	if (p->own)
		close(p->dir);
}
