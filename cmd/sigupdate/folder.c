/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/folder.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 3, STEP = 64 };

static int
close_on_error(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

int
folder_open(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
folder_make(int dir, const char *name, mode_t mode)
{
	int fd;

	if (mkdirat(dir, name, mode) < 0 && errno != EEXIST)
		return -1;
	if ((fd = folder_open(dir, name)) < 0)
		return -1;
	return fchmod(fd, mode) < 0 ? close_on_error(fd) : fd;
}

static bool
add_name(char ***names, size_t *n, const char *name)
{
	if (*n % STEP == 0) {
		char **more = realloc(*names, (*n + STEP + 1) * sizeof *more);

		if (more == NULL)
			return false;
		*names = more;
	}
	(*names)[*n + 1] = NULL;
	if (((*names)[*n] = strdup(name)) == NULL)
		return false;
	(*n)++;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A descriptor of its own, for one that was read has moved on. */
static DIR *
reading(int dir)
{
	int fd = folder_open(dir, ".");
	DIR *d;

	if (fd < 0)
		return NULL;
	if ((d = fdopendir(fd)) == NULL)
		(void)close_on_error(fd);
	return d;
}

char **
folder_names(int dir)
{
	DIR *d = reading(dir);
	char **names = NULL;
	struct dirent *e;
	size_t n = 0;
	int saved;

	if (d == NULL)
		return NULL;
	if ((names = calloc(STEP + 1, sizeof *names)) != NULL)
		while (errno = 0, (e = readdir(d)) != NULL)
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			    !add_name(&names, &n, e->d_name))
				break;
	saved = errno;
	closedir(d);
	if (saved != 0) {
		folder_names_free(names);
		errno = saved;
		return NULL;
	}
	qsort(names, n, sizeof *names, by_name);
	return names;
}

void
folder_names_free(char **names)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

bool
folder_unlink(int dir, const char *name)
{
	return unlinkat(dir, name, 0) == 0 || errno == ENOENT;
}

/* depth <= DEPTH_MAX. */
static bool
remove_at(int dir, const char *name, int depth)
{
	bool done = true;
	char **names;
	int fd;

	if (folder_unlink(dir, name))
		return true;
	if (errno != EISDIR || depth == DEPTH_MAX)
		return false;
	if ((fd = folder_open(dir, name)) < 0)
		return false;
	if ((names = folder_names(fd)) == NULL)
		return close_on_error(fd) == 0;
	for (size_t i = 0; done && names[i] != NULL; i++)
		done = remove_at(fd, names[i], depth + 1);
	(void)close_on_error(fd);
	folder_names_free(names);
	return done && unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

bool
folder_remove(int dir, const char *name)
{
	return remove_at(dir, name, 0);
}

/* All of size bytes, and the end behind them. */
static bool
read_all(int fd, char *to, size_t size)
{
	size_t got = 0;

	while (got <= size) {
		ssize_t r = read(fd, to + got, size + 1 - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return false;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	errno = EBADMSG;
	return got == size;
}

char *
folder_read(int dir, const char *name, size_t most, size_t *n)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *text = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0) {
		*n = (size_t)st.st_size;
		if (!S_ISREG(st.st_mode))
			errno = EINVAL;
		else if (*n > most)
			errno = EFBIG;
		else if ((text = malloc(*n + 1)) != NULL && !read_all(fd, text, *n)) {
			free(text);
			text = NULL;
		}
	}
	(void)close_on_error(fd);
	if (text != NULL)
		text[*n] = '\0';
	return text;
}

bool
folder_fill(int fd, const void *p, size_t n)
{
	return write_all(fd, p, n) == 0;
}

bool
folder_write(int dir, const char *name, const char *text, size_t n, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int saved;

	if (fd < 0)
		return false;
	if (!folder_fill(fd, text, n) || fchmod(fd, mode) < 0 || fsync(fd) < 0)
		(void)close_on_error(fd);
	else if (close(fd) == 0)
		return true;
	saved = errno;
	(void)unlinkat(dir, name, 0);
	errno = saved;
	return false;
}
