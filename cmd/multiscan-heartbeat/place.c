/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/place.h"
#include "common/record.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 80, TEXT = 256, DAY = 86400 };

static const char WAITING[] = ".waiting", ARRIVED[] = ".arrived", NEW[] = ".new";

static void
path_of(char to[NAME], const char *token, const char *ending)
{
	snprintf(to, NAME, "%s%s", token, ending);
}

int
place_open(const char *folder)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
create(int dir, const char *name)
{
	return openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int
place_wait(int dir, const char *token)
{
	char name[NAME];
	int fd;

	path_of(name, token, WAITING);
	fd = create(dir, name);
	return fd < 0 ? -1 : close(fd);
}

bool
place_waits(int dir, const char *token)
{
	char name[NAME];

	path_of(name, token, WAITING);
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The mail may come twice, to two of us at once: each has a file of its own. */
int
place_arrive(int dir, const struct arrival *a)
{
	static struct record r;
	char name[NAME], arrived[NAME], ending[32];
	int fd, saved;
	bool good;

	snprintf(ending, sizeof ending, "%s.%ld", NEW, (long)getpid());
	path_of(name, a->token, ending);
	path_of(arrived, a->token, ARRIVED);
	record_start(&r);
	record_addstr(&r, "token", a->token);
	record_addstr(&r, "holds", arrival_holds(a));
	record_addnum(&r, "bytes", a->bytes);
	record_end(&r);
	(void)unlinkat(dir, name, 0);	/* of a process of our number that was killed */
	if ((fd = create(dir, name)) < 0)
		return -1;
	good = write_all(fd, r.text, r.len) == 0;
	saved = errno;
	if (close(fd) == 0 && good && renameat(dir, name, dir, arrived) == 0)
		return 0;
	saved = good ? errno : saved;
	(void)unlinkat(dir, name, 0);
	errno = saved;
	return -1;
}

/* n bytes: one record of this token. */
static bool
read_record(struct arrival *a, const char *token, const char *text, size_t n)
{
	bool both;

	if (n == 0 || text[--n] != '\n' || !record_valid(text, n) ||
	    !record_is(text, n, "token", token) || !record_num(text, n, "bytes", &a->bytes))
		return false;
	both = record_is(text, n, "holds", "both");
	a->holds[MAIL_VIRUS] = both || record_is(text, n, "holds", "virus");
	a->holds[MAIL_CLEAN] = both || record_is(text, n, "holds", "clean");
	snprintf(a->token, sizeof a->token, "%s", token);
	return a->holds[MAIL_VIRUS] || a->holds[MAIL_CLEAN] ||
	    record_is(text, n, "holds", "nothing");
}

int
place_look(int dir, const char *token, struct arrival *a)
{
	char name[NAME], text[TEXT];
	ssize_t n;
	int fd;

	path_of(name, token, ARRIVED);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = read(fd, text, sizeof text);
	close(fd);
	if (n < 0)
		return -1;
	if (read_record(a, token, text, (size_t)n))
		return 1;
	errno = EBADMSG;
	return -1;
}

void
place_forget(int dir, const char *token)
{
	char name[NAME];

	path_of(name, token, WAITING);
	(void)unlinkat(dir, name, 0);
	path_of(name, token, ARRIVED);
	(void)unlinkat(dir, name, 0);
}

static bool
is_ours(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot != NULL && letter_token(name, (size_t)(dot - name)) &&
	    (strcmp(dot, WAITING) == 0 || strcmp(dot, ARRIVED) == 0 ||
	    strncmp(dot, NEW, sizeof NEW - 1) == 0);
}

void
place_clear(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;
	time_t now = time(NULL);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (is_ours(e->d_name) && fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mtime < now - DAY)
			(void)unlinkat(dir, e->d_name, 0);
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}
