/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/files.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "cmd/avscan/spool.h"
#include "cmd/avscan/walk.h"

#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct files {
	struct findings *findings;
	size_t n;		/* looked at */
	bool whole;		/* so was everything */
	bool lost;		/* there is no engine any more */
};

bool
files_is_folder(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
files_is_workdir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	is = fstatat(fd, "manifest", &st, AT_SYMLINK_NOFOLLOW) == 0;
	close(fd);
	return is;
}

static void
failed(struct files *all, const char *path)
{
	all->whole = false;
	progress_erase();
	warn("%s", show(path));
}

/* Scans the regular file fd and closes it; false: there is no engine any more. */
static bool
scan(void *ctx, int fd, const char *path)
{
	struct files *all = ctx;
	struct content c = { .fd = fd, .what = path, .path = path };
	struct stat st;
	enum answer a;

	progress_next(path, fstat(fd, &st) == 0 ? (unsigned long long)st.st_size : 0);
	a = findings_scan(all->findings, &c);
	close(fd);
	if (a == ASK_FAILED || a == ASK_LOST)
		all->whole = false;
	else
		all->n++;
	all->lost = a == ASK_LOST;
	return !all->lost;
}

/* Can it be handed over as it is?  Not if it is read from its middle on. */
static bool
is_plain(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (fd != STDIN_FILENO || lseek(fd, 0, SEEK_CUR) == 0);
}

static void
scan_argument(struct files *all, const char *path)
{
	bool input = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO, whole;

	/* This waits for the other end of a pipe. */
	if (!input)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		failed(all, path);
		return;
	}
	if (is_plain(fd))
		whole = input ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : fd;
	else {
		whole = spool(fd, path);
		if (!input)
			close(fd);
	}
	if (whole >= 0)
		scan(all, whole, path);
	else
		all->whole = false;
}

static size_t
count(char **paths)
{
	size_t n = 0;

	while (paths[n] != NULL)
		if (files_is_folder(paths[n++]))
			return 0;
	return n;
}

bool
files_scan(struct findings *f, char **paths, unsigned long deadline)
{
	struct files all = { .findings = f, .whole = true };

	progress_start("files", count(paths), deadline);
	for (; *paths != NULL && !all.lost; paths++) {
		if (!files_is_folder(*paths))
			scan_argument(&all, *paths);
		else if (!walk(*paths, scan, &all))
			all.whole = false;
	}
	if (!asker_end(&f->asker))
		all.whole = false;
	progress_erase();
	if (all.whole)
		printf("check=avscan parts=%zu\n", all.n);
	return all.whole;
}
