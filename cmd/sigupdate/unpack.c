/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2 */
#include "cmd/sigupdate/unpack.h"
#include "cmd/sigupdate/filename.h"
#include "cmd/sigupdate/partlost.h"
#include "cmd/sigupdate/unpackchild.h"
#include "common/cli.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct made {
	char name[FILENAME_MAX_BYTES + 1];
};

struct unpacking {
	int dir;
	const struct unpack_limits *limits;
	unsigned long long most;	/* bytes, by its limit or by its ratio */
	char *why;
	pid_t child;
	int from;
	long until;			/* milliseconds */
	bool ready, ended;		/* it began; it closed its end */
	bool in;			/* between ENTRY and END */
	int fd;				/* of the file then; -1: what is passed over */
	unsigned long long bytes;
	unsigned entries;
	struct made *made;		/* owned */
	size_t n, room;
	char data[FRAME_MOST];
};

enum { SHOWN = 80 };		/* bytes of a name that are shown */

static long
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
refuse(struct unpacking *u, const char *why)
{
	snprintf(u->why, UNPACK_WHY, "%s", why);
	return false;
}

/* Printable ASCII; cut where it is long. */
static void
show(char *to, size_t room, struct span s)
{
	size_t n = s.n < room - 1 ? s.n : room - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?';
	to[n] = '\0';
}

static bool
refuse_name(struct unpacking *u, struct span name, const char *why)
{
	char shown[SHOWN + 1];

	show(shown, sizeof shown, name);
	snprintf(u->why, UNPACK_WHY, "%s%s: %s", shown, name.n > SHOWN ? "..." : "", why);
	return false;
}

