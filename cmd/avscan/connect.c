/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/connect.h"
#include "cmd/avscan/progress.h"
#include "common/cli.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
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

/* A connected, blocking socket, or -1 with errno. */
static int
connect_within(int family, const struct sockaddr *to, socklen_t n)
{
	struct timeval patience = { .tv_sec = CONNECT_SECONDS }, forever = { 0 };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	/* Linux lets connect wait for no longer than this. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
	    connect(fd, to, n) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever) == 0)
		return fd;
	saved = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
connect_local(const struct address *a)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	snprintf(to.sun_path, sizeof to.sun_path, "%.*s", ADDRESS_PATHMAX, a->host);
	fd = connect_within(AF_UNIX, (const struct sockaddr *)&to, sizeof to);
	if (fd < 0)
		warn("%s: engine", a->host);
	return fd;
}

static int
connect_tcp(const struct address *a, const char *name)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;
	int fd = -1, wrong = getaddrinfo(a->host, a->port, &hints, &list);

	if (wrong != 0) {
		warnx("%s: engine: %s", name, gai_strerror(wrong));
		return -1;
	}
	for (i = list; i != NULL && fd < 0; i = i->ai_next)
		fd = connect_within(i->ai_family, i->ai_addr, i->ai_addrlen);
	if (fd < 0)
		warn("%s: engine", name);
	freeaddrinfo(list);
	return fd;
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
	progress_erase();
	if (e->own)
		return start_avscand(e->signatures);
	return e->address.local ? connect_local(&e->address) :
	    connect_tcp(&e->address, e->name);
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
