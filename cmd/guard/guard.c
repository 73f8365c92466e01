/* SPDX-License-Identifier: ISC */
/*
 * guard: runs a command in a process group of its own, under a deadline, and
 * lets only decided statuses out.  Nothing of it is left when guard ends.
 */
#include "common/cli.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	EXIT_BOUNCE = 69,	/* a script's decision, for pipe(8) */
	SWEEP_SECONDS = 10
};

static const struct cli cli = { "guard",
    "guard [-t SECONDS] COMMAND [ARG...]\n"
    "  -t SECONDS  stop it after so long (300)\n"
    "Runs COMMAND; its 0 and 69 pass, every other end becomes 75.\n"
    "Exit: 0 or 69 as COMMAND said, 64 wrong call, 75 anything else.\n"
};

/* The signals that are waited for; they are blocked. */
static void
block_signals(sigset_t *waited, sigset_t *old)
{
	sigemptyset(waited);
	sigaddset(waited, SIGCHLD);
	sigaddset(waited, SIGHUP);
	sigaddset(waited, SIGINT);
	sigaddset(waited, SIGQUIT);
	sigaddset(waited, SIGTERM);
	/* A caller that ignores SIGCHLD would hide how the command ended. */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    sigprocmask(SIG_BLOCK, waited, old) < 0)
		err(EXIT_RETRY, "signals");
}

static pid_t
start(char **argv, const sigset_t *mask)
{
	pid_t self = getpid(), child = fork();

	if (child < 0)
		err(EXIT_RETRY, "fork");
	if (child > 0) {
		/* Both set it, so that it is set whoever runs first. */
		(void)setpgid(child, child);
		return child;
	}
	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    sigprocmask(SIG_SETMASK, mask, NULL) < 0) {
		warn("%s", argv[0]);
		_exit(EXIT_RETRY);
	}
	if (getppid() != self)
		_exit(EXIT_RETRY);
	execvp(argv[0], argv);
	warn("%s", argv[0]);
	_exit(EXIT_RETRY);
}

/* Has it ended?  It stays unreaped, so that its group's number stays its own. */
static bool
ended(pid_t child)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		err(EXIT_RETRY, "waitid");
	return info.si_pid == child;
}

/* Waits for its end, passing signals on; false: the time is over. */
static bool
watch(pid_t child, const sigset_t *waited, unsigned long seconds)
{
	struct timespec now, left = { .tv_nsec = 0 };
	time_t end;
	int sig;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + (time_t)seconds;
	while (!ended(child)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end)
			return false;
		left.tv_sec = end - now.tv_sec;
		sig = sigtimedwait(waited, NULL, &left);
		if (sig > 0 && sig != SIGCHLD)
			kill(-child, sig);
	}
	return true;
}

static bool
kill_children(void)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int pid;

	if (f == NULL)
		return false;
	while (fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(f);
	return true;
}

/*
 * What left the group came to us when its parent ended (we are a subreaper):
 * killed and reaped until there is none.
 */
static void
sweep(const char *name)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid > 0)
			continue;
		if (!kill_children())
			errx(EXIT_RETRY, "%s: left processes behind", name);
		(void)waitpid(-1, NULL, 0);
	}
}

static int
verdict(const char *name, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (code == EXIT_NOTHING || code == EXIT_BOUNCE || code == EXIT_RETRY)
		return code;
	if (code >= 0)
		warnx("%s: exit status %d, so 75", name, code);
	else
		warnx("%s: killed by signal %d, so 75", name, WTERMSIG(status));
	return EXIT_RETRY;
}

int
main(int argc, char **argv)
{
	unsigned long seconds = CLI_SECONDS;
	sigset_t waited, old;
	bool in_time;
	pid_t child;
	int status;

	while (cli_getopt(&cli, argc, argv, ":t:") != -1)
		seconds = cli_number(&cli, "-t", optarg, 1, 86400);
	argv += optind;
	if (argv[0] == NULL)
		cli_usage(&cli, "give a command");
	block_signals(&waited, &old);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    setenv("MULTISCAN_GUARD", "1", 1) < 0)
		err(EXIT_RETRY, "%s", argv[0]);
	child = start(argv, &old);
	in_time = watch(child, &waited, seconds);
	kill(-child, SIGKILL);
	cli_deadline(SWEEP_SECONDS);
	if (waitpid(child, &status, 0) != child)
		err(EXIT_RETRY, "%s", argv[0]);
	sweep(argv[0]);
	if (!in_time)
		errx(EXIT_RETRY, "%s: not done in %lu seconds, stopped", argv[0],
		    seconds);
	return verdict(argv[0], status);
}
