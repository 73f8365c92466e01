/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/watch.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, CHUNKS = 64 };	/* of a log, each time */

static bool
open_log(struct watched *l, bool at_end)
{
	struct stat st;

	l->fd = open(l->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (l->fd < 0)
		return errno == ENOENT;
	if (fstat(l->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(l->fd);
		l->fd = -1;
		errno = EINVAL;
		return false;
	}
	l->device = st.st_dev;
	l->inode = st.st_ino;
	l->offset = at_end ? st.st_size : 0;
	l->len = 0;
	l->skip = false;
	return true;
}

bool
watch_start(struct watch *w, const char *path)
{
	struct watched *l = &w->log[w->n++];

	l->path = path;
	return open_log(l, true);
}

static enum sighting
most(enum sighting a, enum sighting b)
{
	return a > b ? a : b;
}

static enum sighting
take_bytes(struct watched *l, const char *p, size_t n, const char *name)
{
	enum sighting found = SIGHTING_NONE;

	for (; n > 0; p++, n--) {
		if (*p == '\n') {
			if (!l->skip)
				found = most(found, sighting_line(l->line, l->len, name));
			l->len = 0;
			l->skip = false;
		} else if (l->len == sizeof l->line)
			l->skip = true;
		else
			l->line[l->len++] = *p;
	}
	return found;
}

/* What there is, up to a bound: a log that grows faster is looked at the next time. */
static enum sighting
read_on(struct watched *l, const char *name)
{
	static char chunk[CHUNK];
	enum sighting found = SIGHTING_NONE;
	ssize_t n;

	for (int i = 0; i < CHUNKS; i++) {
		if ((n = pread(l->fd, chunk, sizeof chunk, l->offset)) <= 0)
			break;
		l->offset += n;
		found = most(found, take_bytes(l, chunk, (size_t)n, name));
	}
	return found;
}

static enum sighting
look(struct watched *l, const char *name)
{
	enum sighting found = SIGHTING_NONE;
	struct stat st;

	if (l->fd >= 0) {
		if (fstat(l->fd, &st) == 0 && st.st_size < l->offset)
			l->offset = 0;	/* it was cut */
		found = read_on(l, name);
	}
	if (stat(l->path, &st) < 0 ||
	    (l->fd >= 0 && st.st_dev == l->device && st.st_ino == l->inode))
		return found;
	if (l->fd >= 0)
		close(l->fd);
	return open_log(l, false) && l->fd >= 0 ? most(found, read_on(l, name)) : found;
}

enum sighting
watch_look(struct watch *w, const char *name)
{
	enum sighting found = SIGHTING_NONE;

	for (size_t i = 0; i < w->n; i++)
		found = most(found, look(&w->log[i], name));
	return found;
}
