/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/crew.h"
#include "common/clock.h"
#include "cmd/avscand/confine.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/worker.h"
#include "common/cli.h"
#include "common/passing.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PAUSE_MAX = 8000,
	DYING_MS = 5000,	/* a worker dies of SIGKILL within this time */
	UNDEAD_MAX = 16		/* those that did not, and were left behind */
};

struct birth {
	const struct crew *crew;
	const struct worker *worker;
	pid_t parent;
};

static void
live(void *arg, int socket)
{
	const struct birth *b = arg;

	worker_run(b->crew->engine, b->crew->settings, b->worker, socket, b->parent);
}

/* A number that we share with one worker, and with no other. */
static _Atomic int *
shared_number(void)
{
	_Atomic int *n = mmap(NULL, sizeof *n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (n == MAP_FAILED || madvise((void *)(size_t)n, sizeof *n, MADV_DONTFORK) < 0)
		err(EXIT_RETRY, "no memory for a worker");
	return n;
}

void
crew_open(struct crew *c, unsigned n)
{
	c->n = n;
	c->nursery = nursery_start(c->settings->stderr_fd, live);
	c->worker = calloc(n, sizeof *c->worker);
	if (c->worker == NULL)
		err(EXIT_RETRY, "no memory for %u workers", n);
	for (unsigned i = 0; i < n; i++) {
		c->worker[i].denied = shared_number();
		c->worker[i].socket = -1;
	}
	c->worker[0].first = true;
}

/* With its own number, and not those of others. */
static pid_t
fork_worker(struct crew *c, struct worker *w, int socket)
{
	void *number = (void *)(size_t)w->denied;
	struct birth b = { c, w, getpid() };
	pid_t pid = -1;

	if (madvise(number, sizeof *w->denied, MADV_DOFORK) == 0)
		pid = nursery_fork(c->nursery, &b, socket);
	if (madvise(number, sizeof *w->denied, MADV_DONTFORK) < 0)
		warn("madvise");
	return pid;
}

static void
start(struct crew *c, struct worker *w)
{
	int pair[2];

	w->started = clock_ms();
	w->due = w->started + PAUSE_MAX;	/* where it cannot be started */
	w->failed = true;
	if (!folder_make(c->settings->tmp, w->tmpdir, sizeof w->tmpdir))
		return;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		warn("socketpair");
		folder_wipe(w->tmpdir);
		return;
	}
	w->scanning = w->ending = w->late = false;
	w->scans = 0;
	*w->denied = -1;
	w->pid = fork_worker(c, w, pair[1]);
	close(pair[1]);
	w->socket = pair[0];
	w->first = w->failed = false;
	if (w->pid < 0) {
		w->failed = true;
		warn("fork");
		w->pid = 0;
		close(w->socket);
		folder_wipe(w->tmpdir);
	}
}

void
crew_dismiss(struct worker *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
	if (!w->ending)
		w->ended = clock_ms();
	w->ending = true;
}

bool
crew_ready(const struct worker *w)
{
	return w->pid > 0 && !w->scanning && !w->ending;
}

void
crew_tend(struct crew *c)
{
	long long now = clock_ms();

	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];

		if (w->pid == 0 && c->undead == UNDEAD_MAX)
			w->failed = true;	/* until one of them ends */
		else if (w->pid == 0 && w->due <= now)
			start(c, w);
		if (w->pid > 0 && w->scanning && w->due <= now && !w->ending) {
			w->late = true;
			crew_dismiss(w);
		}
	}
}

long long
crew_due(const struct crew *c)
{
	long long soonest = LLONG_MAX;

	for (unsigned i = 0; i < c->n; i++) {
		const struct worker *w = &c->worker[i];

		if (w->pid == 0 && c->undead == UNDEAD_MAX)
			continue;
		if (w->pid > 0 && w->ending) {
			if (w->ended + DYING_MS < soonest)
				soonest = w->ended + DYING_MS;
		} else if ((w->pid == 0 || w->scanning) && w->due < soonest)
			soonest = w->due;
	}
	return soonest;
}

bool
crew_hand(struct crew *c, struct worker *w, int fd, bool all)
{
	struct job_request r = { ++w->number, all };

	if (passing_send(w->socket, &r, sizeof r, fd, MSG_DONTWAIT) != sizeof r) {
		/* this user has too many descriptors on their way: it is not the worker */
		if (errno == ETOOMANYREFS) {
			warn("worker %ld", (long)w->pid);
			return false;
		}
		crew_dismiss(w);
		return false;
	}
	w->scanning = true;
	w->scans++;
	w->due = clock_ms() + 1000 * ((long long)c->settings->seconds + 1);
	return true;
}

