/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2 */
#include "cmd/avscand/supervise.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/signals.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PAUSE_MS = 1000,
	PAUSE_MAX = 60 * 1000,
	LIVES = 8		/* generations at once: most of them end */
};

/* In a generation, until it is ready: what it says is heard by the supervisor. */
static int ready = -1, own_stderr = -1;

struct life {
	pid_t pid;			/* 0: there is none */
	char tmp[PATH_MAX];
};

struct state {
	struct supervise *s;
	struct life life[LIVES];
	struct board *board;		/* shared with the generations */
	int signals;
	pid_t serving, loading;		/* 0: none */
	int ready, voice;		/* of the one that loads, or -1 */
	long long started;		/* clock_ms: the one that serves */
	long long due;			/* clock_ms: when to start one, or 0 */
	long long pause;
	size_t n;
	char line[sizeof ((struct board *)0)->trouble];	/* the last that it said */
};

int
supervise_stderr(void)
{
	return own_stderr >= 0 ? own_stderr : STDERR_FILENO;
}

void
supervise_ready(void)
{
	char byte;

	if (ready < 0)
		return;
	if (dup2(own_stderr, STDERR_FILENO) < 0 || write(ready, "", 1) != 1)
		err(EXIT_RETRY, "the supervisor");
	if (read(ready, &byte, 1) != 1)
		errx(EXIT_RETRY, "the supervisor ends: not wanted any more");
	close(ready);
	ready = -1;
}

static _Noreturn void
become_generation(struct state *t, const struct life *l, const int *pair,
    const int *voice, pid_t parent)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_RETRY);
	close(t->signals);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	ready = pair[1];
	if ((own_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) < 0 ||
	    dup2(voice[1], STDERR_FILENO) < 0)
		_exit(EXIT_RETRY);
	close(voice[1]);
	close(voice[0]);
	close(pair[0]);
	t->s->live(t->s->ctx, t->board, l->tmp);
	exit(EXIT_NOTHING);
}

/* Of a process; of 0, one that is not used. */
static struct life *
life_of(struct state *t, pid_t pid)
{
	for (size_t i = 0; i < LIVES; i++)
		if (t->life[i].pid == pid)
			return &t->life[i];
	return NULL;
}

/* Starts a generation, which loads; the one that serves goes on. */
static void
start(struct state *t)
{
	int pair[2], voice[2];
	pid_t parent = getpid();
	struct life *l = life_of(t, 0);

	t->due = clock_ms() + PAUSE_MAX;	/* where it cannot be started */
	if (l == NULL) {
		warnx("%d generations have not ended yet: later", LIVES);
		return;
	}
	if (!folder_make(t->s->tmp, l->tmp, sizeof l->tmp))
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    pipe2(voice, O_CLOEXEC) < 0)
		err(EXIT_RETRY, "no way to a new generation");
	t->n = 0;
	t->loading = l->pid = fork();
	if (t->loading == 0)
		become_generation(t, l, pair, voice, parent);
	close(pair[1]);
	close(voice[1]);
	t->ready = pair[0];
	t->voice = voice[0];
	if (t->loading > 0) {
		t->due = 0;
		return;
	}
	warn("fork");
	t->loading = l->pid = 0;
	folder_wipe(l->tmp);
}

/* Passes on what the one that loads says, and keeps the last line. */
static void
listen_to(struct state *t)
{
	char text[4096];
	ssize_t n = read(t->voice, text, sizeof text);

	if (n <= 0) {
		close(t->voice);
		t->voice = -1;
		return;
	}
	if (write_all(STDERR_FILENO, text, (size_t)n) < 0)
		return;		/* nobody is there to be told */
	for (ssize_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			continue;
		if (i > 0 ? text[i - 1] == '\n' : t->n == sizeof t->line)
			t->n = 0;
		if (t->n < sizeof t->line - 1)
			t->line[t->n++] = (unsigned char)text[i] >= 0x20 &&
			    text[i] != 0x7f ? text[i] : '?';
	}
}

static void
done_loading(struct state *t)
{
	while (t->voice >= 0)
		listen_to(t);
	close(t->ready);
	t->ready = -1;
	t->loading = 0;
	t->board->reloaded = time(NULL);
}

