/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2, close_range */
#include "cmd/avscand/supervise.h"
#include "common/clock.h"
#include "cmd/avscand/folder.h"
#include "cmd/avscand/notify.h"
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
	PAUSE_MAX = 10 * 1000,
	SILENT_MS = 20 * 1000,		/* a generation that serves is heard more often */
	LOAD_MS = 30 * 60 * 1000,	/* until one is ready */
	DYING_MS = 5 * 1000,		/* of SIGKILL */
	ENDING_MS = 8 * 1000,		/* until one that is told to has ended */
	LIVES = 2			/* generations at once */
};

/* In a generation; until it is ready what it says is heard by the supervisor. */
static int channel = -1, own_stderr = -1;

struct life {
	pid_t pid;			/* 0: there is none */
	int channel;
	bool hurried, killed;
	long long heard;		/* clock_ms: when something came from it */
	char tmp[PATH_MAX];
};

struct state {
	struct supervise *s;
	struct life life[LIVES];
	struct board *board;		/* shared with the generations */
	int signals;
	struct life *serving, *loading;	/* NULL: none */
	int voice;			/* what the one that loads says, or -1 */
	long long started;		/* clock_ms: the one that serves */
	bool wanted;			/* a new one */
	long long due;			/* clock_ms: and not before */
	long long pause;
	long long round;		/* clock_ms: when we last went round */
	pid_t looker;			/* who looks at the set, or 0 */
	long long look;			/* clock_ms: when one is due */
	int place;			/* of the set that serves, */
	uint64_t served;		/* its mark, */
	uint64_t refused, seen;		/* that of the last that was not taken, and at the last look */
	size_t n;
	char line[sizeof ((struct board *)0)->trouble];	/* the last that it said */
};

/* --- in a generation ------------------------------------------------------------ */

int
supervise_stderr(void)
{
	return own_stderr >= 0 ? own_stderr : STDERR_FILENO;
}

int
supervise_channel(void)
{
	return channel;
}

void
supervise_ready(void)
{
	char word = SUPERVISE_READY;

	if (channel < 0)
		return;
	if (dup2(own_stderr, STDERR_FILENO) < 0 || write(channel, &word, 1) != 1)
		err(EXIT_RETRY, "the supervisor");
	if (read(channel, &word, 1) != 1)
		errx(EXIT_RETRY, "the supervisor ends: not wanted any more");
}

static _Noreturn void
become_generation(struct state *t, const struct life *l, int end, const int *voice,
    pid_t parent)
{
	sigset_t none;

	signal(SIGHUP, SIG_IGN);	/* until it is read, in serve.c */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(EXIT_RETRY);
	close(t->signals);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < LIVES; i++)
		if (t->life[i].pid > 0)
			close(t->life[i].channel);
	channel = end;
	if ((own_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) < 0 ||
	    dup2(voice[1], STDERR_FILENO) < 0 ||
	    madvise(t->board, sizeof *t->board, MADV_DONTFORK) < 0)
		_exit(EXIT_RETRY);
	close(voice[1]);
	close(voice[0]);
	t->s->live(t->s->ctx, t->board, l->tmp);
	exit(EXIT_NOTHING);
}

/* --- lives ----------------------------------------------------------------------- */

/* Of a process; of 0, one that is not used. */
static struct life *
life_of(struct state *t, pid_t pid)
{
	for (size_t i = 0; i < LIVES; i++)
		if (t->life[i].pid == pid)
			return &t->life[i];
	return NULL;
}

