/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/root.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/say.h"
#include "common/cli.h"
#include "common/sigkind.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DIGITS = ROOT_GEN - 1, PAUSE_NS = 100 * 1000 * 1000 };

static const mode_t OTHERS = S_IWGRP | S_IWOTH;

_Noreturn void
root_lost(const struct root *r, const char *name)
{
	err(EXIT_RETRY, "%s/%s", r->path, name);
}

void
root_open(struct root *r, const char *path)
{
	struct stat st;

	*r = (struct root){ .path = path, .lock = -1, .stage = -1 };
	umask(022);
	r->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->fd < 0 && errno == ENOENT)
		errx(EXIT_RETRY, "%s: there is no such folder; to make it, for the user who updates: "
		    "install -d -o USER -m 755 %s", path, path);
	if (r->fd < 0 || fstat(r->fd, &st) < 0)
		err(EXIT_RETRY, "%s", path);
	if ((st.st_mode & OTHERS) != 0)
		errx(EXIT_RETRY, "%s: others than its owner may write to it (mode %04o), and so could "
		    "put signatures of their own in place; mend it: chmod go-w %s", path,
		    (unsigned)st.st_mode & 07777, path);
}

void
root_close(struct root *r)
{
	int fds[] = { r->stage, r->lock, r->fd };

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	r->stage = r->lock = r->fd = -1;
}

static int
lock_file(const struct root *r, const char *name)
{
	int fd = openat(r->fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0)
		root_lost(r, name);
	return fd;
}

/* False: somebody else has it. */
static bool
take(const struct root *r, int fd, const char *name)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return false;
		if (errno != EINTR)
			root_lost(r, name);
	}
	return true;
}

int
root_waiting(const struct root *r)
{
	int fd = lock_file(r, ".waiting");

	if (take(r, fd, ".waiting"))
		return fd;
	close(fd);
	return -1;
}

/* "another run, process N", as far as it has written that. */
static const char *
holder(int fd, char text[48])
{
	char pid[24];
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
	size_t digits;

	pid[n < 0 ? 0 : n] = '\0';
	digits = strspn(pid, "0123456789");
	if (digits > 0)
		snprintf(text, 48, "another run, process %.*s", (int)digits, pid);
	else
		snprintf(text, 48, "another run");
	return text;
}

static void
owned(const struct root *r)
{
	struct stat st;

	if (fstat(r->fd, &st) < 0)
		err(EXIT_RETRY, "%s", r->path);
	if (st.st_uid != geteuid() && geteuid() != 0)
		errx(EXIT_RETRY, "%s: is not ours, but of the user with the number %lu, who updates it",
		    r->path, (unsigned long)st.st_uid);
}

/* The pid is for people alone: a disk that is full stops nobody here. */
static void
sign(int fd)
{
	if (ftruncate(fd, 0) == 0)
		(void)dprintf(fd, "%ld\n", (long)getpid());
}

void
root_lock(struct root *r, unsigned long seconds, bool quiet)
{
	const struct timespec pause = { 0, PAUSE_NS };
	struct timespec start, now;
	char text[48];
	bool said = quiet;

	owned(r);
	r->lock = lock_file(r, ".lock");
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (!take(r, r->lock, ".lock")) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((unsigned long)(now.tv_sec - start.tv_sec) >= seconds)
			errx(EXIT_RETRY, "%s: %s, has not ended in %lu seconds", r->path,
			    holder(r->lock, text), seconds);
		if (!said)
			say_urgent("%s: waits for %s", r->path, holder(r->lock, text));
		said = true;
		nanosleep(&pause, NULL);
	}
	sign(r->lock);
}

static bool
is_gen(const char *name)
{
	return strlen(name) == DIGITS && strspn(name, "0123456789") == DIGITS;
}

