/* SPDX-License-Identifier: ISC */
/*
 * killat [-f] [-c FILE] [-n N] COMMAND [ARG...]: runs COMMAND and kills it (SIGKILL) as it,
 * or a thread of it, begins its Nth system call; then killat ends by SIGKILL, too, so that
 * whoever waits sees the same.  With -f the calls of all that it starts are counted with
 * its own, and who begins the Nth is killed, alone; killat ends as COMMAND does.
 *
 *   -n N     without it, or where there are fewer calls, nobody is killed
 *   -c FILE  a line with the number of calls is appended to it, where nobody was killed
 *
 * 75 where there can be no ptrace(2).
 */
#include "common/cli.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct cli cli = { "killat",
    "killat [-f] [-c FILE] [-n N] COMMAND [ARG...]\n"
    "Kills it at its Nth system call; see the comment in its source.\n"
};

enum { CALL_STOP = SIGTRAP | 0x80, PIDS = 65536 };

static volatile pid_t command;
static unsigned long nth, calls;
static bool follow, killed;
/* Is a process within a call?  Where two share a place, the count is wrong by one. */
static bool within[PIDS];

static void
hand_on(int sig)
{
	kill(command, sig);
}

static pid_t
start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_RETRY, "fork");
	if (pid > 0)
		return pid;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
		err(EXIT_RETRY, "ptrace");
	execvp(argv[0], argv);
	err(EXIT_RETRY, "%s", argv[0]);
}

/* It was stopped at the beginning or the end of a call. */
static void
at_call(pid_t pid)
{
	bool *in = &within[pid % PIDS];

	*in = !*in;
	if (!*in || killed || ++calls != nth)
		return;
	killed = true;
	kill(pid, SIGKILL);
}

/* Lets it go on; a signal that is its own is handed to it. */
static void
go_on(pid_t pid, int status)
{
	int sig = WSTOPSIG(status);

	if (sig == CALL_STOP) {
		at_call(pid);
		sig = 0;
	} else if (sig == SIGTRAP || status >> 16 != 0)
		sig = 0;
	else if (sig == SIGSTOP && !within[pid % PIDS])
		sig = 0;	/* a new one */
	(void)ptrace(killed ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)sig);
}

/* Until the command ends: its status. */
static int
watch(void)
{
	long what = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE;
	int status;
	pid_t pid;

	if (follow)
		what |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
	if (waitpid(command, &status, 0) != command || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, command, NULL, (void *)(intptr_t)what) < 0)
		err(EXIT_RETRY, "ptrace");
	go_on(command, status);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status))
			go_on(pid, status);
		else {
			within[pid % PIDS] = false;
			if (pid == command)
				return status;
		}
	}
	err(EXIT_RETRY, "wait");
}

static void
say_count(const char *path)
{
	FILE *f = fopen(path, "a");

	if (f == NULL || fprintf(f, "%lu\n", calls) < 0 || fclose(f) != 0)
		err(EXIT_RETRY, "%s", path);
}

int
main(int argc, char **argv)
{
	struct sigaction a = { .sa_handler = hand_on };
	const char *count = NULL;
	int c, status;

	while ((c = cli_getopt(&cli, argc, argv, ":fc:n:")) != -1) {
		if (c == 'f')
			follow = true;
		else if (c == 'c')
			count = optarg;
		else
			nth = cli_number(&cli, "-n", optarg, 1, 1000000000);
	}
	if (argv[optind] == NULL)
		cli_usage(&cli, "give a command");
	command = start(argv + optind);
	if (sigaction(SIGTERM, &a, NULL) < 0)
		err(EXIT_RETRY, "sigaction");
	status = watch();
	if (count != NULL && !killed)
		say_count(count);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	signal(SIGTERM, SIG_DFL);
	raise(WTERMSIG(status));
	return EXIT_RETRY;
}
