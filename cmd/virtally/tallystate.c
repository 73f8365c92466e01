/* SPDX-License-Identifier: ISC */
/* The state of who counts: its lock, and how it is saved. */
#include "cmd/virtally/logs.h"
#include "cmd/virtally/publish.h"
#include "cmd/virtally/tallyfile.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_NAME ".lock"

enum { PAUSE_NS = 50 * 1000 * 1000, WAIT_MS = 60 * 1000 };

static int
open_folder(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* another one may make it at the same time */
	if (dir < 0 && errno == ENOENT && (mkdir(path, 0777) == 0 || errno == EEXIST))
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == ENOTDIR)
		errx(EXIT_CALL, "%s: is no folder: -D takes that of a state", path);
	if (dir < 0)
		err(EXIT_RETRY, "%s", path);
	return dir;
}

/* -1: errno. */
static int
open_lock(int dir)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(dir, LOCK_NAME, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = openat(dir, LOCK_NAME, flags | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return errno == EEXIST ? openat(dir, LOCK_NAME, flags) : -1;
	/* only what is new: what was there may be a link to anything */
	return publish_give(fd, dir) ? fd : -1;
}

int
tally_lock(const char *path)
{
	const struct timespec pause = { 0, PAUSE_NS };
	long long start = clock_ms();
	int dir = open_folder(path);
	int fd = open_lock(dir);

	if (fd < 0 && errno == EACCES)
		err(EXIT_RETRY, "%s/" LOCK_NAME ": somebody else's: chown all of %s to who counts",
		    path, path);
	if (fd < 0)
		err(EXIT_RETRY, "%s/" LOCK_NAME, path);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			err(EXIT_RETRY, "%s/" LOCK_NAME, path);
		if (clock_ms() - start > WAIT_MS)
			errx(EXIT_RETRY, "%s: somebody else counts there, and has not ended in a minute", path);
		nanosleep(&pause, NULL);
	}
	return dir;
}

/* The day up to which nothing is kept by days. */
static int
past_until(const struct tally *t, int today)
{
	int kept = 0, i = (int)t->nsections;

	while (i > 0 && t->sections[i - 1].day > today + 1)
		i--;
	for (; i > 0 && t->sections[i - 1].day != TALLY_PAST; i--)
		if (++kept > TALLY_DAYS)
			return t->sections[i - 1].day;
	return t->index->until;
}

static void
write_head(const struct tally *t, FILE *f)
{
	static struct record r;
	char key[2 * SEEN_KEY + 1];

	for (size_t i = 0; i < SEEN_KEY; i++)
		snprintf(key + 2 * i, 3, "%02x", t->key[i]);
	record_start(&r);
	record_addnum(&r, "tally", TALLY_VERSION);
	record_addcoded(&r, "writer", names_text(t->names, t->writer));
	record_addnum(&r, "generation", t->generation);
	record_addstr(&r, "key", key);
	record_end(&r);
	fwrite(r.text, 1, r.len, f);
}

void
tally_save(struct tally *t, int dir, int today, const struct logs *logs)
{
	struct publish p;
	int until;
	FILE *f;

	tally_load_rest(t);
	tally_sort(t);
	if ((until = past_until(t, today)) > t->index->until)
		tally_sum_past(t, until);
	t->generation += t->generation < CELLS_COUNT;
	for (size_t i = 0; i < t->nsections; i++)
		if (t->sections[i].changed)
			t->sections[i].generation = t->generation;
	f = publish_state_at(&p, dir, TALLY_NAME, t->index->path);
	write_head(t, f);
	logs_save(logs, today, f);
	seen_save(t->seen, today, f);
	tally_write_sections(t, f);
	publish_done(&p);
}
