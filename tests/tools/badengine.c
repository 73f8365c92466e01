/* SPDX-License-Identifier: ISC */
/*
 * badengine PATH ANSWER [LAST]: an engine that listens at PATH and gives the
 * same answer to each FILDES, whatever it is handed, and LAST to END.  In an
 * answer @ is the request's number, + the number after it, ~ a NUL, ! hangs
 * up, ^ is silence.  It ends after a minute.
 */
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* The name appears once it can be connected to. */
	if ((size_t)snprintf(a.sun_path, sizeof a.sun_path, "%s.new", path) >=
	    sizeof a.sun_path)
		errx(75, "%s: too long", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    listen(fd, 8) < 0 || rename(a.sun_path, path) < 0)
		err(75, "%s", path);
	return fd;
}

/* One byte; a descriptor that comes with it is dropped by the kernel. */
static bool
next_byte(int fd, char *c)
{
	return recv(fd, c, 1, 0) == 1;
}

static bool
next_command(int fd, char *name, size_t size)
{
	size_t n = 0;

	while (n < size && next_byte(fd, &name[n]))
		if (name[n++] == '\0')
			return true;
	return false;
}

/* False: hang up. */
static bool
give(int fd, const char *answer, unsigned long id)
{
	for (; *answer != '\0'; answer++) {
		char text[24] = { *answer };
		size_t n = 1;

		if (*answer == '!')
			return false;
		if (*answer == '^')
			pause();
		else if (*answer == '~')
			text[0] = '\0';
		else if (*answer == '@' || *answer == '+')
			n = (size_t)snprintf(text, sizeof text, "%lu",
			    id + (*answer == '+'));
		if (write_all(fd, text, n) < 0)
			return false;
	}
	return true;
}

static void
serve(int fd, const char *answer, const char *last)
{
	char name[100], byte;
	unsigned long id = 0;

	while (next_command(fd, name, sizeof name)) {
		if (strcmp(name, "zIDSESSION") == 0)
			continue;
		if (strcmp(name, "zEND") == 0) {
			give(fd, last, id);
			return;
		}
		id++;
		if (strcmp(name, "zFILDES") == 0 && !next_byte(fd, &byte))
			return;
		if (!give(fd, strcmp(name, "zVERSION") == 0 ?
		    "@: ClamAV 0/bad/never~" : answer, id))
			return;
	}
}

int
main(int argc, char **argv)
{
	int at, fd;

	if (argc < 3 || argc > 4)
		errx(64, "usage: badengine PATH ANSWER [LAST]");
	signal(SIGPIPE, SIG_IGN);
	alarm(60);
	at = listen_at(argv[1]);
	while ((fd = accept(at, NULL, NULL)) >= 0) {
		serve(fd, argv[2], argc == 4 ? argv[3] : "");
		close(fd);
	}
	err(75, "accept");
}
