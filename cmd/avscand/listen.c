/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/listen.h"
#include "common/cli.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static int
make_socket(int family, const char *text)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err(EXIT_RETRY, "%s", text);
	return fd;
}

/* Is there somebody who answers at this path?  What is no socket stays. */
static void
refuse_taken(const struct sockaddr_un *to, const char *text)
{
	struct stat st;
	int fd;

	if (lstat(to->sun_path, &st) < 0) {
		if (errno == ENOENT)
			return;
		err(EXIT_RETRY, "%s", text);
	}
	if (!S_ISSOCK(st.st_mode))
		errx(EXIT_RETRY, "%s: there is something else than a socket", text);
	fd = make_socket(AF_UNIX, text);
	if (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 ||
	    errno != ECONNREFUSED)
		errx(EXIT_RETRY, "%s: another process serves it already", text);
	close(fd);
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
	    listen(l->fd, BACKLOG) < 0 || stat(first.sun_path, &st) < 0 ||
	    rename(first.sun_path, to.sun_path) < 0)
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
	if (bind(l->fd, list->ai_addr, list->ai_addrlen) < 0 ||
	    listen(l->fd, BACKLOG) < 0)
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
listen_end(struct listener *l)
{
	struct stat st;

	close(l->fd);
	if (l->local && lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino && unlink(l->path) < 0)
		warn("%s", l->path);
}
