/* SPDX-License-Identifier: ISC */
/*
 * linger PATH [FILE]: hands the engine at the unix socket PATH a FILE for a FILDES,
 * or a TCP connection which, when it is closed, waits for two minutes for somebody
 * to read what was sent over it; nobody does.  Prints the answer, and waits for the
 * end of its standard input; it closes nothing before that.
 */
#include "common/passing.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Two ends of a connection over the loopback. */
static void
connection(int end[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int l = socket(AF_INET, SOCK_STREAM, 0);

	if (l < 0 || bind(l, (struct sockaddr *)&at, n) < 0 || listen(l, 1) < 0 ||
	    getsockname(l, (struct sockaddr *)&at, &n) < 0 ||
	    (end[0] = socket(AF_INET, SOCK_STREAM, 0)) < 0 ||
	    connect(end[0], (struct sockaddr *)&at, sizeof at) < 0 ||
	    (end[1] = accept(l, NULL, NULL)) < 0)
		err(75, "a connection");
	close(l);
}

/* More than is taken by whoever does not read. */
static void
fill(int fd)
{
	static const char data[65536];
	const struct linger wait = { 1, 120 };

	while (send(fd, data, sizeof data, MSG_DONTWAIT) > 0)
		;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &wait, sizeof wait) < 0)
		err(75, "SO_LINGER");
}

int
main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char answer[256];
	int end[2], fd;
	ssize_t n;

	if (argc != 2 && argc != 3)
		errx(64, "linger PATH [FILE]");
	snprintf(to.sun_path, sizeof to.sun_path, "%s", argv[1]);
	if (argc == 3)
		end[0] = open(argv[2], O_RDONLY | O_CLOEXEC);
	else {
		connection(end);
		fill(end[0]);
	}
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0 ||
	    connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ||
	    write(fd, "nFILDES\n", 8) != 8 || passing_send(fd, "", 1, end[0], 0) != 1)
		err(75, "%s", argv[1]);
	if (argc == 2)
		close(end[0]);
	if ((n = read(fd, answer, sizeof answer)) > 0)
		(void)!write(STDOUT_FILENO, answer, (size_t)n);
	return read(STDIN_FILENO, answer, 1) < 0 ? 75 : 0;
}
