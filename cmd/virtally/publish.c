/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* fopencookie */
#include "cmd/virtally/publish.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BESIDE ".virtally-"

enum { BUFFER = 65536, BESIDE_LEN = sizeof BESIDE - 1 + 16, TRIES = 16 };

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

/* Removes one that a killed run of ours left.  Who writes one holds its lock. */
static void
remove_if_left(int dir, const char *name)
{
	struct stat st;
	int fd;

	if (strlen(name) != BESIDE_LEN || memcmp(name, BESIDE, sizeof BESIDE - 1) != 0 ||
	    strspn(name + sizeof BESIDE - 1, "0123456789abcdef") != 16)
		return;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    (st.st_uid == geteuid() || geteuid() == 0) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

static void
remove_left(struct publish *p)
{
	int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (d == NULL)
		lost(p);
	while (errno = 0, (entry = readdir(d)) != NULL)
		remove_if_left(p->dir, entry->d_name);
	if (errno != 0)
		lost(p);
	closedir(d);
}

/* Between its making and its lock another one may have taken it for left over. */
static void
open_beside(struct publish *p, mode_t mode)
{
	struct stat st;
	uint64_t id;
	bool locked;

	for (int tries = 0; tries < TRIES; tries++) {
		if (getrandom(&id, sizeof id, 0) != sizeof id)
			lost(p);
		snprintf(p->beside, sizeof p->beside, BESIDE "%016" PRIx64, id);
		p->fd = openat(p->dir, p->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (p->fd < 0 && errno != EEXIST)
			lost(p);
		if (p->fd < 0)
			continue;
		locked = flock(p->fd, LOCK_EX | LOCK_NB) == 0;
		if ((!locked && errno != EWOULDBLOCK) || fstat(p->fd, &st) < 0)
			lost(p);
		if (locked && st.st_nlink > 0)
			return;
		unlinkat(p->dir, p->beside, 0);
		close(p->fd);
	}
	p->fd = -1;
	errno = EEXIST;
	lost(p);
}

bool
publish_give(int fd, int dir)
{
	struct stat folder, st;

	if (fstat(dir, &folder) < 0 || fstat(fd, &st) < 0)
		return false;
	if (st.st_uid == folder.st_uid && st.st_gid == folder.st_gid)
		return true;
	if (geteuid() == 0)
		return fchown(fd, folder.st_uid, folder.st_gid) == 0;
	/* who is none of the group keeps his own */
	return fchown(fd, (uid_t)-1, folder.st_gid) == 0 || errno == EPERM;
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

static FILE *
start(struct publish *p, int dir, const char *name, const char *path, mode_t mode)
{
	*p = (struct publish){ .dir = dir, .name = name, .path = path, .fd = -1 };
	if (name[0] == '\0')
		errno = EISDIR;
	else {
		remove_left(p);
		open_beside(p, mode);
		p->f = fopencookie(p, "w", (cookie_io_functions_t){ .write = write_or_end });
	}
	if (p->f == NULL || setvbuf(p->f, NULL, _IOFBF, BUFFER) != 0)
		lost(p);
	return p->f;
}

FILE *
publish_at(struct publish *p, int dir, const char *name, const char *path)
{
	return start(p, dir, name, path, 0644);
}

FILE *
publish_state_at(struct publish *p, int dir, const char *name, const char *path)
{
	FILE *f = start(p, dir, name, path, 0640);

	if (!publish_give(p->fd, dir))
		lost(p);
	return f;
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
