/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/connect.h"
#include "cmd/avscan/progress.h"
#include "common/cli.h"
#include "common/dial.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 10 };

bool
engines_add(struct engines *e, const char *text)
{
	static const struct engine none;
	struct engine new = none;
	const struct address *a = &new.address;

	if (e->n == ENGINES_MAX || !address_parse(&new.address, text))
		return false;
	if (a->local)
		snprintf(new.name, sizeof new.name, "%s", a->host);
	else if (strchr(a->host, ':') != NULL)
		snprintf(new.name, sizeof new.name, "tcp:[%s]:%s", a->host, a->port);
	else
		snprintf(new.name, sizeof new.name, "tcp:%s:%s", a->host, a->port);
	e->list[e->n++] = new;
	return true;
}

void
engines_add_own(struct engines *e, const char *signatures)
{
	struct engine *new = &e->list[e->n++];

	new->own = new->address.local = true;
	new->signatures = signatures;
	snprintf(new->name, sizeof new->name, "avscand");
}

size_t
engines_usable(const struct engines *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += !e->list[i].down;
	return n;
}

/* The avscand of -P; 0: there is none. */
static pid_t child;

/* On every way out: also where an error ends this process early. */
static void
end_child(void)
{
	if (child <= 0)
		return;
	kill(child, SIGTERM);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static _Noreturn void
become_avscand(int connection, const char *signatures, pid_t parent)
{
	char path[PATH_MAX];
	static const char name[] = "avscand";

	/* Its standard output must not be taken for our records. */
	if (dup2(connection, STDIN_FILENO) < 0 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		_exit(EXIT_RETRY);
	if (getppid() != parent)
		_exit(EXIT_RETRY);
	if (cli_beside(path, name)) {
		if (signatures != NULL)
			execl(path, name, "-l", "-", "-D", signatures, (char *)NULL);
		else
			execl(path, name, "-l", "-", (char *)NULL);
	}
	if (signatures != NULL)
		execlp(name, name, "-l", "-", "-D", signatures, (char *)NULL);
	else
		execlp(name, name, "-l", "-", (char *)NULL);
	warn("avscand: it is not beside avscan, nor in PATH");
	_exit(EXIT_RETRY);
}

/* Its connection, or -1 after a message. */
static int
start_avscand(const char *signatures)
{
	int pair[2];
	pid_t parent = getpid();

	if (child != 0) {
		warnx("avscand: engine: it ended the connection");
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		err(EXIT_RETRY, "socketpair");
	child = fork();
	if (child < 0)
		err(EXIT_RETRY, "fork");
	if (child == 0)
		become_avscand(pair[1], signatures, parent);
	close(pair[1]);
	if (atexit(end_child) != 0)
		errx(EXIT_RETRY, "atexit");
	return pair[0];
}

int
engine_connect(const struct engine *e)
{
	const char *why;
	int fd;

	progress_erase();
	if (e->own)
		return start_avscand(e->signatures);
	if ((fd = dial(&e->address, CONNECT_SECONDS, &why)) < 0)
		warnx("%s: engine: %s", e->name, why);
	return fd;
}

void
avscand_wait(void)
{
	int status;

	if (child <= 0)
		return;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			err(EXIT_RETRY, "avscand");
	child = 0;
	if (status != 0)
		errx(EXIT_RETRY, "avscand: did not end well");
}