/* The status of the child; it is gone afterwards, if it was not. */
static int
reap(struct unpacking *u)
{
	int status = 0;

	if (u->child <= 0)
		return 0;
	kill(u->child, SIGKILL);
	while (waitpid(u->child, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "waitpid");
	u->child = 0;
	return status;
}

/* Removes what was made, as far as that can be removed. */
static void
undo(struct unpacking *u)
{
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
	for (size_t i = 0; i < u->n; i++)
		unlinkat(u->dir, u->made[i].name, 0);
	u->n = 0;
}

/* errno is of what failed. */
static _Noreturn void
give_up(struct unpacking *u, const char *what)
{
	int was = errno;

	undo(u);
	reap(u);
	errno = was;
	partlost(u->dir, what);
}

static void
start(struct unpacking *u, int archive)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		err(EXIT_RETRY, "pipe");
	if ((u->child = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (u->child == 0)
		unpackchild(archive, ends[1], u->limits->seconds);
	close(ends[1]);
	u->from = ends[0];
}

/* All n bytes; false: they did not come, and why says that or the child has ended. */
static bool
receive(struct unpacking *u, void *to, size_t n)
{
	struct pollfd p = { .fd = u->from, .events = POLLIN };
	char *at = to;

	while (n > 0) {
		long left = u->until - milliseconds();
		ssize_t got;

		if (left <= 0) {
			snprintf(u->why, UNPACK_WHY, "to unpack it takes more than %lu s",
			    u->limits->seconds);
			return false;
		}
		if (poll(&p, 1, left < 60000 ? (int)left : 60000) <= 0)
			continue;
		got = read(u->from, at, n);
		if (got < 0 && errno != EINTR)
			give_up(u, "the unpacker");
		if (got == 0) {
			u->ended = true;
			return false;
		}
		at += got > 0 ? got : 0;
		n -= got > 0 ? (size_t)got : 0;
	}
	return true;
}

/* What its end says, where it ended before it had told all. */
static bool
refuse_ended(struct unpacking *u)
{
	int status = reap(u);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		snprintf(u->why, UNPACK_WHY, "to unpack it takes more than %lu s",
		    u->limits->seconds);
	else if (WIFSIGNALED(status))
		snprintf(u->why, UNPACK_WHY, "the unpacker died of it (signal %d)",
		    WTERMSIG(status));
	else if (u->ready)
		snprintf(u->why, UNPACK_WHY, "the unpacker died of it (status %d)",
		    WEXITSTATUS(status));
	else
		errx(EXIT_RETRY, "the unpacker failed, with status %d", WEXITSTATUS(status));
	return false;
}

static bool
is_text(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static const char *
entry_wrong(const struct unpacking *u, const struct frame *f, struct span name)
{
	static const char *const TYPES[FRAME_TYPES] = {
		[FRAME_FOLDER] = "a folder (tar -C FOLDER has none)",
		[FRAME_SYMLINK] = "a symbolic link",
		[FRAME_HARDLINK] = "a hard link", [FRAME_DEVICE] = "a device",
		[FRAME_FIFO] = "a fifo", [FRAME_OTHER] = "no regular file",
	};
	const char *why;

	if (f->type != FRAME_FILE)
		return TYPES[f->type];
	if (!is_text(name, "manifest") && !is_text(name, "manifest.minisig") &&
	    (why = filename_wrong(name)) != NULL)
		return why;
	for (size_t i = 0; i < u->n; i++)
		if (filename_same(name, (struct span){ u->made[i].name,
		    strlen(u->made[i].name) }))
			return "a name that it has twice";
	return NULL;
}

/* The file of that name, which was checked. */
static void
make_file(struct unpacking *u, struct span name)
{
	struct made *m;

	if (u->n == u->room) {
		size_t room = u->room == 0 ? 64 : 2 * u->room;

		m = reallocarray(u->made, room, sizeof *m);
		if (m == NULL)
			give_up(u, "what is unpacked");
		u->made = m;
		u->room = room;
	}
	m = &u->made[u->n];
	memcpy(m->name, name.p, name.n);
	m->name[name.n] = '\0';
	u->fd = openat(u->dir, m->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (u->fd < 0)
		give_up(u, m->name);
	u->n++;
}

/* The folder itself, as `tar -c .' has it. */
static bool
is_here(const struct frame *f, struct span name)
{
	return f->type == FRAME_FOLDER && name.p[0] == '.' &&
	    (name.n == 1 || (name.n == 2 && name.p[1] == '/'));
}

static bool
take_entry(struct unpacking *u, const struct frame *f)
{
	struct span name = { u->data, f->n }, flat = name;
	const char *why;

	if (u->entries++ > u->limits->files)	/* one more than files, for `./' */
		return refuse(u, "it has more files than are allowed");
	if (name.n == 0)
		return refuse(u, "it has a file whose name cannot be read");
	u->in = true;
	if (is_here(f, name))
		return true;
	if (name.n >= 2 && memcmp(name.p, "./", 2) == 0)
		flat = (struct span){ name.p + 2, name.n - 2 };
	if ((why = entry_wrong(u, f, flat)) != NULL)
		return refuse_name(u, name, why);
	if (u->n == u->limits->files)
		return refuse(u, "it has more files than are allowed");
	make_file(u, flat);
	return true;
}

static bool
take_data(struct unpacking *u, size_t n)
{
	const char *p = u->data;

	if (u->fd < 0)
		return refuse(u, "it has a folder with contents");
	if (n > u->most - u->bytes)
		return refuse(u, u->most < u->limits->bytes ?
		    "it holds more than an archive of its size is allowed to" :
		    "it holds more bytes than are allowed");
	u->bytes += n;
	while (n > 0) {
		ssize_t put = write(u->fd, p, n);

		if (put < 0 && errno != EINTR)
			give_up(u, u->made[u->n - 1].name);
		p += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return true;
}

static void
end_file(struct unpacking *u)
{
	int fd = u->fd;

	u->in = false;
	if (fd < 0)
		return;
	u->fd = -1;
	if (close(fd) < 0)
		give_up(u, u->made[u->n - 1].name);
}

/* Not as they come: an archive that is refused would cost a wait for each of its files. */
static void
sync_all(struct unpacking *u)
{
	for (size_t i = 0; i < u->n; i++) {
		u->fd = openat(u->dir, u->made[i].name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		if (u->fd < 0 || fsync(u->fd) < 0)
			give_up(u, u->made[i].name);
		close(u->fd);
		u->fd = -1;
	}
}

/* May this frame come now, and so long? */
static bool
is_due(const struct unpacking *u, const struct frame *f)
{
	switch (f->kind) {
	case FRAME_READY:
		return !u->ready && f->n == 0;
	case FRAME_ENTRY:
		return u->ready && !u->in && f->n <= FRAME_NAME && f->type < FRAME_TYPES;
	case FRAME_DATA:
		return u->in && f->n > 0 && f->n <= FRAME_MOST;
	case FRAME_END:
		return u->in && f->n == 0;
	case FRAME_ALL:
		return u->ready && !u->in && f->n == 0;
	case FRAME_WRONG:
		return u->ready && f->n <= FRAME_MOST;
	default:
		return false;
	}
}

static bool
refuse_words(struct unpacking *u, size_t n)
{
	show(u->why, UNPACK_WHY, (struct span){ u->data, n });
	return false;
}

/* One frame; *all: it was the last. */
static bool
take(struct unpacking *u, bool *all)
{
	struct frame f;

	if (!receive(u, &f, sizeof f))
		return u->ended && refuse_ended(u);
	if (!is_due(u, &f))
		return refuse(u, "the unpacker tells nonsense");
	if (!receive(u, u->data, f.n))
		return u->ended && refuse_ended(u);
	switch (f.kind) {
	case FRAME_READY:
		u->ready = true;
		return true;
	case FRAME_ENTRY:
		return take_entry(u, &f);
	case FRAME_DATA:
		return take_data(u, f.n);
	case FRAME_END:
		end_file(u);
		return true;
	case FRAME_ALL:
		*all = true;
		return u->n > 0 || refuse(u, "it holds no file");
	default:
		return refuse_words(u, f.n);
	}
}

/* How many bytes may come of an archive of so many. */
static unsigned long long
most_of(const struct unpack_limits *l, unsigned long long size)
{
	return l->ratio == 0 || size > l->bytes / l->ratio ? l->bytes : size * l->ratio;
}

bool
unpack(int archive, int dir, const struct unpack_limits *limits, char why[UNPACK_WHY])
{
	static struct unpacking u;
	bool good = true, all = false;
	struct stat st;

	u = (struct unpacking){ .dir = dir, .limits = limits, .why = why, .fd = -1,
	    .until = milliseconds() + (long)limits->seconds * 1000 };
	if (fstat(archive, &st) < 0)
		err(EXIT_RETRY, "an archive");
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return refuse(&u, "it is empty, or no file");
	u.most = most_of(limits, (unsigned long long)st.st_size);
	start(&u, archive);
	while (good && !all)
		good = take(&u, &all);
	reap(&u);
	close(u.from);
	if (good)
		sync_all(&u);
	else
		undo(&u);
	free(u.made);
	u.made = NULL;
	return good;
}
