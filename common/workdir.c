/* SPDX-License-Identifier: ISC */
#include "common/workdir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENVELOPE_MAX = 16 << 20, CHANGES_MAX = 64 << 20, DEPTH_MAX = 3 };

static const int MAKE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
static const int READ = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;
static const int FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static void
part_name(char name[24], unsigned long long n)
{
	snprintf(name, 24, "%llu", n);
}

int
write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t w = write(fd, at, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		at += w;
		n -= (size_t)w;
	}
	return 0;
}

int
workdir_create(struct workdir *w, const char *path)
{
	int saved;

	w->fd = w->parts = -1;
	if (mkdir(path, 0700) < 0)
		return -1;
	if ((w->fd = open(path, FOLDER)) < 0 ||
	    mkdirat(w->fd, "parts", 0700) < 0 ||
	    (w->parts = openat(w->fd, "parts", FOLDER)) < 0) {
		saved = errno;
		/* First, for workdir_remove needs more descriptors than this. */
		if (w->fd >= 0)
			(void)unlinkat(w->fd, "parts", AT_REMOVEDIR);
		workdir_close(w);
		workdir_remove(path);
		errno = saved;
		return -1;
	}
	return 0;
}

int
workdir_create_message(const struct workdir *w)
{
	return openat(w->fd, "message", (MAKE & ~O_WRONLY) | O_RDWR, 0400);
}

int
workdir_create_envelope(const struct workdir *w)
{
	return openat(w->fd, "envelope", MAKE, 0400);
}

int
workdir_create_part(const struct workdir *w, unsigned long long n)
{
	char name[24];

	part_name(name, n);
	return openat(w->parts, name, (MAKE & ~O_WRONLY) | O_RDWR, 0400);
}

int
workdir_drop_part(const struct workdir *w, unsigned long long n)
{
	char name[24];

	part_name(name, n);
	return unlinkat(w->parts, name, 0);
}

int
workdir_move_part(const struct workdir *w, unsigned long long from,
    unsigned long long to)
{
	char a[24], b[24];

	part_name(a, from);
	part_name(b, to);
	return renameat(w->parts, a, w->parts, b);
}

int
workdir_publish_manifest(const struct workdir *w, const char *text, size_t n)
{
	int fd = openat(w->fd, "manifest.tmp", MAKE, 0400);

	if (fd < 0)
		return -1;
	if (write_all(fd, text, n) < 0) {
		close(fd);
		return -1;
	}
	if (close(fd) < 0)
		return -1;
	return renameat(w->fd, "manifest.tmp", w->fd, "manifest");
}

