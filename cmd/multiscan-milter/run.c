/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2 */
#include "cmd/multiscan-milter/run.h"

#include "cmd/multiscan-milter/spawn.h"
#include "common/clean.h"
#include "common/clock.h"
#include "common/record.h"

#include <sys/pidfd.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SLACK_MS = 3000,	/* that guard has more than we */
	TERM_MS = 3000,		/* from SIGTERM to SIGKILL */
	KILL_MS = 12000,	/* guard sweeps for ten seconds */
	HEARD_MAX = 1 << 20	/* on standard error, of one that writes without an end */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct run *runs;

static void
enlist(struct run *r)
{
	pthread_mutex_lock(&lock);
	r->before = NULL;
	if ((r->next = runs) != NULL)
		runs->before = r;
	runs = r;
	pthread_mutex_unlock(&lock);
}

static void
delist(struct run *r)
{
	pthread_mutex_lock(&lock);
	if (r->before != NULL)
		r->before->next = r->next;
	else
		runs = r->next;
	if (r->next != NULL)
		r->next->before = r->before;
	pthread_mutex_unlock(&lock);
}

void
run_end_all(void)
{
	pthread_mutex_lock(&lock);
	for (struct run *r = runs; r != NULL; r = r->next)
		(void)pidfd_send_signal(r->pidfd, SIGTERM, NULL, 0);
	pthread_mutex_unlock(&lock);
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
run_none(struct run *r)
{
	memset(r, 0, sizeof *r);
	r->pid = -1;
	r->pidfd = r->in = r->out = r->err = -1;
}

/* Three pipes: *ours is our end of each, *theirs the other one. */
static bool
make_pipes(int *ours[3], int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		int fd[2];

		if (pipe2(fd, O_CLOEXEC) < 0)
			return false;
		*ours[i] = fd[i == 0];
		theirs[i] = fd[i != 0];
		if (fcntl(*ours[i], F_SETFL, O_NONBLOCK) < 0)
			return false;
	}
	return true;
}

bool
run_start(struct run *r, const char *name, char *const argv[], long long end)
{
	int *ours[3] = { &r->in, &r->out, &r->err }, theirs[3] = { -1, -1, -1 }, saved;

	run_none(r);
	r->name = name;
	r->end = end;
	if ((r->buffer = malloc(RUN_BUFFER)) != NULL && make_pipes(ours, theirs))
		r->pid = spawn(argv, theirs);
	saved = errno;
	for (int i = 0; i < 3; i++)
		shut(&theirs[i]);
	if (r->pid > 0 && (r->pidfd = pidfd_open(r->pid, 0)) < 0) {
		saved = errno;
		kill(r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
		r->pid = -1;
	}
	if (r->pid > 0) {
		enlist(r);
		return true;
	}
	run_free(r);
	errno = saved;
	return false;
}

/* --- what it says -------------------------------------------------------------- */

/* The line of its standard error that has come. */
static void
complain(struct run *r)
{
	size_t n = clean_line(r->line, r->complaint);

	r->complaint = 0;
	if (n == 0 || r->complaints > RUN_COMPLAINTS)
		return;
	if (r->complaints++ == RUN_COMPLAINTS)
		warnx("%s: and more", r->name);
	else
		warnx("%s: %.*s", r->name, (int)n, r->line);
}

/* What there is on its standard error; what is too long of a line is cut. */
static void
read_err(struct run *r)
{
	char text[512];
	ssize_t n = 0;

	while (r->heard < HEARD_MAX && (n = read(r->err, text, sizeof text)) > 0) {
		r->heard += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			if (text[i] == '\n')
				complain(r);
			else if (r->complaint < sizeof r->line)
				r->line[r->complaint++] = text[i];
	}
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		shut(&r->err);
}

/* Room for what it says; false: it says more than any record. */
static bool
more_room(struct run *r)
{
	size_t room = r->room == 0 ? 1024 : r->room * 4;
	char *more;

	if (room > RECORD_MAX)
		room = RECORD_MAX + 1;
	if (r->room == room || (more = realloc(r->said, room)) == NULL)
		return false;
	r->said = more;
	r->room = room;
	return true;
}

static void
read_out(struct run *r)
{
	ssize_t n;

	do {
		if (r->len == r->room && !more_room(r)) {
			r->odd = true;
			r->len = 0;
			shut(&r->out);
			return;
		}
		n = read(r->out, r->said + r->len, r->room - r->len);
		if (n > 0)
			r->len += (size_t)n;
	} while (n > 0);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&r->out);
}

/*
 * Until it takes more, where `taken', or has ended; what it says meanwhile is read.
 * False: the time is over.
 */
