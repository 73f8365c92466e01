/* SPDX-License-Identifier: ISC */
#include "common/dial.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A connected, blocking socket, or -1 with errno. */
static int
connect_within(int family, const struct sockaddr *to, socklen_t n, unsigned seconds)
{
	struct timeval patience = { .tv_sec = (time_t)seconds }, forever = { 0 };
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

int
dial(const struct address *a, unsigned seconds, const char **why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = -1, wrong;

	if (a->local) {
		snprintf(to.sun_path, sizeof to.sun_path, "%.*s", ADDRESS_PATHMAX, a->host);
		fd = connect_within(AF_UNIX, (const struct sockaddr *)&to, sizeof to, seconds);
		*why = strerror(errno);
		return fd;
	}
	if ((wrong = getaddrinfo(a->host, a->port, &hints, &list)) != 0) {
		*why = gai_strerror(wrong);
		return -1;
	}
	for (i = list; i != NULL && fd < 0; i = i->ai_next)
		fd = connect_within(i->ai_family, i->ai_addr, i->ai_addrlen, seconds);
	*why = strerror(errno);
	freeaddrinfo(list);
	return fd;
}
