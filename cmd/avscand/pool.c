/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* nftw's FTW_PHYS under our flags */
#include "cmd/avscand/pool.h"
#include "cmd/avscand/worker.h"
#include "common/cli.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MAX = 8 };	/* seconds between attempts, at the most */

struct slot {
	pid_t pid;		/* 0: none is running */
	time_t started;		/* or, with none running, when to start one */
	unsigned pause;		/* seconds; grows while workers cannot start */
	_Atomic unsigned long *scans;	/* in memory shared with the worker */
	char tmpdir[PATH_MAX];
};

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int
wipe_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void
wipe(const char *dir)
{
	if (nftw(dir, wipe_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		warn("%s", dir);
}

static void
start(struct pool *p, struct slot *s)
{
	pid_t parent = getpid();

	s->started = now();
	snprintf(s->tmpdir, sizeof s->tmpdir, "%s/avscand.XXXXXX", p->tmp);
	if (mkdtemp(s->tmpdir) == NULL) {
		warn("%s", s->tmpdir);
		s->started += PAUSE_MAX;
		return;
	}
	*s->scans = 0;
	p->service.scans = s->scans;
	s->pid = fork();
	if (s->pid == 0)
		worker_run(p, s->tmpdir, parent);
	if (s->pid < 0) {
		warn("fork");
		wipe(s->tmpdir);
		s->pid = 0;
		s->started += PAUSE_MAX;
	}
}

/*
 * A worker that died of a scan is replaced at once: what is sent to it must not
 * slow the service down.  One that never came to scan is, ever more slowly.
 */
static void
bury(struct slot *s, int status)
{
	if (WIFSIGNALED(status))
		warnx("worker %ld: ended by signal %d%s", (long)s->pid,
		    WTERMSIG(status), WTERMSIG(status) == SIGALRM ?
		    ": its scan took too long" : "");
	else if (WEXITSTATUS(status) != 0)
		warnx("worker %ld: ended with status %d", (long)s->pid,
		    WEXITSTATUS(status));
	wipe(s->tmpdir);
	if (*s->scans > 0 || now() - s->started > 1)
		s->pause = 0;
	s->pid = 0;
	s->started = now() + (time_t)s->pause;
	s->pause = s->pause == 0 ? 1 : s->pause * 2;
	if (s->pause > PAUSE_MAX)
		s->pause = PAUSE_MAX;
}

/* Buries the dead; the status of the last, or -1 if there was none. */
static int
reap(const struct pool *p, struct slot *slots)
{
	int status, last = -1;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < p->workers; i++)
			if (slots[i].pid == pid) {
				bury(&slots[i], status);
				last = status;
			}
	return last;
}

/* Starts what is due; seconds until the next is, or an hour. */
static time_t
start_due(struct pool *p, struct slot *slots)
{
	time_t soonest = 3600;

	for (unsigned i = 0; i < p->workers; i++) {
		if (slots[i].pid == 0 && slots[i].started <= now())
			start(p, &slots[i]);
		if (slots[i].pid == 0 && slots[i].started - now() < soonest)
			soonest = slots[i].started - now();
	}
	return soonest < 0 ? 0 : soonest;
}

static void
end_all(const struct pool *p, struct slot *slots)
{
	for (unsigned i = 0; i < p->workers; i++) {
		if (slots[i].pid == 0)
			continue;
		kill(slots[i].pid, SIGKILL);
		while (waitpid(slots[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
		wipe(slots[i].tmpdir);
	}
}

/* The only worker has the connection: nobody else may hold it open. */
static void
give_stdin_away(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		err(EXIT_RETRY, "/dev/null");
	close(null);
}

static void
block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static struct slot *
make_slots(unsigned n)
{
	struct slot *slots = calloc(n, sizeof *slots);
	_Atomic unsigned long *scans = mmap(NULL, n * sizeof *scans,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (slots == NULL || scans == MAP_FAILED)
		err(EXIT_RETRY, "no memory for %u workers", n);
	for (unsigned i = 0; i < n; i++)
		slots[i].scans = &scans[i];
	return slots;
}

int
pool_run(struct pool *p)
{
	struct slot *slots = make_slots(p->workers);
	bool once = p->listening == 0;
	sigset_t set;
	int sig = 0, status = -1;

	block_signals(&set);
	for (bool first = true;; first = false) {
		struct timespec wait = { .tv_sec = 3600 };

		if (first || !once)
			wait.tv_sec = start_due(p, slots);
		if (first && once)
			give_stdin_away();
		if (once && slots[0].pid == 0)
			break;
		sig = sigtimedwait(&set, NULL, &wait);
		if (sig == SIGTERM || sig == SIGINT || sig == SIGHUP)
			break;
		if ((status = reap(p, slots)) >= 0 && once)
			break;
	}
	end_all(p, slots);
	free(slots);
	return once && status != 0 ? EXIT_RETRY : EXIT_NOTHING;
}
