/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/listen.h"
#include "common/cli.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	BACKLOG = 128,
	ENDING = 20		/* tenths of a second that one takes to end */
};

static int
make_socket(int family, const char *text)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err(EXIT_RETRY, "%s", text);
	return fd;
}

static bool
dead(const struct sockaddr_un *to, const char *text)
{
	int fd = make_socket(AF_UNIX, text);
	bool refused = connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 &&
	    errno == ECONNREFUSED;

	close(fd);
	return refused;
}

/*
 * Is there somebody who answers at this path, and is not just ending?  What is no
 * socket stays.
 */
static void
refuse_taken(const struct sockaddr_un *to, const char *text)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct stat st;

	if (lstat(to->sun_path, &st) < 0) {
		if (errno == ENOENT)
			return;
		err(EXIT_RETRY, "%s", text);
	}
	if (!S_ISSOCK(st.st_mode))
		errx(EXIT_RETRY, "%s: there is something else than a socket", text);
	for (int i = 0; i < ENDING && !dead(to, text); i++)
		nanosleep(&pause, NULL);
	if (!dead(to, text))
		errx(EXIT_RETRY, "%s: another process serves it already", text);
}

static void
listen_local(struct listener *l, const char *text, const struct address *a)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX }, first = to;
	struct stat st;

	snprintf(l->path, sizeof l->path, "%.*s", ADDRESS_PATHMAX, a->host);
	snprintf(to.sun_path, sizeof to.sun_path, "%s", l->path);
	snprintf(first.sun_path, sizeof first.sun_path, "%s.new", l->path);
	refuse_taken(&to, text);
	if (unlink(first.sun_path) < 0 && errno != ENOENT)
		err(EXIT_RETRY, "%s", first.sun_path);
	l->fd = make_socket(AF_UNIX, text);
	if (bind(l->fd, (const struct sockaddr *)&first, sizeof first) < 0 ||
	    stat(first.sun_path, &st) < 0)
		err(EXIT_RETRY, "%s", text);
	l->dev = st.st_dev;
	l->ino = st.st_ino;
}

static void
listen_tcp(struct listener *l, const char *text, const struct address *a)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE }, *list;
	int yes = 1, wrong = getaddrinfo(a->host, a->port, &hints, &list);

	if (wrong != 0)
		errx(EXIT_RETRY, "%s: %s", text, gai_strerror(wrong));
	l->fd = make_socket(list->ai_family, text);
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(l->fd, list->ai_addr, list->ai_addrlen) < 0)
		err(EXIT_RETRY, "%s", text);
	freeaddrinfo(list);
}

void
listen_on(struct listener *l, const char *text, const struct address *a)
{
	memset(l, 0, sizeof *l);
	l->local = a->local;
	if (a->local)
		listen_local(l, text, a);
	else
		listen_tcp(l, text, a);
}

void
listen_open(struct listener *l)
{
	char first[sizeof l->path + 4];

	if (l->inherited)
		return;
	if (listen(l->fd, BACKLOG) < 0)
		err(EXIT_RETRY, "%s: listen", l->path);
	snprintf(first, sizeof first, "%s.new", l->path);
	if (l->local && rename(first, l->path) < 0)
		err(EXIT_RETRY, "%s", l->path);
	l->open = true;
}

/* A number of the environment, 0: none. */
static unsigned long
number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : strtoul(text, NULL, 10);
}

unsigned
listen_inherit(struct listener *l, unsigned n)
{
	enum { FIRST = 3 };	/* SD_LISTEN_FDS_START */
	unsigned long have = number("LISTEN_FDS");

	if (number("LISTEN_PID") != (unsigned long)getpid())
		return 0;
	if (have > n)
		errx(EXIT_RETRY, "$LISTEN_FDS: more than %u sockets", n);
	for (unsigned i = 0; i < have; i++) {
		int fd = FIRST + (int)i;

		memset(&l[i], 0, sizeof l[i]);
		l[i].fd = fd;
		l[i].inherited = true;
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
			err(EXIT_RETRY, "$LISTEN_FDS: descriptor %d", fd);
	}
	return (unsigned)have;
}

void
listen_end(struct listener *l)
{
	char first[sizeof l->path + 4];
	struct stat st;

	close(l->fd);
	snprintf(first, sizeof first, "%s.new", l->path);
	if (l->local && !l->open && unlink(first) < 0 && errno != ENOENT)
		warn("%s", first);
	if (l->local && lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino && unlink(l->path) < 0)
		warn("%s", l->path);
}
