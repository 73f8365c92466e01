/* SPDX-License-Identifier: ISC */
/*
 * idle PATH N [TEXT]: N connections to the unix socket PATH that say nothing, or
 * no more than TEXT.  Prints how many there are, and waits for the end of its
 * standard input.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct rlimit r;
	char byte;
	int n;

	if (argc != 3 && argc != 4)
		errx(64, "idle PATH N [TEXT]");
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	snprintf(to.sun_path, sizeof to.sun_path, "%s", argv[1]);
	for (n = 0; n < atoi(argv[2]); n++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
			err(75, "%s: connection %d", argv[1], n);
		if (argc == 4 && write(fd, argv[3], strlen(argv[3])) < 0)
			err(75, "%s: connection %d", argv[1], n);
	}
	printf("%d\n", n);
	fflush(stdout);
	return read(STDIN_FILENO, &byte, 1) < 0 ? 75 : 0;
}
