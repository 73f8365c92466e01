/* SPDX-License-Identifier: ISC */
#include "cmd/held/folder.h"
#include "cmd/held/kept.h"
#include "cmd/held/safe.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int
by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->stowed != y->stowed)
		return x->stowed < y->stowed ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void
add(struct folder *f, size_t *room, const char *name, long long stowed)
{
	if (f->n == *room) {
		size_t more = *room == 0 ? 256 : 2 * *room;
		struct entry *p = reallocarray(f->entries, more, sizeof *p);

		if (p == NULL)
			err(EXIT_RETRY, NULL);
		f->entries = p;
		*room = more;
	}
	f->entries[f->n].stowed = stowed;
	memcpy(f->entries[f->n].id, name, WORKDIR_IDLEN + 1);
	f->n++;
}

/* Is it a message: a folder, no link, with a manifest?  Then since when. */
static bool
is_message(int dir, const char *name, long long *stowed)
{
	struct stat st;
	char path[WORKDIR_IDLEN + sizeof "/manifest"];

	if (!kept_is_id(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode))
		return false;
	snprintf(path, sizeof path, "%.*s/manifest", WORKDIR_IDLEN, name);
	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return false;
	*stowed = st.st_mtim.tv_sec;
	return true;
}

static void
tell_of(const char *path, const char *name)
{
	fprintf(stderr, "held: %s/", path);
	safe_bytes(stderr, name, strlen(name), SAFE_LONG, false);
	fputs(": no message, left alone\n", stderr);
}

void
folder_read(struct folder *f, int fd, const char *path, bool tell)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	struct dirent *e;
	size_t room = 0;
	long long stowed;

	*f = (struct folder){ 0, NULL };
	if (d == NULL)
		err(EXIT_RETRY, "%s", path);
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (is_message(fd, e->d_name, &stowed))
			add(f, &room, e->d_name, stowed);
		else if (tell && e->d_name[0] != '.')
			tell_of(path, e->d_name);
	}
	if (errno != 0)
		err(EXIT_RETRY, "%s", path);
	closedir(d);
	if (f->n > 0)
		qsort(f->entries, f->n, sizeof f->entries[0], by_time);
}

void
folder_free(struct folder *f)
{
	free(f->entries);
	*f = (struct folder){ 0, NULL };
}

struct folder_time
folder_time(long long seconds)
{
	struct folder_time t;
	time_t at = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(t.text, sizeof t.text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(t.text, sizeof t.text, "%lld", seconds);
	return t;
}
