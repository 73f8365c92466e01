/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/sigset.h"
#include "common/cli.h"
#include "common/sigkind.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 5 };		/* to hold what a link leads to */

static const char current[] = "/var/lib/multiscan/sigs/current";
static const char freshclam[] = "/var/lib/clamav";

/* How many files of a set the folder holds; -1 with errno. */
static long
count_parts(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	long n = 0;
	int saved;

	if (d == NULL)
		return -1;
	while (errno = 0, (e = readdir(d)) != NULL)
		n += sigkind(e->d_name) != SIGKIND_NONE;
	saved = errno;
	closedir(d);
	errno = saved;
	return saved == 0 ? n : -1;
}

/* FNV-1a */
static uint64_t
hash(uint64_t h, const void *p, size_t n)
{
	const unsigned char *byte = p;

	while (n-- > 0)
		h = (h ^ *byte++) * 0x100000001b3;
	return h;
}

/* What tells a file, or the folder, from a later one; of all, the sum: they have no order. */
static uint64_t
mark(const char *name, const struct stat *st)
{
	uint64_t h = hash(0xcbf29ce484222325, name, strlen(name));

	h = hash(h, &st->st_dev, sizeof st->st_dev);
	h = hash(h, &st->st_ino, sizeof st->st_ino);
	if (S_ISDIR(st->st_mode))
		return h;
	h = hash(h, &st->st_size, sizeof st->st_size);
	h = hash(h, &st->st_mtim.tv_sec, sizeof st->st_mtim.tv_sec);
	return hash(h, &st->st_mtim.tv_nsec, sizeof st->st_mtim.tv_nsec);
}

static void
check_part(struct sigset *s, DIR *d, const char *name)
{
	struct stat st;

	if (fstatat(dirfd(d), name, &st, 0) < 0)
		err(EXIT_RETRY, "%s/%s", s->dir, name);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_RETRY, "%s/%s: not a regular file: take it out of the set",
		    s->dir, name);
	if (st.st_size == 0)
		errx(EXIT_RETRY, "%s/%s: empty: libclamav refuses the whole set "
		    "for it; fetch it again or take it out", s->dir, name);
	if (st.st_mtime > s->newest)
		s->newest = st.st_mtime;
	s->mark += mark(name, &st);
}

static void
check_parts(struct sigset *s)
{
	DIR *d = opendir(s->dir);
	struct dirent *e;
	struct stat st;
	size_t n = 0;

	if (d == NULL || fstat(dirfd(d), &st) < 0)
		err(EXIT_RETRY, "%s", s->dir);
	s->mark = mark("", &st);
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (sigkind(e->d_name) == SIGKIND_NONE)
			continue;
		check_part(s, d, e->d_name);
		n++;
	}
	if (errno != 0)
		err(EXIT_RETRY, "%s", s->dir);
	closedir(d);
	if (n == 0)
		errx(EXIT_RETRY, "%s: holds no signature file: fetch a set with "
		    "sigupdate or freshclam, or name another folder with -D", s->dir);
}

/* ../share/multiscan/signatures, seen from the folder of our own program. */
static const char *
shipped(void)
{
	static char path[PATH_MAX];

	return cli_beside(path, "../share/multiscan/signatures") &&
	    access(path, R_OK) == 0 ? path : NULL;
}

/* What somebody named, else what sigupdate keeps; NULL: neither. */
static const char *
find_first(const char *dir, enum sigset_place *place)
{
	*place = SIGSET_NAMED;
	if (dir != NULL)
		return dir;
	if ((dir = getenv("MULTISCAN_SIGNATURES")) != NULL && dir[0] != '\0')
		return dir;
	*place = SIGSET_KEPT;
	return access(current, F_OK) == 0 ? current : NULL;
}

static const char *
find(const char *dir, bool test, enum sigset_place *place)
{
	long n;

	if ((dir = find_first(dir, place)) != NULL)
		return dir;
	if ((n = count_parts(freshclam)) < 0 && errno != ENOENT)
		err(EXIT_RETRY, "%s", freshclam);
	*place = SIGSET_FRESHCLAM;
	if (n > 0)
		return freshclam;
	*place = SIGSET_SHIPPED;
	if (!test || (dir = shipped()) == NULL)
		errx(EXIT_RETRY, "no signatures: name a folder with -D or "
		    "$MULTISCAN_SIGNATURES, or fetch some with sigupdate or freshclam");
	warnx("%s: test signatures only", dir);
	return dir;
}

uint64_t
sigset_look(const char *dir, enum sigset_place place)
{
	enum sigset_place found;
	struct dirent *e;
	struct stat st;
	uint64_t sum;
	DIR *d;

	if ((dir = find_first(dir, &found)) == NULL && place == SIGSET_FRESHCLAM)
		dir = freshclam;
	if (dir == NULL || (d = opendir(dir)) == NULL)
		return 0;
	sum = fstat(dirfd(d), &st) == 0 ? mark("", &st) : 0;
	while (errno = 0, sum != 0 && (e = readdir(d)) != NULL) {
		if (sigkind(e->d_name) == SIGKIND_NONE)
			continue;
		sum = fstatat(dirfd(d), e->d_name, &st, 0) == 0 ?
		    sum + mark(e->d_name, &st) : 0;
	}
	if (errno != 0)
		sum = 0;
	closedir(d);
	return sum;
}

/* Is what was opened still there under its name? */
static bool
still_there(const struct sigset *s)
{
	struct stat opened, named;

	if (fstat(s->fd, &opened) < 0)
		err(EXIT_RETRY, "%s", s->dir);
	return stat(s->dir, &named) == 0 && named.st_dev == opened.st_dev &&
	    named.st_ino == opened.st_ino;
}

/*
 * Where dir leads now, held.  False, and nothing is: it goes away just now.  Anybody
 * who can read the folder can lock it, so it is not waited for for long; not every file
 * system has locks.  Without one a file may go away, and the load fails.
 */
static bool
hold(struct sigset *s, const char *dir, bool last)
{
	if ((s->dir = realpath(dir, NULL)) == NULL) {
		if (errno != ENOENT || last)
			err(EXIT_RETRY, "%s", dir);
		return false;
	}
	if ((s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		if (errno != ENOENT || last)
			err(EXIT_RETRY, "%s", s->dir);
	} else if (flock(s->fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK && !last)
		sleep(1);
	else if (still_there(s))
		return true;
	else if (last)
		errx(EXIT_RETRY, "%s: goes away while it is opened", s->dir);
	sigset_free(s);
	return false;
}

void
sigset_find(struct sigset *s, const char *dir, bool test)
{
	memset(s, 0, sizeof *s);
	s->fd = -1;
	dir = find(dir, test, &s->place);
	for (int tries = 1; !hold(s, dir, tries == TRIES); tries++)
		;
	s->name = strrchr(s->dir, '/') + 1;
}

void
sigset_release(struct sigset *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void
sigset_free(struct sigset *s)
{
	sigset_release(s);
	free(s->dir);
	s->dir = NULL;
}

void
sigset_open(struct sigset *s, const char *dir, bool test)
{
	sigset_find(s, dir, test);
	check_parts(s);
}