/* A worker may have been taken over: what it says is looked at. */
static bool
sound(struct scan *s)
{
	size_t n = strnlen(s->text, sizeof s->text);

	if (n == sizeof s->text || s->kind > SCAN_REFUSED ||
	    (s->kind == SCAN_CLEAN) != (n == 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (s->text[i] < 0x20 || s->text[i] > 0x7e)
			return false;
	return true;
}

bool
crew_answer(struct worker *w, struct scan *s)
{
	struct job_reply r;
	ssize_t n = recv(w->socket, &r, sizeof r, MSG_DONTWAIT | MSG_TRUNC);

	if (n <= 0)
		return false;		/* it is dying */
	if (n != sizeof r || !w->scanning || r.number != w->number || !sound(&r.scan)) {
		warnx("worker %ld: an answer that is none", (long)w->pid);
		crew_dismiss(w);
		return false;
	}
	w->scanning = false;
	if (r.scan.doubt != 0)
		crew_dismiss(w);
	*s = r.scan;
	return true;
}

/* Of a worker at its end; in words, and whether it was its content's doing. */
static void
explain(const struct worker *w, int status, char *why, size_t size, bool *own)
{
	char call[64];

	*own = true;
	if (w->late) {
		snprintf(why, size, "its scan took too long");
	} else if (*w->denied >= 0) {
		confine_call(*w->denied, call, sizeof call);
		snprintf(why, size, "ended for the system call %s", call);
	} else if (WIFSIGNALED(status)) {
		snprintf(why, size, "ended by signal %d", WTERMSIG(status));
	} else {
		snprintf(why, size, "ended with status %d", WEXITSTATUS(status));
	}
	/* Killed by somebody else: the system's want of memory, mostly. */
	if (!w->late && *w->denied < 0 &&
	    (!WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL))
		*own = false;
}

/* Its place is free. */
static void
clear(struct worker *w)
{
	close(w->socket);
	w->socket = -1;
	/* One that never came to scan is replaced ever more slowly. */
	if (w->scans > 0 || clock_ms() - w->started > 1000)
		w->pause = 0;
	w->pid = 0;
	w->due = clock_ms() + (long long)w->pause;
	w->pause = w->pause == 0 ? 1000 : w->pause * 2;
	if (w->pause > PAUSE_MAX)
		w->pause = PAUSE_MAX;
}

/* One that should be dead for long; its folder is the supervisor's to wipe. */
static struct worker *
give_up(struct crew *c, char *why, size_t size, bool *own)
{
	long long now = clock_ms();

	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];

		if (w->pid == 0 || !w->ending || now - w->ended < DYING_MS)
			continue;
		*own = false;
		snprintf(why, size, "does not die of SIGKILL: a file system does not answer");
		warnx("worker %ld: %s", (long)w->pid, why);
		if (++c->undead == UNDEAD_MAX)
			warnx("too many of them: no worker is started any more");
		clear(w);
		return w;
	}
	return NULL;
}

static struct worker *
worker_of(const struct crew *c, pid_t pid)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->worker[i].pid == pid)
			return &c->worker[i];
	return NULL;
}

struct worker *
crew_bury(struct crew *c, char *why, size_t size, bool *own)
{
	struct worker *w = NULL;
	int status;
	pid_t pid;

	while (w == NULL) {
		if ((pid = waitpid(-1, &status, WNOHANG)) <= 0)
			return give_up(c, why, size, own);
		if ((w = worker_of(c, pid)) == NULL && c->undead > 0)
			c->undead--;	/* in the end it did */
	}
	explain(w, status, why, size, own);
	if (!w->ending || w->late)
		warnx("worker %ld: %s", (long)pid, why);
	folder_wipe(w->tmpdir);
	clear(w);
	return w;
}

/* Waits a while for all of them: one that hangs is not waited for without end. */
static void
reap(struct crew *c)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
	long long until = clock_ms() + DYING_MS;

	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];
		pid_t ended;

		while (w->pid > 0) {
			ended = waitpid(w->pid, NULL, WNOHANG);
			if (ended == w->pid)
				folder_wipe(w->tmpdir);
			if (ended == w->pid || clock_ms() > until)
				w->pid = 0;
			else
				nanosleep(&pause, NULL);
		}
	}
}

void
crew_close(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];

		if (w->pid == 0)
			continue;
		crew_dismiss(w);
		close(w->socket);
	}
	reap(c);
	for (unsigned i = 0; i < c->n; i++)
		munmap((void *)(size_t)c->worker[i].denied, sizeof *c->worker[i].denied);
	nursery_end(c->nursery);
	free(c->worker);
	c->worker = NULL;
	c->n = 0;
}
