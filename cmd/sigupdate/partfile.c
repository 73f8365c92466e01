/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/partfile.h"
#include "cmd/sigupdate/partlost.h"
#include "cmd/sigupdate/progress.h"
#include "cmd/sigupdate/ranges.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 256, LINES = FETCH_TAG + 4352 };

_Noreturn static void
fail(const struct partfile *p, const char *name)
{
	int error = errno;

	progress_erase();
	errno = error;
	partlost(p->dir, name);
}

static const char *
tag_name(const struct partfile *p, char name[NAME])
{
	if (snprintf(name, NAME, "%s.tag", p->name) >= NAME) {
		errno = ENAMETOOLONG;
		fail(p, p->name);
	}
	return name;
}

static void
remove_one(const struct partfile *p, const char *name)
{
	if (unlinkat(p->dir, name, 0) < 0 && errno != ENOENT)
		fail(p, name);
}

static void
sync_names(const struct partfile *p)
{
	if (fsync(p->dir) < 0)
		fail(p, p->name);
}

static void
write_all(const struct partfile *p, int fd, const char *name, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, bytes, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			fail(p, name);
		bytes += w;
		n -= (size_t)w;
	}
}

static void
close_synced(const struct partfile *p, int fd, const char *name)
{
	if (fsync(fd) < 0 || close(fd) < 0)
		fail(p, name);
}

/* A regular file that is there, or -1; what is none is an error. */
static int
open_old(const struct partfile *p, const char *name, int flags)
{
	int fd = openat(p->dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno != ENOENT)
		fail(p, name);
	if (fd >= 0 && fstat(fd, &st) < 0)
		fail(p, name);
	if (fd >= 0 && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		fail(p, name);
	}
	return fd;
}

static int
open_new(const struct partfile *p, const char *name)
{
	int fd = openat(p->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		fail(p, name);
	return fd;
}

/* Both lines whole, the ETag strong, and the URL ours? */
static bool
read_tag(struct partfile *p)
{
	char name[NAME], text[LINES];
	int fd = open_old(p, tag_name(p, name), O_RDONLY);
	size_t url = strlen(p->url);
	struct span tag = { text, 0 };
	const char *end;
	ssize_t n;

	if (fd < 0)
		return false;
	if ((n = read(fd, text, sizeof text)) < 0)
		fail(p, name);
	close(fd);
	if ((end = memchr(text, '\n', (size_t)n)) == NULL)
		return false;
	tag.n = (size_t)(end - text);
	if (ranges_tag(tag) != RANGES_STRONG || tag.n >= FETCH_TAG ||
	    (size_t)n != tag.n + url + 2 || memcmp(end + 1, p->url, url) != 0 ||
	    text[n - 1] != '\n')
		return false;
	memcpy(p->tag, text, tag.n);
	p->tag[tag.n] = '\0';
	return true;
}

void
partfile_open(struct partfile *p, int dir, const char *name, const char *url)
{
	off_t end;

	*p = (struct partfile){ .dir = dir, .name = name, .url = url, .fd = -1 };
	if (!read_tag(p) || (p->fd = open_old(p, name, O_WRONLY | O_APPEND)) < 0) {
		p->tag[0] = '\0';
		return;
	}
	if ((end = lseek(p->fd, 0, SEEK_END)) < 0)
		fail(p, name);
	p->size = (unsigned long long)end;
}

/* The tag is gone from the disk before the bytes are that it was about. */
void
partfile_anew(struct partfile *p, const char *tag)
{
	char name[NAME], text[LINES];
	int fd, n = snprintf(text, sizeof text, "%s\n%s\n", tag, p->url);

	partfile_remove(p);
	sync_names(p);
	p->fd = open_new(p, p->name);
	if (tag[0] == '\0' || n < 0 || (size_t)n >= sizeof text)
		return;
	fd = open_new(p, tag_name(p, name));
	write_all(p, fd, name, text, (size_t)n);
	close_synced(p, fd, name);
	sync_names(p);
	snprintf(p->tag, sizeof p->tag, "%s", tag);
}

void
partfile_write(struct partfile *p, const char *bytes, size_t n)
{
	write_all(p, p->fd, p->name, bytes, n);
	p->size += n;
}

static void
done(struct partfile *p)
{
	if (p->fd >= 0)
		close_synced(p, p->fd, p->name);
	p->fd = -1;
}

void
partfile_whole(struct partfile *p)
{
	char name[NAME];

	done(p);
	remove_one(p, tag_name(p, name));
	sync_names(p);
}

void
partfile_leave(struct partfile *p)
{
	if (p->tag[0] == '\0' || p->size == 0)
		partfile_remove(p);
	done(p);
}

void
partfile_remove(struct partfile *p)
{
	char name[NAME];

	if (p->fd >= 0 && close(p->fd) < 0)
		fail(p, p->name);
	p->fd = -1;
	p->size = 0;
	p->tag[0] = '\0';
	remove_one(p, tag_name(p, name));
	remove_one(p, p->name);
}