static void
tell(const struct life *l, char word)
{
	/* one that has ended is seen to elsewhere */
	(void)send(l->channel, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Those that drain stand in the way of a new one. */
static void
hurry(struct state *t)
{
	for (size_t i = 0; i < LIVES; i++) {
		struct life *l = &t->life[i];

		if (l->pid == 0 || l == t->serving || l == t->loading || l->hurried)
			continue;
		warnx("a newer set waits: the old generation ends with its scans");
		tell(l, SUPERVISE_HURRY);
		l->hurried = true;
	}
}

/* The two ways that a new one talks to us; false, and it is said. */
static bool
open_ways(int pair[2], int voice[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		warn("socketpair");
		return false;
	}
	if (pipe2(voice, O_CLOEXEC) == 0 && fcntl(voice[0], F_SETFL, O_NONBLOCK) == 0)
		return true;
	warn("pipe");
	close(pair[0]);
	close(pair[1]);
	return false;
}

/* Starts a generation, which loads; the one that serves goes on. */
static bool
start(struct state *t, struct life *l)
{
	int pair[2], voice[2];
	pid_t pid, parent = getpid();

	t->due = clock_ms() + t->pause;	/* where it cannot be started */
	t->board->loading = 0;
	if (!folder_make(t->s->tmp, l->tmp, sizeof l->tmp))
		return false;
	if (!open_ways(pair, voice)) {
		folder_wipe(l->tmp);
		return false;
	}
	if ((pid = fork()) == 0) {
		close(pair[0]);
		become_generation(t, l, pair[1], voice, parent);
	}
	close(pair[1]);
	close(voice[1]);
	if (pid < 0) {
		warn("fork");
		close(pair[0]);
		close(voice[0]);
		folder_wipe(l->tmp);
		return false;
	}
	l->pid = pid;
	l->channel = pair[0];
	l->hurried = l->killed = false;
	l->heard = clock_ms();
	t->loading = l;
	t->voice = voice[0];
	t->wanted = false;
	t->n = 0;
	return true;
}

static void
bury(struct life *l)
{
	close(l->channel);
	l->pid = 0;
	folder_wipe(l->tmp);
}

/* --- one that loads --------------------------------------------------------------- */

/* Passes on what the one that loads says, and keeps the last line. */
static void
listen_to(struct state *t)
{
	char text[4096];
	ssize_t n = read(t->voice, text, sizeof text);

	if (n < 0 && errno == EAGAIN && t->loading != NULL)
		return;
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
	t->loading = NULL;	/* what is not there yet is not waited for */
	while (t->voice >= 0)
		listen_to(t);
	t->board->reloaded = time(NULL);
}

/* The new one serves: the old one is to end with its clients.  false: it cannot. */
static bool
take_over(struct state *t)
{
	struct life *old = t->serving;

	for (unsigned i = 0; i < t->s->listening; i++)
		if (!t->s->listener[i].open && !listen_open(&t->s->listener[i]))
			return false;
	if (t->started == 0)
		notify_ready();
	t->serving = t->loading;
	t->started = clock_ms();
	t->look = t->started + 1000 * (long long)t->s->seconds;
	t->served = t->board->loading;
	t->place = t->board->place;
	t->board->trouble[0] = '\0';
	tell(t->serving, SUPERVISE_SERVE);
	done_loading(t);
	if (old != NULL) {
		tell(old, SUPERVISE_DRAIN);
		warnx("a new generation serves: the old one is to end with its clients");
	}
	return true;
}

/* The one that loads is at an end without having been ready. */
static void
give_up(struct state *t)
{
	done_loading(t);
	t->refused = t->board->loading;
	t->line[t->n] = '\0';
	snprintf(t->board->trouble, sizeof t->board->trouble, "%s",
	    t->n > 0 ? t->line : "it ended without a word");
	if (t->serving != NULL)
		warnx("the new set is not taken: the old one stays in use");
}

/* --- is the set another one? ------------------------------------------------------- */

static _Noreturn void
become_looker(struct state *t, pid_t parent)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_RETRY);
	close_range(3, UINT_MAX, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	t->board->seen = t->s->look(t->s->ctx, t->place);
	_exit(EXIT_NOTHING);
}

/* A folder may be on a file system that does not answer: a process of its own looks. */
static void
look(struct state *t)
{
	pid_t parent = getpid(), pid;

	if (t->s->seconds == 0 || clock_ms() < t->look || t->looker > 0 ||
	    t->serving == NULL || t->loading != NULL)
		return;
	t->look = clock_ms() + 1000 * (long long)t->s->seconds;
	t->board->seen = 0;
	if ((pid = fork()) == 0)
		become_looker(t, parent);
	t->looker = pid > 0 ? pid : 0;
}

/* Who looked has ended. */
static void
looked(struct state *t)
{
	uint64_t seen = t->board->seen;
	bool settled = seen != 0 && seen == t->seen;

	t->looker = 0;
	t->seen = seen;
	if (!settled || seen == t->served || seen == t->refused || t->wanted ||
	    t->loading != NULL)
		return;
	warnx("the set of signatures is another one: it is loaded");
	t->wanted = true;
}

/* --- the loop ---------------------------------------------------------------------- */

/* A new one, after a pause. */
static void
try_again(struct state *t)
{
	t->wanted = true;
	t->due = clock_ms() + t->pause;
}

/* One that does not even die, in a call that does not return: it is left to itself. */
static void
leave(struct state *t, struct life *l)
{
	warnx("process %ld does not end: it is left behind", (long)l->pid);
	close(l->channel);
	l->pid = 0;		/* its folder stays */
	if (l == t->loading)
		give_up(t);
	if (l == t->serving)
		t->serving = NULL;
	if (t->serving == NULL && t->loading == NULL)
		try_again(t);
}

/* One that does not go round is no use: it is ended, and reaped like any. */
static void
look_for_silent(struct state *t)
{
	long long now = clock_ms(), away = now - t->round;

	t->round = now;
	for (size_t i = 0; i < LIVES; i++) {
		struct life *l = &t->life[i];

		/* Who was stopped with us, or while we were, has said nothing. */
		if (away > SILENT_MS / 2)
			l->heard = now;
		if (l->pid == 0 || now - l->heard <
		    (l == t->loading && !l->killed ? LOAD_MS : SILENT_MS))
			continue;
		if (l->killed) {
			leave(t, l);
			continue;
		}
		warnx("process %ld does not answer: it is ended", (long)l->pid);
		kill(l->pid, SIGKILL);
		l->killed = true;
		l->heard = now - SILENT_MS + DYING_MS;
	}
}

/* Reaps; the exit status to end with, or -1: go on. */
static int
reap(struct state *t)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct life *l = life_of(t, pid);

		if (pid == t->looker)
			looked(t);
		if (l == NULL)
			continue;	/* that, or one that was left behind */
		bury(l);
		if (l == t->loading) {
			give_up(t);
			if (t->started == 0)
				return WIFEXITED(status) && WEXITSTATUS(status) != 0 ?
				    WEXITSTATUS(status) : EXIT_RETRY;
			if (t->serving == NULL) {
				t->pause = t->pause * 2 > PAUSE_MAX ? PAUSE_MAX : t->pause * 2;
				try_again(t);
			}
		} else if (l == t->serving) {
			warnx("the process that serves has ended: a new one starts");
			t->serving = NULL;
			t->pause = clock_ms() - t->started > PAUSE_MAX ? PAUSE_MS :
			    t->pause * 2 > PAUSE_MAX ? PAUSE_MAX : t->pause * 2;
			if (t->loading == NULL)
				try_again(t);
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
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT ||
		    info.ssi_signo == SIGQUIT)
			return false;
		/* A second call during a load may be about a newer set. */
		if (info.ssi_signo == SIGHUP)
			t->wanted = true;
	}
	return true;
}

