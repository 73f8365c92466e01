/* SPDX-License-Identifier: ISC */
/*
 * held sweep: what runs that were killed have left.
 *
 * A folder of WORK is named by the process that works in it, and by the message's queue
 * id where it is used when that has ended.  It goes when it has not changed for the time
 * given, which is longer than any run may take, and there is no process of that number
 * that could be its owner: one of the same user that is as old as the folder.  Nothing is
 * written, so that a full disk does not stop it.
 */
#include "cmd/held/held.h"
#include "cmd/held/kept.h"
#include "cmd/held/safe.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLACK = 2 };	/* seconds by which two clocks may differ here */

static const char RECORDS[] = "VirusScan-";
static const char TMP[] = ".tmp";
static const char ALNUM[] = "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct sweep {
	const struct options *o;
	time_t now;
	bool failed;
};

/* Seconds since the process began; -1: there is none. */
static long long
age_of(unsigned long pid)
{
	char path[64], text[1024], *p;
	struct timespec up;
	long long start = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%lu/stat", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* its name may hold anything; behind it starttime is the 20th */
	if (n <= 0 || (p = strrchr(text, ')')) == NULL)
		return -1;
	for (int i = 0; i < 20 && p != NULL; i++)
		if ((p = strchr(p, ' ')) != NULL)
			p++;
	if (p != NULL)
		start = strtoll(p, NULL, 10) / sysconf(_SC_CLK_TCK);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (long long)up.tv_sec - start;
}

/* Could the process of this number be the one that made the folder? */
static bool
in_use(const char *name, const struct stat *st, time_t now)
{
	unsigned long pid = strtoul(name, NULL, 10);
	char path[64];
	struct stat of;
	long long age = age_of(pid);

	snprintf(path, sizeof path, "/proc/%lu", pid);
	return age >= 0 && stat(path, &of) == 0 && of.st_uid == st->st_uid &&
	    age + SLACK >= (long long)(now - st->st_mtim.tv_sec);
}

/* Names of ours: PID, PID.QUEUE, notice.XXXXXX. */
static bool
is_ours(const char *name)
{
	size_t digits = strspn(name, "0123456789");
	const char *queue = name + digits;

	if (strncmp(name, "notice.", 7) == 0)
		return true;
	if (digits == 0 || digits >= 10)
		return false;
	return queue[0] == '\0' || (queue[0] == '.' && queue[1] != '\0' &&
	    queue[1 + strspn(queue + 1, ALNUM)] == '\0');
}

static void
say(const struct sweep *s, const char *path, const char *name, time_t since)
{
	if (!s->o->dry && !s->o->verbose)
		return;
	printf("%s/%s: of ", path, name);
	safe_time(stdout, since);
	puts(s->o->dry ? ": would go" : ": removed");
}

static DIR *
open_dir(const char *path, int *fd)
{
	DIR *d;

	*fd = held_folder(path);
	if ((d = fdopendir(*fd)) == NULL)
		err(EXIT_RETRY, "%s", path);
	return d;
}

static void
remove_folder(struct sweep *s, const char *path, const char *name)
{
	char whole[PATH_MAX];

	if ((size_t)snprintf(whole, sizeof whole, "%s/%s", path, name) >= sizeof whole)
		errno = ENAMETOOLONG;
	else if (workdir_remove(whole) == 0 || errno == ENOENT)
		return;	/* ENOENT: another one swept */
	warn("%s/%s", path, name);
	s->failed = true;
}

static void
sweep_work(struct sweep *s, const char *path)
{
	int fd;
	DIR *d = open_dir(path, &fd);
	struct dirent *e;
	struct stat st;

	while ((e = readdir(d)) != NULL) {
		if (!is_ours(e->d_name) ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(st.st_mode) ||
		    s->now - st.st_mtim.tv_sec < (time_t)s->o->seconds ||
		    (e->d_name[0] != 'n' && in_use(e->d_name, &st, s->now)))
			continue;
		if (!s->o->dry)
			remove_folder(s, path, e->d_name);
		say(s, path, e->d_name, st.st_mtim.tv_sec);
	}
	closedir(d);
}

/* VirusScan-ID.tmp */
static bool
is_half_record(const char *name)
{
	char id[WORKDIR_IDLEN + 1];
	size_t head = sizeof RECORDS - 1;

	if (strlen(name) != head + WORKDIR_IDLEN + sizeof TMP - 1 ||
	    strncmp(name, RECORDS, head) != 0 ||
	    strcmp(name + head + WORKDIR_IDLEN, TMP) != 0)
		return false;
	memcpy(id, name + head, WORKDIR_IDLEN);
	id[WORKDIR_IDLEN] = '\0';
	return kept_is_id(id);
}

static void
sweep_records(struct sweep *s, const char *path)
{
	int fd;
	DIR *d = open_dir(path, &fd);
	struct dirent *e;
	struct stat st;

	while ((e = readdir(d)) != NULL) {
		if (!is_half_record(e->d_name) ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) ||
		    s->now - st.st_mtim.tv_sec < (time_t)s->o->seconds)
			continue;
		if (!s->o->dry && unlinkat(fd, e->d_name, 0) < 0 && errno != ENOENT) {
			warn("%s/%s", path, e->d_name);
			s->failed = true;
			continue;
		}
		say(s, path, e->d_name, st.st_mtim.tv_sec);
	}
	closedir(d);
}

/* Where an expire is running, it is its own. */
static void
sweep_quarantine(struct sweep *s, const char *path)
{
	int fd = held_folder(path);

	if (kept_lock(fd))
		s->failed |= !expire_recover(fd, path, s->o->dry);
	close(fd);
}

int
sweep_verb(const struct options *o)
{
	struct sweep s = { o, time(NULL), false };

	sweep_work(&s, o->argv[0]);
	if (o->records != NULL)
		sweep_records(&s, o->records);
	if (o->quarantine != NULL)
		sweep_quarantine(&s, o->quarantine);
	return s.failed ? EXIT_RETRY : EXIT_NOTHING;
}
