/* SPDX-License-Identifier: ISC */
/*
 * talk ADDRESS [DESCRIPTOR]... <BYTES: sends its standard input to the socket
 * at unix:PATH or tcp:HOST:PORT, then one byte that brings the descriptors
 * named (numbers that the shell opened), if there are any, and prints what
 * comes back until the other side hangs up.  It ends after a minute.
 */
#include "common/address.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
connect_to(const char *text)
{
	struct address a;
	struct addrinfo *list;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (!address_parse(&a, text))
		errx(64, "%s: no address", text);
	if (a.local) {
		snprintf(to.sun_path, sizeof to.sun_path, "%.*s", ADDRESS_PATHMAX, a.host);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
			err(75, "%s", text);
		return fd;
	}
	if (getaddrinfo(a.host, a.port, NULL, &list) != 0)
		errx(75, "%s: no such host", text);
	fd = socket(list->ai_family, SOCK_STREAM, 0);
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		err(75, "%s", text);
	freeaddrinfo(list);
	return fd;
}

/* Copies all; false: to takes no more. */
static bool
copy(int from, int to)
{
	char data[65536];
	ssize_t n;

	while ((n = read(from, data, sizeof data)) > 0)
		if (write_all(to, data, (size_t)n) < 0)
			return false;
	return true;
}

static void
pass(int to, char **numbers, size_t n)
{
	union {
		char room[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { &(char){ 'x' }, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control };
	struct cmsghdr *c;

	if (n > 16)
		errx(64, "too many descriptors");
	memset(&control, 0, sizeof control);
	m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (size_t i = 0; i < n; i++) {
		int fd = atoi(numbers[i]);

		memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
	}
	if (sendmsg(to, &m, MSG_NOSIGNAL) != 1)
		err(75, "sendmsg");
}

int
main(int argc, char **argv)
{
	int fd;

	if (argc < 2)
		errx(64, "usage: talk ADDRESS [DESCRIPTOR]...");
	alarm(60);
	signal(SIGPIPE, SIG_IGN);
	fd = connect_to(argv[1]);
	if (copy(STDIN_FILENO, fd) && argc > 2)
		pass(fd, argv + 2, (size_t)argc - 2);
	shutdown(fd, SHUT_WR);
	if (!copy(fd, STDOUT_FILENO))
		err(75, "standard output");
	return 0;
}