/* What a generation says.  false: one cannot take over. */
static bool
take_word(struct state *t, struct life *l)
{
	char word;

	if (recv(l->channel, &word, 1, MSG_DONTWAIT) != 1)
		return true;
	l->heard = clock_ms();
	if (word == SUPERVISE_RELOAD)
		t->wanted = true;
	return word != SUPERVISE_READY || l != t->loading || take_over(t);
}

/* Starts a new one if one is wanted, and can be. */
static void
go_on(struct state *t)
{
	struct life *l = life_of(t, 0);

	if (!t->wanted || t->loading != NULL)
		return;
	if (l == NULL)
		hurry(t);
	else if (clock_ms() >= t->due)
		start(t, l);
}

/* When there is something to do without a word; milliseconds, -1: never. */
static int
patience(struct state *t)
{
	long long now = clock_ms(), due = LLONG_MAX;

	for (size_t i = 0; i < LIVES; i++) {
		const struct life *l = &t->life[i];
		long long silent = l->heard +
		    (l == t->loading && !l->killed ? LOAD_MS : SILENT_MS);

		if (l->pid > 0 && silent < due)
			due = silent;
		if (l->pid > 0 && now + SILENT_MS / 4 < due)
			due = now + SILENT_MS / 4;
	}
	if (t->wanted && t->loading == NULL && life_of(t, 0) != NULL && t->due < due)
		due = t->due;
	if (t->s->seconds > 0 && t->serving != NULL && t->loading == NULL &&
	    t->looker == 0 && t->look < due)
		due = t->look;
	return due == LLONG_MAX ? -1 : due <= now ? 0 : (int)(due - now);
}

