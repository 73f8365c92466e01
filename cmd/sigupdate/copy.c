/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/copy.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/folder.h"
#include "cmd/sigupdate/partlost.h"
#include "cmd/sigupdate/root.h"
#include "common/sigkind.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 3, PAUSE_NS = 200 * 1000 * 1000, BLOCK = 65536 };

/* A file's bytes, as they pass by. */
struct tally {
	enum sigkind kind;
	bool counts;			/* its lines are signatures */
	crypto_hash_sha256_state sha256;
	unsigned long long size, lines;
	bool filled, comment;		/* the line that has begun is not empty; is one */
	size_t n;
	char head[CVDHEAD_BYTES];	/* the first n bytes */
};

static void
tally_start(struct tally *t, const char *name)
{
	*t = (struct tally){ .kind = sigkind(name) };
	t->counts = t->kind != SIGKIND_CONTAINER && t->kind != SIGKIND_NONE &&
	    !filename_excepts((struct span){ name, strlen(name) });
	(void)crypto_hash_sha256_init(&t->sha256);
}

static void
tally_lines(struct tally *t, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			t->lines += t->filled && !t->comment;
			t->filled = t->comment = false;
		} else if (p[i] != '\r') {
			t->comment |= !t->filled && p[i] == '#';
			t->filled = true;
		}
	}
}

static void
tally_add(struct tally *t, const char *p, size_t n)
{
	size_t head = n < CVDHEAD_BYTES - t->n ? n : CVDHEAD_BYTES - t->n;

	memcpy(t->head + t->n, p, head);
	t->n += head;
	t->size += n;
	(void)crypto_hash_sha256_update(&t->sha256, (const unsigned char *)p, n);
	if (t->counts)
		tally_lines(t, p, n);
}

static void
tally_end(struct tally *t, struct manifest_file *f)
{
	struct cvdhead h;

	f->size = t->size;
	f->sigs = t->lines + (t->filled && !t->comment);
	if (t->kind == SIGKIND_CONTAINER)
		f->sigs = cvdhead_parse(&h, (struct span){ t->head, t->n }) ? h.signatures : 0;
	(void)crypto_hash_sha256_final(&t->sha256, f->sha256);
}

static ssize_t
read_some(int fd, char *to, size_t n)
{
	ssize_t r;

	while ((r = read(fd, to, n)) < 0 && errno == EINTR)
		;
	return r;
}

/* Closes fd, which may be -1. */
static bool
digest(int fd, const char *name, struct manifest_file *f)
{
	int saved;
	char block[BLOCK];
	struct stat st;
	struct tally t;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	tally_start(&t, name);
	if (fstat(fd, &st) == 0) {
		errno = EINVAL;
		if (S_ISREG(st.st_mode))
			while ((n = read_some(fd, block, sizeof block)) > 0)
				tally_add(&t, block, (size_t)n);
	}
	saved = errno;
	close(fd);
	errno = saved;
	if (n == 0)
		tally_end(&t, f);
	return n == 0;
}

bool
root_digest(int dir, const char *name, struct manifest_file *f)
{
	return digest(openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), name, f);
}

bool
root_digest_followed(int dir, const char *name, struct manifest_file *f)
{
	return digest(openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), name, f);
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum copy
pour(int in, int out, const char *name, struct manifest_file *got)
{
	struct stat before, after;
	char block[BLOCK];
	struct tally t;
	ssize_t n;

	if (fstat(in, &before) < 0)
		return COPY_SOURCE;
	tally_start(&t, name);
	while ((n = read_some(in, block, sizeof block)) > 0) {
		tally_add(&t, block, (size_t)n);
		if (t.size > (unsigned long long)before.st_size)
			return COPY_CHANGED;
		if (!folder_fill(out, block, (size_t)n))
			return COPY_DISK;
	}
	if (n < 0 || fstat(in, &after) < 0)
		return COPY_SOURCE;
	if (!same(&before, &after) || t.size != (unsigned long long)before.st_size)
		return COPY_CHANGED;
	tally_end(&t, got);
	return fchmod(out, 0444) < 0 || fsync(out) < 0 ? COPY_DISK : COPY_DONE;
}

static enum copy
copy(int in, const char *name, int to, struct manifest_file *got)
{
	int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum copy came;
	int saved;

	if (out < 0)
		return COPY_DISK;
	came = pour(in, out, name, got);
	saved = errno;
	if (close(out) < 0 && came == COPY_DONE) {
		saved = errno;
		came = COPY_DISK;
	}
	if (came != COPY_DONE && unlinkat(to, name, 0) < 0 && came != COPY_DISK) {
		saved = errno;
		came = COPY_DISK;
	}
	errno = saved;
	return came;
}

/* A folder that an admin names may hold links, and a pipe must not stop us. */
static int
source(int from, const char *name)
{
	int fd = openat(from, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), saved;
	struct stat st;

	if (fd < 0)
		return -1;
	errno = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	saved = errno != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : ENODEV;
	close(fd);
	errno = saved;
	return -1;
}

enum copy
copy_file(int from, const char *name, int to, struct manifest_file *got)
{
	const struct timespec pause = { 0, PAUSE_NS };
	enum copy came = COPY_CHANGED;

	for (int i = 0; i < TRIES && came == COPY_CHANGED; i++) {
		int in, saved;

		if (i > 0)
			nanosleep(&pause, NULL);
		if ((in = source(from, name)) < 0)
			return COPY_SOURCE;
		came = copy(in, name, to, got);
		saved = errno;
		close(in);
		errno = saved;
	}
	return came;
}

const char *
copy_why(enum copy came)
{
	if (came == COPY_CHANGED)
		return "is being changed, again and again, while it is copied";
	if (came == COPY_SOURCE)
		return errno == ENODEV ? "is no regular file" : strerror(errno);
	return NULL;
}

const char *
root_copy(int from, const char *name, int to, struct manifest_file *got)
{
	enum copy came = copy_file(from, name, to, got);

	if (came == COPY_DISK)
		partlost(to, name);
	return copy_why(came);
}