static bool
wait_for(struct run *r, bool taken, long long end)
{
	struct pollfd p[] = { { .fd = r->out, .events = POLLIN },
	    { .fd = r->err, .events = POLLIN }, { .fd = r->pidfd, .events = POLLIN },
	    { .fd = taken ? r->in : -1, .events = POLLOUT } };
	long long left;

	for (;;) {
		left = end - clock_ms();
		p[0].fd = r->out;
		p[1].fd = r->err;
		if (left <= 0)
			return false;
		if (poll(p, 4, left < 60000 ? (int)left : 60000) < 0 && errno != EINTR)
			return false;
		if (p[0].revents != 0 && r->out >= 0)
			read_out(r);
		if (p[1].revents != 0 && r->err >= 0)
			read_err(r);
		if (p[2].revents != 0 || p[3].revents != 0)
			return true;
	}
}

/* --- what it is told ----------------------------------------------------------- */

/*
 * What is buffered; what it does not take ends the feeding.  Where it may still read,
 * for want of time or memory, the pipe stays open, or it would take what it has for the
 * message.
 */
static void
flush(struct run *r)
{
	size_t done = 0;

	while (r->in >= 0 && !r->late && done < r->buffered) {
		ssize_t n = write(r->in, r->buffer + done, r->buffered - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno == EPIPE) {
			r->unfed = true;
			shut(&r->in);
		} else if (n < 0 && errno != EAGAIN)
			r->late = true;
		else
			r->late = !wait_for(r, true, r->end);
	}
	r->buffered = 0;
}

/* n bytes that hold no CR that may have to go. */
static void
put(struct run *r, const char *p, size_t n)
{
	while (n > 0) {
		size_t room = RUN_BUFFER - r->buffered, some = n < room ? n : room;

		memcpy(r->buffer + r->buffered, p, some);
		r->buffered += some;
		p += some;
		n -= some;
		if (r->buffered == RUN_BUFFER)
			flush(r);
	}
}

void
run_feed(struct run *r, const char *p, size_t n)
{
	const char *end = p + n, *cr;

	if (r->in < 0 || r->late || n == 0)
		return;
	if (r->cr && *p != '\n')
		put(r, "\r", 1);
	r->cr = false;
	while ((cr = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		put(r, p, (size_t)(cr - p));
		p = cr + 1;
		if (p == end)
			r->cr = true;
		else if (*p != '\n')
			put(r, "\r", 1);
	}
	put(r, p, (size_t)(end - p));
}

/* --- its end ------------------------------------------------------------------- */

/* It has ended: what it said last, and how. */
static int
reap(struct run *r)
{
	int status = -1;

	if (r->out >= 0)
		read_out(r);
	if (r->err >= 0)
		read_err(r);
	complain(r);
	delist(r);
	if (waitpid(r->pid, &status, 0) != r->pid)
		status = -1;
	r->pid = -1;
	return status;
}

/*
 * guard has the command in a group of its own, and kills it itself, but not while it waits
 * for what does not heed SIGTERM.
 */
static void
kill_group(pid_t guard)
{
	char path[64];
	FILE *f;
	int pid;

	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)guard, (long)guard);
	if ((f = fopen(path, "re")) == NULL)
		return;
	while (fscanf(f, "%d", &pid) == 1)
		kill(-pid, SIGKILL);
	fclose(f);
}

void
run_stop(struct run *r)
{
	if (r->pid < 0)
		return;
	/* Before it sees the end of what it is fed, and takes that for the message. */
	(void)pidfd_send_signal(r->pidfd, SIGTERM, NULL, 0);
	if (!wait_for(r, false, clock_ms() + TERM_MS)) {
		kill_group(r->pid);
		if (!wait_for(r, false, clock_ms() + KILL_MS))
			(void)pidfd_send_signal(r->pidfd, SIGKILL, NULL, 0);
	}
	(void)reap(r);
}

int
run_finish(struct run *r)
{
	int status;

	if (r->cr)
		put(r, "\r", 1);
	flush(r);
	if (!r->late)
		shut(&r->in);
	if (r->late || !wait_for(r, false, r->end + SLACK_MS)) {
		run_stop(r);
		warnx("%s: not done in time, stopped", r->name);
		return -1;
	}
	status = reap(r);
	if (r->odd)
		warnx("%s: it said more than a record", r->name);
	if (WIFSIGNALED(status))
		warnx("%s: killed by signal %d", r->name, WTERMSIG(status));
	if (r->unfed && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		warnx("%s: it did not read all of the message", r->name);
		return -1;
	}
	return !r->odd && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
run_free(struct run *r)
{
	shut(&r->in);
	shut(&r->out);
	shut(&r->err);
	shut(&r->pidfd);
	free(r->buffer);
	free(r->said);
	run_none(r);
}