/* The new one serves: the old one is to end with its clients. */
static void
take_over(struct state *t)
{
	pid_t old = t->serving;

	t->serving = t->loading;
	t->started = clock_ms();
	t->board->trouble[0] = '\0';
	for (unsigned i = 0; i < t->s->listening; i++)
		if (!t->s->listener[i].open)
			listen_open(&t->s->listener[i]);
	if (write(t->ready, "", 1) != 1)
		warn("the new generation");	/* it has ended: that is seen to */
	done_loading(t);
	if (old > 0 && kill(old, SIGUSR1) == 0)
		warnx("a new generation serves: the old one is to end with its clients");
}

/* The one that loads is at an end without having been ready. */
static void
give_up(struct state *t)
{
	done_loading(t);
	t->line[t->n] = '\0';
	snprintf(t->board->trouble, sizeof t->board->trouble, "%s",
	    t->n > 0 ? t->line : "it ended without a word");
	if (t->serving > 0)
		warnx("the new set is not taken: the old one stays in use");
}

static void
bury(struct life *l)
{
	if (l == NULL)
		return;
	l->pid = 0;
	folder_wipe(l->tmp);
}

/* Reaps; the exit status to end with, or -1: go on. */
static int
reap(struct state *t, bool first)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		bury(life_of(t, pid));
		if (pid == t->loading) {
			give_up(t);
			if (first)
				return WIFEXITED(status) && WEXITSTATUS(status) != 0 ?
				    WEXITSTATUS(status) : EXIT_RETRY;
			if (t->serving == 0)
				t->due = clock_ms() + t->pause;
		} else if (pid == t->serving) {
			warnx("the process that serves has ended: a new one starts");
			t->serving = 0;
			t->pause = clock_ms() - t->started > PAUSE_MAX ? PAUSE_MS :
			    t->pause * 2 > PAUSE_MAX ? PAUSE_MAX : t->pause * 2;
			if (t->loading == 0)
				t->due = clock_ms() + t->pause;
		}
	}
	return -1;
}

/* false: to be ended. */
static bool
take_signals(struct state *t)
{
	struct signalfd_siginfo info;

	while (read(t->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			return false;
		/* A second call during a load may be about a newer set. */
		if (info.ssi_signo == SIGHUP)
			t->due = clock_ms();
	}
	return true;
}

static void
end_all(struct state *t)
{
	/* One that is ready would wait for our word, and hear no signal. */
	if (t->ready >= 0)
		close(t->ready);
	if (t->voice >= 0)
		close(t->voice);
	for (size_t i = 0; i < LIVES; i++)
		if (t->life[i].pid > 0)
			kill(t->life[i].pid, SIGTERM);
	for (size_t i = 0; i < LIVES; i++) {
		if (t->life[i].pid == 0)
			continue;
		while (waitpid(t->life[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
		bury(&t->life[i]);
	}
}

static int
loop(struct state *t)
{
	for (bool first = true;;) {
		struct pollfd wanted[3] = { { .fd = t->signals, .events = POLLIN },
		    { .fd = t->ready, .events = POLLIN }, { .fd = t->voice, .events = POLLIN } };
		long long now = clock_ms();
		int status;
		char byte;

		if (t->due > 0 && t->due <= now && t->loading == 0) {
			start(t);
			continue;
		}
		if (poll(wanted, 3, t->due > 0 && t->loading == 0 ? (int)(t->due - now) : -1) < 0 &&
		    errno != EINTR)
			err(EXIT_RETRY, "poll");
		if (wanted[2].revents != 0)
			listen_to(t);
		if (wanted[1].revents != 0 && read(t->ready, &byte, 1) == 1) {
			take_over(t);
			first = false;
		}
		if (!take_signals(t))
			return EXIT_NOTHING;
		if ((status = reap(t, first)) >= 0)
			return status;
	}
}

int
supervise(struct supervise *s)
{
	static const int SIGNALS[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0 };
	struct state t = { .s = s, .ready = -1, .voice = -1, .pause = PAUSE_MS };
	int status;

	t.board = mmap(NULL, sizeof *t.board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.board == MAP_FAILED)
		err(EXIT_RETRY, "mmap");
	t.signals = signals_take(SIGNALS);
	start(&t);
	status = loop(&t);
	end_all(&t);
	return status;
}
