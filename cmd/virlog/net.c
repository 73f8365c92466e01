/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/net.h"
#include "common/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The address and its length; 0: host is no number. */
static socklen_t
resolve(const struct address *a, struct sockaddr_storage *to)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	in_port_t port = htons((uint16_t)strtoul(a->port, NULL, 10));

	if (inet_pton(AF_INET, a->host, &v4.sin_addr) == 1) {
		v4.sin_port = port;
		memcpy(to, &v4, sizeof v4);
		return sizeof v4;
	}
	if (inet_pton(AF_INET6, a->host, &v6.sin6_addr) == 1) {
		v6.sin6_port = port;
		memcpy(to, &v6, sizeof v6);
		return sizeof v6;
	}
	return 0;
}

bool
net_numeric(const struct address *a)
{
	struct sockaddr_storage to;

	return resolve(a, &to) > 0;
}

/* 0; -1 with errno, ETIMEDOUT for what did not come in time. */
static int
wait_for(int fd, short events, long long deadline)
{
	struct pollfd p = { fd, events, 0 };
	long long left;
	int r;

	do {
		left = deadline - clock_ms();
		r = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = ETIMEDOUT;
	return r > 0 ? 0 : -1;
}

static int
pending_error(int fd)
{
	int wrong = 0;
	socklen_t n = sizeof wrong;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &wrong, &n) < 0)
		return -1;
	errno = wrong;
	return wrong == 0 ? 0 : -1;
}

static int
dial_within(int fd, const struct sockaddr_storage *to, socklen_t n, long long deadline)
{
	if (connect(fd, (const struct sockaddr *)to, n) == 0)
		return 0;
	if (errno != EINPROGRESS || wait_for(fd, POLLOUT, deadline) < 0)
		return -1;
	return pending_error(fd);
}

static int
send_all(int fd, const char *p, size_t n, long long deadline)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent >= 0) {
			p += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN) {
			if (wait_for(fd, POLLOUT, deadline) < 0)
				return -1;
		} else if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* Has the other side neither said anything nor ended, as it must not before we do? */
static int
still_listens(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n >= 0)
		errno = n > 0 ? EPROTO : ECONNRESET;
	return -1;
}

/*
 * Had the other side all of ours when it ended the connection?  It may have ended it
 * before, and the kernel's answer to what it threw away be on its way.
 */
static int
ended_well(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof info;
	int unheard = 0;

	if (pending_error(fd) < 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0 ||
	    ioctl(fd, SIOCOUTQ, &unheard) < 0)
		return -1;
	if (unheard > 0 ||
	    (info.tcpi_state != TCP_CLOSE && info.tcpi_state != TCP_TIME_WAIT)) {
		errno = ECONNRESET;
		return -1;
	}
	/* That answer closes it too, and may have come between the first look and this. */
	return pending_error(fd);
}

static int
await_end(int fd, long long deadline)
{
	char told;
	ssize_t n;

	if (still_listens(fd) < 0)
		return -1;
	if (shutdown(fd, SHUT_WR) < 0) {
		errno = errno == ENOTCONN ? ECONNRESET : errno;
		return -1;
	}
	while ((n = recv(fd, &told, 1, 0)) != 0) {
		if (n > 0)
			errno = EPROTO;
		if (n > 0 || (errno != EAGAIN && errno != EINTR) ||
		    wait_for(fd, POLLIN, deadline) < 0)
			return -1;
	}
	return ended_well(fd);
}

static const char *
reason(int wrong)
{
	switch (wrong) {
	case ETIMEDOUT: return "stuck";
	case EPROTO: return "it talks, as no syslog does";
	default: return strerror(wrong);
	}
}

const char *
net_send(const struct address *a, const void *bytes, size_t n, long long *left)
{
	long long deadline = clock_ms() + *left;
	struct sockaddr_storage to;
	socklen_t len = resolve(a, &to);
	const char *why = NULL;
	int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return strerror(errno);
	if (dial_within(fd, &to, len, deadline) < 0 ||
	    send_all(fd, bytes, n, deadline) < 0 || await_end(fd, deadline) < 0)
		why = reason(errno);
	close(fd);
	*left = deadline - clock_ms();
	if (*left < 0)
		*left = 0;
	return why;
}
