/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* ppoll, pipe2, closefrom */
#include "cmd/relayprobe/crew.h"
#include "cmd/relayprobe/probe.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BYTES = 4 << 20,	/* of records, a host */
	SPARE = 8,		/* descriptors that are no pipe to read from */
	GRACE = 5000		/* ms that a process has to end itself */
};

/* A host in hand. */
struct worker {
	pid_t pid;		/* 0: free */
	int fd;
	long long end;		/* ms */
	const char *why;	/* it is not to be listened to any more */
	size_t n, told;		/* bytes of buf; those that were looked at */
	size_t records;		/* of these, before the last record */
	struct tally tally;
	char *buf;
};

struct running {
	const struct crew *c;
	struct worker *workers;
	size_t next, done, busy;
};

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { SIGNALS = sizeof signals / sizeof signals[0] };

/*
 * The signals are let in while we wait, and nowhere else.  One that is ignored,
 * as nohup(1) has it, stays so.
 */
static void
catch_signals(sigset_t *waiting)
{
	struct sigaction sa, old;
	sigset_t set;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = stop;
	sigemptyset(&set);
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaddset(&set, signals[i]);
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, waiting);
	for (size_t i = 0; i < SIGNALS; i++)
		sigdelset(waiting, signals[i]);
}

static _Noreturn void
work(const struct target *target, const struct plan *plan, int fd, pid_t parent,
    const sigset_t *waiting)
{
	struct sigaction old;

	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, waiting, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != parent ||
	    dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDIN_FILENO) < 0)
		_exit(EXIT_RETRY);
	closefrom(STDERR_FILENO + 1);
	probe(target, plan, STDOUT_FILENO);
	_exit(EXIT_NOTHING);
}

/* False: not now. */
static bool
begin(struct worker *w, const struct target *target, const struct plan *plan,
    const sigset_t *waiting)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	w->pid = fork();
	if (w->pid == 0) {
		fcntl(fds[1], F_SETFL, 0);
		work(target, plan, fds[1], parent, waiting);
	}
	close(fds[1]);
	if (w->pid < 0) {
		close(fds[0]);
		w->pid = 0;
		return false;
	}
	w->fd = fds[0];
	w->end = clock_ms() + (long long)plan->seconds * 1000 + GRACE;
	w->why = NULL;
	w->n = w->told = w->records = 0;
	w->tally = (struct tally){ .target = target };
	return true;
}

static void
finish(struct running *r, struct worker *w)
{
	struct outcome o = { &w->tally, w->why, { w->buf, w->records } };

	kill(w->pid, SIGKILL);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(w->fd);
	w->pid = 0;
	r->busy--;
	r->done++;
	if (w->tally.ended)
		o.why = NULL;
	else if (o.why == NULL)
		o.why = "died";
	r->c->judged(&o);
}

/* The lines that are whole. */
static void
look(const struct crew *c, struct worker *w)
{
	const char *line, *lf;

	while (w->why == NULL &&
	    (lf = memchr(line = w->buf + w->told, '\n', w->n - w->told)) != NULL) {
		size_t n = (size_t)(lf - line);

		if (!tally_add(&w->tally, line, n)) {
			w->why = "died";
			return;
		}
		w->told += n + 1;
		if (!w->tally.ended)
			w->records = w->told;
		if (c->heard != NULL)
			c->heard(w->tally.target, line, n);
	}
}

/* False: there will be no more. */
static bool
listen_to(const struct crew *c, struct worker *w)
{
	ssize_t n = read(w->fd, w->buf + w->n, BYTES - w->n);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	w->n += (size_t)n;
	look(c, w);
	if (w->why == NULL && w->n == BYTES)
		w->why = "limit";
	return w->why == NULL;
}

/* As many hosts as may be; where there is no room for a process, fewer. */
static void
fill(struct running *r, const sigset_t *waiting)
{
	const struct crew *c = r->c;

	for (unsigned i = 0; i < c->width && r->next < c->n; i++) {
		struct worker *w = &r->workers[i];

		if (w->pid != 0)
			continue;
		if (w->buf == NULL && (w->buf = malloc(BYTES)) == NULL)
			break;
		if (!begin(w, &c->list[r->next], c->plan, waiting))
			break;
		r->busy++;
		r->next++;
	}
	if (r->busy == 0 && r->next < c->n)
		err(EXIT_RETRY, "no process can be started");
}

static int
shorter(int a, long long b)
{
	if (b < 0)
		b = 0;
	return a < 0 || b < a ? (int)b : a;
}

/* Waits until one of them has said something. */
static void
turn(struct running *r, struct pollfd *polls, const sigset_t *waiting)
{
	const struct crew *c = r->c;
	int patience = c->tick(r->done, r->busy);
	struct timespec t;
	long long now = clock_ms();
	nfds_t n = 0;

	for (unsigned i = 0; i < c->width; i++) {
		struct worker *w = &r->workers[i];

		if (w->pid == 0)
			continue;
		polls[n++] = (struct pollfd){ .fd = w->fd, .events = POLLIN };
		patience = shorter(patience, w->end - now);
	}
	t = (struct timespec){ patience / 1000, patience % 1000 * 1000000L };
	if (ppoll(polls, n, patience < 0 ? NULL : &t, waiting) < 0 && errno != EINTR)
		err(EXIT_RETRY, "poll");
	now = clock_ms();
	n = 0;
	for (unsigned i = 0; i < c->width; i++) {
		struct worker *w = &r->workers[i];
		bool more = true;

		if (w->pid == 0)
			continue;
		if (polls[n++].revents != 0)
			more = listen_to(c, w);
		if (more && now >= w->end) {
			w->why = "time";
			more = false;
		}
		if (!more)
			finish(r, w);
	}
}

/* How many hosts at once there are descriptors for: a pipe each. */
static unsigned
bearable(unsigned width)
{
	struct rlimit limit;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return width;
	most = limit.rlim_cur > SPARE ? limit.rlim_cur - SPARE : 1;
	if (most >= width)
		return width;
	warnx("%u hosts at once, not %u: no more than %llu descriptors are allowed",
	    (unsigned)most, width, (unsigned long long)limit.rlim_cur);
	return (unsigned)most;
}

bool
crew_run(const struct crew *wanted)
{
	struct crew lowered = *wanted;
	const struct crew *c = &lowered;
	struct running r = { .c = c };
	struct pollfd *polls;
	sigset_t waiting;

	lowered.width = bearable(lowered.width);
	polls = calloc(c->width, sizeof *polls);
	r.workers = calloc(c->width, sizeof *r.workers);
	if (polls == NULL || r.workers == NULL)
		err(EXIT_RETRY, "no memory");
	catch_signals(&waiting);
	while (!stopped && (r.next < c->n || r.busy > 0)) {
		fill(&r, &waiting);
		turn(&r, polls, &waiting);
	}
	for (unsigned i = 0; i < c->width; i++) {
		if (r.workers[i].pid != 0) {
			r.workers[i].why = "interrupted";
			finish(&r, &r.workers[i]);
		}
		free(r.workers[i].buf);
	}
	free(r.workers);
	free(polls);
	return !stopped;
}
