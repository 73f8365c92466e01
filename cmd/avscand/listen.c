/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/listen.h"
#include "common/cli.h"

#include <sys/file.h>
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
	ENDING = 20,		/* tenths of a second that one takes to end */
	LOCKING = 50		/* ... and that one waits for others to begin */
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
 * Is there nobody who answers at this path, or somebody who is just ending?  What
 * is no socket stays.  false, and it is said.
 */
static bool
is_free(const struct sockaddr_un *to, const char *text)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct stat st;

	if (lstat(to->sun_path, &st) < 0) {
		if (errno != ENOENT)
			warn("%s", text);
		return errno == ENOENT;
	}
	if (!S_ISSOCK(st.st_mode)) {
		warnx("%s: there is something else than a socket", text);
		return false;
	}
	for (int i = 0; i < ENDING; i++) {
		if (dead(to, text))
			return true;
		nanosleep(&pause, NULL);
	}
	warnx("%s: another process serves it already", text);
	return false;
}

/* The folder that a path is in. */
static void
folder_of(const char *path, char folder[ADDRESS_PATHMAX + 2])
{
	const char *slash = strrchr(path, '/');

	snprintf(folder, ADDRESS_PATHMAX + 2, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
	    slash == NULL ? "." : path);
}

static void
local_address(const struct listener *l, struct sockaddr_un *to)
{
	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	snprintf(to->sun_path, sizeof to->sun_path, "%s", l->path);
}

static void
listen_local(struct listener *l, const char *text, const struct address *a)
{
	char folder[ADDRESS_PATHMAX + 2];
	struct sockaddr_un to;

	snprintf(l->path, sizeof l->path, "%.*s", ADDRESS_PATHMAX, a->host);
	local_address(l, &to);
	if (!is_free(&to, text))
		exit(EXIT_RETRY);
	folder_of(l->path, folder);
	if (access(folder, W_OK | X_OK) < 0)
		err(EXIT_RETRY, "%s: %s", text, folder);
	l->fd = make_socket(AF_UNIX, text);
}

/* Gives the socket its name; false, and it is said. */
static bool
publish(struct listener *l)
{
	struct sockaddr_un to, first;
	struct stat st;

	local_address(l, &to);
	first = to;
	snprintf(first.sun_path, sizeof first.sun_path, "%s.new", l->path);
	if (!is_free(&to, l->path) || !is_free(&first, first.sun_path))
		return false;
	if ((unlink(first.sun_path) < 0 && errno != ENOENT) ||
	    bind(l->fd, (const struct sockaddr *)&first, sizeof first) < 0 ||
	    (l->mode >= 0 && chmod(first.sun_path, (mode_t)l->mode) < 0) ||
	    listen(l->fd, BACKLOG) < 0 || stat(first.sun_path, &st) < 0 ||
	    rename(first.sun_path, l->path) < 0) {
		warn("%s", l->path);
		unlink(first.sun_path);
		return false;
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return true;
}

/* Anybody may hold a lock on a folder: not for long. */
static bool
lock(int fd)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };

	for (int i = 0; i < LOCKING; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

/* One at a time in a folder: between a look and a rename nobody else looks. */
static bool
publish_alone(struct listener *l)
{
	char folder[ADDRESS_PATHMAX + 2];
	bool done;
	int fd;

	folder_of(l->path, folder);
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || !lock(fd)) {
		warn("%s", folder);
		if (fd >= 0)
			close(fd);
		return false;
	}
	done = publish(l);
	close(fd);
	return done;
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
listen_on(struct listener *l, const char *text, const struct address *a, int mode)
{
	memset(l, 0, sizeof *l);
	l->mode = mode;
	l->local = a->local;
	if (a->local)
		listen_local(l, text, a);
	else
		listen_tcp(l, text, a);
}

bool
listen_open(struct listener *l)
{
	if (l->local)
		l->open = publish_alone(l);
	else if (l->inherited || listen(l->fd, BACKLOG) == 0)
		l->open = true;
	else
		warn("listen");
	return l->open;
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
		int fd = FIRST + (int)i, listens = 0;

		memset(&l[i], 0, sizeof l[i]);
		l[i].fd = fd;
		l[i].inherited = true;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &(socklen_t){
		    sizeof listens }) < 0 || !listens)
			errx(EXIT_RETRY, "$LISTEN_FDS: descriptor %d is no socket that "
			    "listens (Accept=no, ListenStream=)", fd);
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
			err(EXIT_RETRY, "$LISTEN_FDS: descriptor %d", fd);
	}
	return (unsigned)have;
}

void
listen_end(struct listener *l)
{
	struct stat st;

	close(l->fd);
	if (l->local && l->open && lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino && unlink(l->path) < 0)
		warn("%s", l->path);
}
