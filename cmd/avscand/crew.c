/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/crew.h"
#include "cmd/avscand/confine.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/worker.h"
#include "common/cli.h"

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

enum { PAUSE_MAX = 8000 };

long long
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
crew_open(struct crew *c, unsigned n)
{
	_Atomic int *denied = mmap(NULL, n * sizeof *denied, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	c->n = n;
	c->worker = calloc(n, sizeof *c->worker);
	if (c->worker == NULL || denied == MAP_FAILED)
		err(EXIT_RETRY, "no memory for %u workers", n);
	for (unsigned i = 0; i < n; i++) {
		c->worker[i].denied = &denied[i];
		c->worker[i].socket = -1;
	}
	c->worker[0].first = true;
}

static void
start(struct crew *c, struct worker *w)
{
	int pair[2];
	pid_t parent = getpid();

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
	w->pid = fork();
	if (w->pid == 0)
		worker_run(c->engine, c->settings, w, pair[1], parent);
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

		if (w->pid == 0 && w->due <= now)
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

		if ((w->pid == 0 || (w->scanning && !w->ending)) && w->due < soonest)
			soonest = w->due;
	}
	return soonest;
}

bool
crew_hand(struct crew *c, struct worker *w, int fd, bool all)
{
	struct job_request r = { ++w->number, all };
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .room = { 0 } };
	struct iovec io = { &r, sizeof r };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
	if (sendmsg(w->socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof r) {
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

struct worker *
crew_bury(struct crew *c, char *why, size_t size, bool *own)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);
	struct worker *w = NULL;

	for (unsigned i = 0; pid > 0 && i < c->n; i++)
		if (c->worker[i].pid == pid)
			w = &c->worker[i];
	if (w == NULL)
		return NULL;
	explain(w, status, why, size, own);
	if (!w->ending || w->late)
		warnx("worker %ld: %s", (long)pid, why);
	close(w->socket);
	w->socket = -1;
	folder_wipe(w->tmpdir);
	/* One that never came to scan is replaced ever more slowly. */
	if (w->scans > 0 || clock_ms() - w->started > 1000)
		w->pause = 0;
	w->pid = 0;
	w->due = clock_ms() + (long long)w->pause;
	w->pause = w->pause == 0 ? 1000 : w->pause * 2;
	if (w->pause > PAUSE_MAX)
		w->pause = PAUSE_MAX;
	return w;
}

void
crew_close(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];

		if (w->pid == 0)
			continue;
		crew_dismiss(w);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
		close(w->socket);
		folder_wipe(w->tmpdir);
	}
	free(c->worker);
	c->worker = NULL;
	c->n = 0;
}
