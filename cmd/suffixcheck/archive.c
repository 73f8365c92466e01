/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/archive.h"
#include "common/cli.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In the child. */
static _Noreturn void
become_arcnames(const struct archives *a, int seconds, pid_t parent)
{
	static const char name[] = "arcnames";
	const char *argv[6 + 2 * ARCHIVE_OFF] = { name, "-t" };
	char path[PATH_MAX], time_left[16];
	unsigned argc = 2;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_RETRY);
	snprintf(time_left, sizeof time_left, "%d", seconds);
	argv[argc++] = time_left;
	for (unsigned i = 0; i < a->count; i++) {
		argv[argc++] = "-x";
		argv[argc++] = a->types[i];
	}
	argv[argc++] = "-";
	if (cli_beside(path, name))
		execv(path, (char **)(size_t)argv);
	warn("%s: it is not beside suffixcheck", name);
	_exit(EXIT_RETRY);
}

static pid_t
start(const struct archives *a, int fd, int seconds, FILE **from)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe(ends) < 0 || (pid = fork()) < 0)
		err(EXIT_RETRY, "arcnames");
	if (pid == 0) {
		if (dup2(fd, STDIN_FILENO) < 0 || dup2(ends[1], STDOUT_FILENO) < 0)
			_exit(EXIT_RETRY);
		closefrom(STDERR_FILENO + 1);
		become_arcnames(a, seconds, parent);
	}
	close(ends[1]);
	if ((*from = fdopen(ends[0], "r")) == NULL)
		err(EXIT_RETRY, "arcnames");
	return pid;
}

/* Was all told?  Then there is a last record, and a status that fits. */
static void
end(pid_t pid, bool last, bool why)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "arcnames");
	if (!last || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != (why ? EXIT_FOUND : EXIT_NOTHING))
		errx(EXIT_RETRY, "arcnames: it did not end well");
}

bool
archive_names(struct archives *a, int fd, void (*record)(void *ctx, struct span line),
    void *ctx)
{
	double began = now();
	int seconds = (int)(ARCHIVE_ALL - a->used);
	bool last = false, why = false;
	char *line = NULL;
	size_t size = 0;
	struct span v;
	FILE *from;
	ssize_t n;
	pid_t pid;

	if (seconds <= 0)
		return false;
	pid = start(a, fd, seconds < ARCHIVE_SECONDS ? seconds : ARCHIVE_SECONDS, &from);
	while ((n = getline(&line, &size, from)) > 0) {
		if (last || line[--n] != '\n' || !record_valid(line, (size_t)n))
			errx(EXIT_RETRY, "arcnames: its answer is not made of records");
		last = record_is(line, (size_t)n, "check", "arcnames");
		why |= record_get(line, (size_t)n, "why", &v);
		if (!last)
			record(ctx, (struct span){ line, (size_t)n });
	}
	if (ferror(from))
		err(EXIT_RETRY, "arcnames");
	fclose(from);
	free(line);
	end(pid, last, why);
	a->used += now() - began;
	return true;
}
