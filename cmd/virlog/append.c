/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/append.h"
#include "common/clock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Descriptor to read the regular file of st, -1 if that is not to be. */
static int
open_look(const char *path, const struct stat *st)
{
	struct stat seen;
	int look = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (look < 0)
		return -1;
	if (fstat(look, &seen) == 0 && seen.st_dev == st->st_dev &&
	    seen.st_ino == st->st_ino)
		return look;
	close(look);
	return -1;
}

/*
 * Who counts the lines may read them, whatever the umask of the mail's way is: pipe(8)
 * and services have 077.
 */
static int
open_log(const char *path)
{
	static const int flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags | O_CREAT | O_EXCL, 0600);

	if (fd < 0 && errno == EEXIST)
		return open(path, flags | O_CREAT, 0640);
	if (fd >= 0 && fchmod(fd, 0640) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int
append_open(struct append *a, const char *path)
{
	struct stat st;

	a->path = path;
	a->look = -1;
	a->regular = false;
	a->fd = open_log(path);
	if (a->fd < 0)
		return -1;
	/* To open a pipe once more would make us its reader. */
	a->regular = fstat(a->fd, &st) == 0 && S_ISREG(st.st_mode);
	if (a->regular)
		a->look = open_look(path, &st);
	return 0;
}

/* May the file end within a line? */
static bool
is_torn(const struct append *a)
{
	struct stat st;
	char last;

	if (!a->regular || (fstat(a->fd, &st) == 0 && st.st_size == 0))
		return false;
	return a->look < 0 || fstat(a->look, &st) < 0 ||
	    pread(a->look, &last, 1, st.st_size - 1) != 1 || last != '\n';
}

/* False: it is another's for longer than *left, or cannot be had. */
static bool
take_lock(const struct append *a, long long *left)
{
	const struct timespec moment = { 0, 500000 };
	long long deadline = 0;

	while (flock(a->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (deadline == 0)
			deadline = clock_ms() + *left;
		*left = deadline - clock_ms();
		if (*left <= 0) {
			*left = 0;
			return false;
		}
		nanosleep(&moment, NULL);
	}
	return true;
}

/* 0, or -1 with errno. */
static int
put_line(const struct append *a, const char *line, size_t n)
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
append_line(const struct append *a, const char *line, size_t n, long long *left)
{
	bool locked = a->regular && take_lock(a, left);
	int done = put_line(a, line, n), wrong = errno;

	if (locked)
		(void)flock(a->fd, LOCK_UN);
	errno = wrong;
	return done;
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
