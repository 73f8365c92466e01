/* SPDX-License-Identifier: ISC */
#include "common/dial.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* From us, if that is not 0 and it goes to this machine; -1 with errno. */
static int
bind_as(int fd, uint32_t us, const struct sockaddr *to)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(us) }, there;

	if (us == 0 || to->sa_family != AF_INET)
		return 0;
	memcpy(&there, to, sizeof there);
	if (ntohl(there.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
		return 0;
	return bind(fd, (const struct sockaddr *)&from, sizeof from);
}

/* A connected, blocking socket, or -1 with errno. */
static int
connect_within(uint32_t us, const struct sockaddr *to, socklen_t n, unsigned seconds)
{
	struct timeval patience = { .tv_sec = (time_t)seconds }, forever = { 0 };
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	/* Linux lets connect wait for no longer than this. */
	if (bind_as(fd, us, to) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
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
	return dial_as(0, a, seconds, why);
}

int
dial_as(uint32_t us, const struct address *a, unsigned seconds, const char **why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *i;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = -1, wrong;

	if (a->local) {
		snprintf(to.sun_path, sizeof to.sun_path, "%.*s", ADDRESS_PATHMAX, a->host);
		fd = connect_within(0, (const struct sockaddr *)&to, sizeof to, seconds);
		*why = strerror(errno);
		return fd;
	}
	if ((wrong = getaddrinfo(a->host, a->port, &hints, &list)) != 0) {
		*why = gai_strerror(wrong);
		return -1;
	}
	for (i = list; i != NULL && fd < 0; i = i->ai_next)
		fd = connect_within(us, i->ai_addr, i->ai_addrlen, seconds);
	*why = strerror(errno);
	freeaddrinfo(list);
	return fd;
}
