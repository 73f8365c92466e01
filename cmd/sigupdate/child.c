/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2 */
#include "cmd/sigupdate/child.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* One end, moved up where it is a standard descriptor. */
static bool
move_up(int *end)
{
	int high;

	if (*end > STDERR_FILENO)
		return true;
	if ((high = fcntl(*end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) < 0)
		return false;
	close(*end);
	*end = high;
	return true;
}

bool
child_pipe(int ends[2])
{
	int why;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	if (move_up(&ends[0]) && move_up(&ends[1]))
		return true;
	why = errno;
	close(ends[0]);
	close(ends[1]);
	errno = why;
	return false;
}

/* What has come to be ignored or blocked here would be so there. */
static void
fresh_signals(void)
{
	static const int ours[] = { SIGALRM, SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE,
	    SIGXFSZ };
	sigset_t none;

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		signal(ours[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

bool
child_ready(pid_t parent)
{
	errno = 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		return false;
	fresh_signals();
	return true;
}

void
child_exec(const char *const argv[])
{
	char *const *words = (char *const *)argv;	/* which exec leaves as they are */
	char beside[PATH_MAX];

	if (cli_beside(beside, argv[0]) && access(beside, X_OK) == 0)
		execv(beside, words);
	else
		execvp(argv[0], words);
}

int
child_end(pid_t pid, bool in_time, long long until)
{
	static const struct timespec moment = { .tv_nsec = 5000000 };
	bool killed = false;
	int status;
	pid_t ended;

	for (;;) {
		if (!killed && (!in_time || clock_ms() >= until)) {
			kill(pid, SIGKILL);
			killed = true;
		}
		ended = waitpid(pid, &status, killed ? 0 : WNOHANG);
		if (ended == pid)
			return status;
		if (ended < 0 && errno != EINTR)
			return -1;
		nanosleep(&moment, NULL);
	}
}
