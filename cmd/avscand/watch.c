/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE		/* RTLD_NEXT, open64 and its like */
#undef _FORTIFY_SOURCE		/* its inline functions have the same names */
#include "cmd/avscand/watch.h"
#include "cmd/avscand/memory.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool watching;
static const char *failed_call;
static int failed_errno;

void
watch_begin(void)
{
	failed_call = NULL;
	watching = true;
}

const char *
watch_end(int *error)
{
	static char text[128];

	watching = false;
	if (failed_call == NULL)
		return NULL;
	*error = failed_errno;
	snprintf(text, sizeof text, "%s: %s", failed_call, strerror(failed_errno));
	return text;
}

static void
failed(const char *call)
{
	if (watching && failed_call == NULL && errno != EINTR) {
		failed_call = call;
		failed_errno = errno;
	}
}

/*
 * What a file makes libclamav ask for in vain is no failure: a length of 0, a
 * name that is not there.
 */
static bool
refused(void)
{
	return errno != EINVAL && errno != ENOENT && errno != ENOTDIR;
}

/* The C library's own function, found at the first call. */
#define NEXT(real, name) do { \
	if ((real) == NULL) { \
		void *found_ = dlsym(RTLD_NEXT, name); \
		if (found_ == NULL) \
			abort(); \
		memcpy(&(real), &found_, sizeof (real)); \
	} \
} while (0)

ssize_t
write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	ssize_t r;

	NEXT(real, "write");
	if ((r = real(fd, p, n)) < 0)
		failed("write");
	return r;
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	static ssize_t (*real)(int, const struct iovec *, int);
	ssize_t r;

	NEXT(real, "writev");
	if ((r = real(fd, v, n)) < 0)
		failed("writev");
	return r;
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);
	ssize_t r;

	NEXT(real, "pwrite64");
	if ((r = real(fd, p, n, at)) < 0)
		failed("pwrite");
	return r;
}

ssize_t
read(int fd, void *p, size_t n)
{
	static ssize_t (*real)(int, void *, size_t);
	ssize_t r;

	NEXT(real, "read");
	if ((r = real(fd, p, n)) < 0)
		failed("read");
	return r;
}

ssize_t
pread64(int fd, void *p, size_t n, off64_t at)
{
	static ssize_t (*real)(int, void *, size_t, off64_t);
	ssize_t r;

	NEXT(real, "pread64");
	r = real(fd, p, n, at);
	/* Asked for is only what the length of the file promises. */
	if (r == 0 && n > 0)
		errno = EIO;
	if (r < 0 ? refused() : r == 0 && n > 0)
		failed("pread");
	return r;
}

off64_t
lseek64(int fd, off64_t at, int from)
{
	static off64_t (*real)(int, off64_t, int);
	off64_t r;

	NEXT(real, "lseek64");
	if ((r = real(fd, at, from)) < 0 && refused())
		failed("lseek");
	return r;
}

int
fseek(FILE *f, long at, int from)
{
	static int (*real)(FILE *, long, int);
	int r;

	NEXT(real, "fseek");
	if ((r = real(f, at, from)) < 0 && refused())
		failed("fseek");
	return r;
}

int
fstat64(int fd, struct stat64 *st)
{
	static int (*real)(int, struct stat64 *);
	int r;

	NEXT(real, "fstat64");
	if ((r = real(fd, st)) < 0)
		failed("fstat");
	return r;
}

/* libclamav passes over an extracted file of which it cannot learn what it is. */
int
stat64(const char *path, struct stat64 *st)
{
	static int (*real)(const char *, struct stat64 *);
	int r;

	NEXT(real, "stat64");
	if ((r = real(path, st)) < 0 && refused())
		failed("stat");
	return r;
}

int
lstat64(const char *path, struct stat64 *st)
{
	static int (*real)(const char *, struct stat64 *);
	int r;

	NEXT(real, "lstat64");
	if ((r = real(path, st)) < 0 && refused())
		failed("lstat");
	return r;
}

/* The mode counts only where a file may be made. */
static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
}

static void
not_opened(const char *call, int flags)
{
	if ((flags & O_CREAT) != 0 ? errno != EEXIST : refused())
		failed(call);
}

int
open64(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list ap;
	int fd;

	NEXT(real, "open64");
	va_start(ap, flags);
	if ((fd = real(path, flags, mode_of(flags, ap))) < 0)
		not_opened("open", flags);
	va_end(ap);
	return fd;
}

int
openat64(int dir, const char *path, int flags, ...)
{
	static int (*real)(int, const char *, int, ...);
	va_list ap;
	int fd;

	NEXT(real, "openat64");
	va_start(ap, flags);
	if ((fd = real(dir, path, flags, mode_of(flags, ap))) < 0)
		not_opened("openat", flags);
	va_end(ap);
	return fd;
}

FILE *
fopen64(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	FILE *f;

	NEXT(real, "fopen64");
	if ((f = real(path, mode)) == NULL)
		not_opened("fopen", mode[0] == 'r' ? 0 : O_CREAT);
	return f;
}

FILE *
fdopen(int fd, const char *mode)
{
	static FILE *(*real)(int, const char *);
	FILE *f;

	NEXT(real, "fdopen");
	if ((f = real(fd, mode)) == NULL)
		failed("fdopen");
	return f;
}

/* Whatever stdio could not write or read shows here at the latest. */
int
fclose(FILE *f)
{
	static int (*real)(FILE *);
	bool lost = ferror(f) != 0;
	int r;

	NEXT(real, "fclose");
	if (lost)
		errno = EIO;
	if ((r = real(f)) == EOF || lost)
		failed("fclose");
	return r;
}

int
mkdir(const char *path, mode_t mode)
{
	static int (*real)(const char *, mode_t);
	int r;

	NEXT(real, "mkdir");
	if ((r = real(path, mode)) < 0 && errno != EEXIST)
		failed("mkdir");
	return r;
}

/* libclamav leaves a file alone once it could not remove a temporary one. */
int
unlink(const char *path)
{
	static int (*real)(const char *);
	int r;

	NEXT(real, "unlink");
	if ((r = real(path)) < 0 && refused())
		failed("unlink");
	return r;
}

DIR *
opendir(const char *path)
{
	static DIR *(*real)(const char *);
	DIR *d;

	NEXT(real, "opendir");
	if ((d = real(path)) == NULL && refused())
		failed("opendir");
	return d;
}

/* Its error looks like the end of the folder. */
struct dirent64 *
readdir64(DIR *d)
{
	static struct dirent64 *(*real)(DIR *);
	struct dirent64 *e;
	int before = errno;

	NEXT(real, "readdir64");
	errno = 0;
	if ((e = real(d)) == NULL && errno != 0)
		failed("readdir");
	else
		errno = before;
	return e;
}

int
dup(int fd)
{
	static int (*real)(int);
	int r;

	NEXT(real, "dup");
	if ((r = real(fd)) < 0)
		failed("dup");
	return r;
}

void *
mmap64(void *at, size_t n, int prot, int flags, int fd, off64_t offset)
{
	static void *(*real)(void *, size_t, int, int, int, off64_t);
	void *r;

	NEXT(real, "mmap64");
	if ((r = real(at, n, prot, flags, fd, offset)) == MAP_FAILED)
		memory_failed();
	if (r == MAP_FAILED && refused())
		failed("mmap");
	return r;
}
