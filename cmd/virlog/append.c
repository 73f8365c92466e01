/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/append.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 5 };

/* Descriptor to read the file that fd is, -1 if that is not to be. */
static int
open_look(const char *path, int fd)
{
	struct stat st, seen;
	int look;

	/* To open a pipe would make us its reader. */
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	look = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (look < 0)
		return -1;
	if (fstat(look, &seen) == 0 && seen.st_dev == st.st_dev && seen.st_ino == st.st_ino)
		return look;
	close(look);
	return -1;
}

int
append_open(struct append *a, const char *path)
{
	a->path = path;
	a->look = -1;
	a->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC, 0640);
	if (a->fd < 0)
		return -1;
	a->look = open_look(path, a->fd);
	return 0;
}

/* The size of the file, 0 if it is not to be told or the file ends with a line. */
static off_t
torn_size(const struct append *a)
{
	struct stat st;
	char last = '\n';

	if (a->look < 0 || fstat(a->look, &st) < 0 || st.st_size == 0)
		return 0;
	(void)!pread(a->look, &last, 1, st.st_size - 1);
	return last == '\n' ? 0 : st.st_size;
}

/*
 * Did a writer come to its end within a line?  A write that is not done yet looks like
 * that too, but it grows.
 */
static bool
is_torn(const struct append *a)
{
	const struct timespec moment = { 0, 2000000 };
	off_t size = torn_size(a), before;

	for (int i = 0; size > 0 && i < LOOKS; i++) {
		before = size;
		nanosleep(&moment, NULL);
		size = torn_size(a);
		if (size == before)
			return true;
	}
	return false;
}

int
append_line(const struct append *a, const char *line, size_t n)
{
	char text[1 + LINE_BYTES] = "\n";
	size_t begin = is_torn(a) ? 0 : 1, len = 1 + n + 1 - begin;
	ssize_t w;

	memcpy(text + 1, line, n);
	text[1 + n] = '\n';
	while ((w = write(a->fd, text + begin, len)) < 0 && errno == EINTR)
		continue;
	if (w == (ssize_t)len)
		return 0;
	/* The rest would stand behind what others wrote since: the line is given up. */
	if (w >= 0 && write(a->fd, "\n", 1) >= 0)
		errno = ENOSPC;
	return -1;
}

int
append_close(struct append *a)
{
	int fd = a->fd;

	if (a->look >= 0)
		close(a->look);
	a->fd = a->look = -1;
	return fd < 0 ? 0 : close(fd);
}