static int
loop(struct state *t)
{
	for (;;) {
		struct pollfd wanted[2 + LIVES] = { { .fd = t->signals, .events = POLLIN },
		    { .fd = t->voice, .events = POLLIN } };
		int status;

		for (size_t i = 0; i < LIVES; i++)
			wanted[2 + i] = (struct pollfd){ .events = POLLIN,
			    .fd = t->life[i].pid > 0 ? t->life[i].channel : -1 };
		if (poll(wanted, 2 + LIVES, patience(t)) < 0 && errno != EINTR)
			err(EXIT_RETRY, "poll");
		if (wanted[1].revents != 0)
			listen_to(t);
		for (size_t i = 0; i < LIVES; i++)
			if ((wanted[2 + i].revents & POLLIN) != 0 &&
			    !take_word(t, &t->life[i]))
				return EXIT_RETRY;
		if (!take_signals(t))
			return EXIT_NOTHING;
		if ((status = reap(t)) >= 0)
			return status;
		look_for_silent(t);
		look(t);
		go_on(t);
	}
}

/* Waits for its end until then; false: it did not come. */
static bool
ends(const struct life *l, long long until)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
	pid_t pid;

	while ((pid = waitpid(l->pid, NULL, WNOHANG)) == 0 && clock_ms() < until)
		nanosleep(&pause, NULL);
	return pid != 0;
}

static void
end_all(struct state *t)
{
	long long until = clock_ms() + ENDING_MS;

	if (t->voice >= 0)
		close(t->voice);
	for (size_t i = 0; i < LIVES; i++)
		if (t->life[i].pid > 0)
			kill(t->life[i].pid, SIGTERM);
	for (size_t i = 0; i < LIVES; i++) {
		struct life *l = &t->life[i];

		if (l->pid == 0)
			continue;
		if (!ends(l, until) && kill(l->pid, SIGKILL) == 0 &&
		    !ends(l, until + PAUSE_MS))
			warnx("process %ld does not end", (long)l->pid);
		bury(l);
	}
}

int
supervise(struct supervise *s)
{
	static const int SIGNALS[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, 0 };
	static const int NOTHING[] = { SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
	    SIGIO, SIGXCPU };
	struct state t = { .s = s, .voice = -1, .pause = PAUSE_MS };
	int status = EXIT_RETRY;

	t.board = mmap(NULL, sizeof *t.board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.board == MAP_FAILED)
		err(EXIT_RETRY, "mmap");
	for (size_t i = 0; i < sizeof NOTHING / sizeof NOTHING[0]; i++)
		signal(NOTHING[i], SIG_IGN);
	t.signals = signals_take(SIGNALS);
	t.round = clock_ms();
	if (start(&t, &t.life[0]))
		status = loop(&t);
	end_all(&t);
	return status;
}