int
workdir_open(struct workdir *w, const char *path)
{
	struct stat st;
	int saved;

	w->parts = -1;
	if ((w->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	if (fstatat(w->fd, "manifest", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (w->parts = openat(w->fd, "parts", FOLDER)) >= 0)
		return 0;
	saved = errno;
	workdir_close(w);
	errno = saved;
	return -1;
}

void
workdir_close(struct workdir *w)
{
	if (w->parts >= 0)
		close(w->parts);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = w->parts = -1;
}

int
workdir_message(const struct workdir *w)
{
	return openat(w->fd, "message", READ);
}

int
workdir_part(const struct workdir *w, unsigned long long n)
{
	char name[24];

	part_name(name, n);
	return openat(w->parts, name, READ);
}

int
workdir_changed(const struct workdir *w)
{
	return openat(w->fd, "message.new", READ);
}

static char *
read_all(int fd, size_t max, size_t *n)
{
	struct stat st;
	char *text;
	size_t size, got = 0;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (st.st_size < 0 || (unsigned long long)st.st_size > max) {
		errno = EFBIG;
		return NULL;
	}
	size = (size_t)st.st_size;
	if ((text = malloc(size + 1)) == NULL)
		return NULL;
	while (got < size) {
		ssize_t r = read(fd, text + got, size - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			if (r == 0)
				errno = EBADMSG;
			free(text);
			return NULL;
		}
		got += (size_t)r;
	}
	text[size] = '\0';
	*n = size;
	return text;
}

static bool
all_records(const char *text, size_t n)
{
	while (n > 0) {
		const char *end = memchr(text, '\n', n);

		if (end == NULL || !record_valid(text, (size_t)(end - text)))
			return false;
		n -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	return true;
}

static char *
read_records(int fd, size_t max, size_t *n)
{
	char *text = read_all(fd, max, n);
	int saved = errno;

	close(fd);
	errno = saved;
	if (text != NULL && !all_records(text, *n)) {
		free(text);
		errno = EBADMSG;
		return NULL;
	}
	return text;
}

char *
workdir_envelope(const struct workdir *w, size_t *n)
{
	int fd = openat(w->fd, "envelope", READ);
	char *text;

	if (fd < 0)
		return NULL;
	text = read_records(fd, ENVELOPE_MAX, n);
	if (text != NULL && (*n == 0 || memchr(text, '\n', *n) != text + *n - 1)) {
		free(text);
		errno = EBADMSG;
		return NULL;
	}
	return text;
}

char *
workdir_changes(const struct workdir *w, size_t *n)
{
	int fd = openat(w->fd, "changes", READ);

	if (fd < 0 && errno == ENOENT) {
		*n = 0;
		return calloc(1, 1);
	}
	return fd < 0 ? NULL : read_records(fd, CHANGES_MAX, n);
}

int
workdir_create_changed(const struct workdir *w)
{
	if (unlinkat(w->fd, "message.new.tmp", 0) < 0 && errno != ENOENT)
		return -1;
	return openat(w->fd, "message.new.tmp", MAKE, 0400);
}

int
workdir_publish_changed(const struct workdir *w, int fd)
{
	int saved;

	if (fsync(fd) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	if (close(fd) < 0)
		return -1;
	return renameat(w->fd, "message.new.tmp", w->fd, "message.new");
}

int
workdir_forget_changed(const struct workdir *w)
{
	if (unlinkat(w->fd, "message.new", 0) < 0 && errno != ENOENT)
		return -1;
	if (unlinkat(w->fd, "message.new.tmp", 0) < 0 && errno != ENOENT)
		return -1;
	return 0;
}

/* A word START+LEN; true where it is absent too. */
static bool
get_range(const char *line, size_t n, const char *key, struct range *r)
{
	struct span v;
	char text[44], *end;

	r->set = record_get(line, n, key, &v);
	r->start = r->len = 0;
	if (!r->set)
		return true;
	if (v.n >= sizeof text)
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	r->start = strtoull(text, &end, 10);
	if (errno != 0 || *end != '+' || end[1] < '0' || end[1] > '9')
		return false;
	r->len = strtoull(end + 1, &end, 10);
	return errno == 0 && *end == '\0' &&
	    r->start <= (unsigned long long)1 << 62 &&
	    r->len <= (unsigned long long)1 << 62;
}

static bool
parse_part(struct part *p)
{
	const char *line = p->line;
	size_t n = p->linelen;

	p->parent = p->edit = 0;
	p->file = record_is(line, n, "file", "yes");
	return record_valid(line, n) && record_num(line, n, "part", &p->part) &&
	    (p->part == 0 || (record_num(line, n, "parent", &p->parent) &&
	    record_num(line, n, "edit", &p->edit) &&
	    p->parent < p->part && p->edit <= p->part)) &&
	    get_range(line, n, "head", &p->head) &&
	    get_range(line, n, "body", &p->body) &&
	    get_range(line, n, "span", &p->span);
}

/* One record into line; 1, 0 at the end of the file, -1. */
static int
read_line(FILE *f, char *line, size_t *n)
{
	size_t i = 0;
	int c;

	while ((c = getc_unlocked(f)) != EOF && c != '\n') {
		if (i + 1 >= RECORD_MAX) {
			errno = EBADMSG;
			return -1;
		}
		line[i++] = (char)c;
	}
	if (c == EOF && ferror(f))
		return -1;
	if (c == EOF && i > 0) {
		errno = EBADMSG;
		return -1;
	}
	line[i] = '\0';
	*n = i;
	return c == EOF ? 0 : 1;
}

static bool
hexid(struct span v)
{
	if (v.n != WORKDIR_IDLEN)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (strchr("0123456789abcdef", v.p[i]) == NULL)
			return false;
	return true;
}

int
manifest_open(struct manifest *m, const struct workdir *w)
{
	int fd = openat(w->fd, "manifest", READ), saved;
	struct span id;
	size_t n;

	memset(m, 0, sizeof *m);
	if (fd < 0)
		return -1;
	if ((m->f = fdopen(fd, "r")) == NULL) {
		close(fd);
		return -1;
	}
	if ((m->line = malloc(RECORD_MAX)) == NULL)
		goto fail;
	errno = EBADMSG;
	if (read_line(m->f, m->line, &n) != 1 ||
	    !record_get(m->line, n, "id", &id) || !hexid(id) ||
	    !record_num(m->line, n, "parts", &m->parts)) 
		goto fail;
	memcpy(m->id, id.p, id.n);
	if (fseek(m->f, 0, SEEK_SET) < 0)
		goto fail;
	return 0;
fail:
	saved = errno;
	manifest_close(m);
	errno = saved;
	return -1;
}

int
manifest_next(struct manifest *m, struct part *p)
{
	int got = read_line(m->f, m->line, &p->linelen);

	if (got < 0)
		return -1;
	if (got == 0) {
		errno = EBADMSG;
		return m->seen == m->parts ? 0 : -1;
	}
	p->line = m->line;
	if (m->seen == m->parts || !parse_part(p) || p->part != m->seen) {
		errno = EBADMSG;
		return -1;
	}
	m->seen++;
	return 1;
}

void
manifest_close(struct manifest *m)
{
	if (m->f != NULL)
		fclose(m->f);
	free(m->line);
	memset(m, 0, sizeof *m);
}

/* What is done to each name of a folder; the folder comes after its names. */
typedef int visit(int dir, const char *name, bool folder);

static int
visit_remove(int dir, const char *name, bool folder)
{
	return unlinkat(dir, name, folder ? AT_REMOVEDIR : 0);
}

static int
visit_sync(int dir, const char *name, bool folder)
{
	int fd = openat(dir, name, folder ? FOLDER : READ), r, saved;

	if (fd < 0)
		return -1;
	r = fsync(fd);
	saved = errno;
	close(fd);
	errno = saved;
	return r;
}

/* Visits all that the folder dir holds; takes dir over.  depth <= DEPTH_MAX. */
static int
walk(int dir, visit *fn, int depth)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	int saved;

	if (d == NULL) {
		close(dir);
		return -1;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		struct stat st;
		bool folder;
		int sub;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			break;
		folder = S_ISDIR(st.st_mode);
		if (folder && depth >= DEPTH_MAX) {
			errno = ELOOP;
			break;
		}
		if (folder && ((sub = openat(dirfd(d), e->d_name, FOLDER)) < 0 ||
		    walk(sub, fn, depth + 1) < 0))
			break;
		if (fn(dirfd(d), e->d_name, folder) < 0)
			break;
	}
	saved = errno;
	closedir(d);
	errno = saved;
	return saved == 0 ? 0 : -1;
}

int
workdir_sync(const struct workdir *w)
{
	int dir = openat(w->fd, ".", FOLDER);

	if (dir < 0 || walk(dir, visit_sync, 0) < 0)
		return -1;
	return fsync(w->fd);
}

int
workdir_remove(const char *path)
{
	int dir = open(path, FOLDER);

	if (dir < 0)
		return -1;
	/* A kill midway leaves an unfinished folder, not one that seems whole. */
	(void)unlinkat(dir, "manifest", 0);
	if (walk(dir, visit_remove, 0) < 0)
		return -1;
	return rmdir(path);
}