bool
root_has(const struct root *r, const char *gen)
{
	struct stat st;

	if (!is_gen(gen))
		return false;
	if (fstatat(r->fd, gen, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return S_ISDIR(st.st_mode);
	if (errno != ENOENT)
		root_lost(r, gen);
	return false;
}

bool
root_link(const struct root *r, const char *link, char gen[ROOT_GEN])
{
	ssize_t n = readlinkat(r->fd, link, gen, ROOT_GEN);

	/* One that cannot be told must not be taken for one that is not there. */
	if (n < 0 && errno != ENOENT && errno != EINVAL)
		root_lost(r, link);
	gen[n == DIGITS ? n : 0] = '\0';
	if (root_has(r, gen))
		return true;
	gen[0] = '\0';
	return false;
}

size_t
root_list(const struct root *r, char (**gens)[ROOT_GEN])
{
	char **names = folder_names(r->fd);
	size_t all = 0, n = 0;

	if (names == NULL)
		err(EXIT_RETRY, "%s", r->path);
	while (names[all] != NULL)
		all++;
	if ((*gens = calloc(all + 1, sizeof **gens)) == NULL)
		err(EXIT_RETRY, "%s", r->path);
	while (all-- > 0)
		if (root_has(r, names[all]))
			memcpy((*gens)[n++], names[all], ROOT_GEN);
	folder_names_free(names);
	return n;
}

int
root_folder(const struct root *r, const char *gen)
{
	int fd = folder_open(r->fd, gen);

	if (fd < 0)
		root_lost(r, gen);
	return fd;
}

/* Another try to read would end no better. */
static bool
is_broken(int error)
{
	static const int BROKEN[] = { ENOENT, ENOTDIR, EISDIR, ELOOP, EINVAL, EFBIG, EBADMSG };

	for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++)
		if (error == BROKEN[i])
			return true;
	return false;
}

bool
root_manifest(const struct root *r, const char *gen, struct manifest *m)
{
	int dir = folder_open(r->fd, gen), error = 0;
	const char *why;
	char *text = NULL;
	size_t n = 0;

	*m = (struct manifest){ .generation = 0 };
	if (dir >= 0)
		text = folder_read(dir, "manifest", MANIFEST_BYTES, &n);
	if (text == NULL)
		error = errno;
	why = text == NULL ? strerror(error) : manifest_parse(m, (struct span){ text, n });
	if (why != NULL)
		say_urgent("%s/%s/manifest: %s", r->path, gen, why);
	if (dir >= 0)
		close(dir);
	free(text);
	errno = is_broken(error) ? 0 : error;
	return why == NULL;
}

static int
parts(const struct root *r)
{
	int fd = folder_make(r->fd, ".part", 0700);

	if (fd < 0)
		root_lost(r, ".part");
	return fd;
}

static _Noreturn void
part_lost(const struct root *r, const char *source)
{
	err(EXIT_RETRY, "%s/.part/%s", r->path, source);
}

int
root_part(const struct root *r, const char *source)
{
	int all = parts(r), fd = folder_make(all, source, 0700);

	if (fd < 0)
		part_lost(r, source);
	close(all);
	return fd;
}

void
root_part_end(const struct root *r, const char *source)
{
	int all = parts(r);

	if (!folder_remove(all, source))
		part_lost(r, source);
	close(all);
}

static bool
among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void
root_parts_tidy(const struct root *r, const char *const *names, size_t n)
{
	int all = parts(r);
	char **there = folder_names(all);

	if (there == NULL)
		err(EXIT_RETRY, "%s/.part", r->path);
	for (size_t i = 0; there[i] != NULL; i++)
		if (!among(there[i], names, n) && !folder_remove(all, there[i]))
			part_lost(r, there[i]);
	folder_names_free(there);
	close(all);
}

static const struct manifest_file *
other_case(const struct manifest *m, struct span name)
{
	for (size_t i = 0; i < m->files; i++)
		if (filename_same(name, (struct span){ m->file[i].name, strlen(m->file[i].name) }))
			return &m->file[i];
	return NULL;
}

/* NULL: it is one that can be carried over; "": it is none. */
static const char *
no_stranger(int dir, const char *name, const struct manifest *m)
{
	struct span s = { name, strlen(name) };
	struct stat st;

	if (sigkind(name) == SIGKIND_NONE || manifest_file(m, name) != NULL)
		return "";
	if (fstatat(dir, name, &st, 0) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "";
	if (other_case(m, s) != NULL)
		return "differs from another in upper and lower case alone";
	return filename_wrong(s);
}

char **
root_strangers(const struct root *r, const char *gen, const struct manifest *m)
{
	int dir = root_folder(r, gen);
	char **names = folder_names(dir);
	size_t n = 0;

	if (names == NULL)
		err(EXIT_RETRY, "%s/%s", r->path, gen);
	for (size_t i = 0; names[i] != NULL; i++) {
		const char *why = no_stranger(dir, names[i], m);

		if (why == NULL) {
			names[n++] = names[i];
			continue;
		}
		if (*why != '\0')
			say_urgent("%s/%s/%s: somebody put it there, and it is not carried over: %s",
			    r->path, gen, names[i], why);
		free(names[i]);
	}
	names[n] = NULL;
	close(dir);
	return names;
}

void
root_next(const struct root *r, char gen[ROOT_GEN])
{
	char (*gens)[ROOT_GEN], next[24];
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(gen, ROOT_GEN, "%Y%m%d%H%M%S", &tm) != DIGITS)
		errx(EXIT_RETRY, "%s: the clock is wrong", r->path);
	if (root_list(r, &gens) > 0 && strcmp(gens[0], gen) >= 0) {
		snprintf(next, sizeof next, "%014llu", strtoull(gens[0], NULL, 10) + 1);
		if (!is_gen(next))
			errx(EXIT_RETRY, "%s/%s: no number is above it", r->path, gens[0]);
		memcpy(gen, next, ROOT_GEN);
	}
	free(gens);
}
