/* SPDX-License-Identifier: ISC */
/*
 * badengine PATH ANSWER [LAST [RETRY [ALLMATCH]]]: an engine that listens at
 * PATH and gives the same answer to each FILDES, whatever it is handed, and the
 * others to END, RETRY and ALLMATCH; without the last two it says what a clamd
 * says to a command that it does not know.
 *
 * An answer may be several with | between: each is given once, the last one from
 * then on.  In an answer @ is the request's number, + the number after it, ~ a
 * NUL, ! hangs up, ^ is silence, _ a second and a half of it.  Each connection
 * and each command is a line on standard error.  It ends after a minute.
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

/*
 * False: hang up.  What stands between two silences is one write, so that
 * whoever reads has all of it at once, each time.
 */
static bool
give(int fd, const char *answer, size_t n, unsigned long id)
{
	char text[4096];
	size_t len = 0;

	for (; n > 0 && len < sizeof text - 24; answer++, n--) {
		if (strchr("!^_", *answer) != NULL) {
			if (write_all(fd, text, len) < 0 || *answer == '!')
				return false;
			len = 0;
			if (*answer == '^')
				pause();
			else
				usleep(1500000);
		} else if (*answer == '@' || *answer == '+')
			len += (size_t)snprintf(text + len, sizeof text - len, "%lu",
			    id + (*answer == '+'));
		else
			text[len++] = *answer == '~' ? '\0' : *answer;
	}
	return n == 0 && write_all(fd, text, len) == 0;
}

/* The next of several. */
static bool
give_next(int fd, const char **answers, unsigned long id)
{
	const char *answer = *answers;
	size_t n = strcspn(answer, "|");

	if (answer[n] == '|')
		*answers += n + 1;
	return give(fd, answer, n, id);
}

static const char unknown[] = "@: Command invalid inside IDSESSION. ERROR~!";

struct answers {
	const char *scan, *end, *retry, *allmatch;
};

static bool
serve_one(int fd, struct answers *a, const char *name, unsigned long id)
{
	static const char version[] = "@: ClamAV 0/bad/never~";
	const char *none = unknown;
	const char **answers = strcmp(name, "zFILDES") == 0 ? &a->scan :
	    strcmp(name, "zRETRY") == 0 ? &a->retry :
	    strcmp(name, "zALLMATCH") == 0 ? &a->allmatch : &none;
	char byte;

	if (strcmp(name, "zVERSION") == 0)
		return give(fd, version, sizeof version - 1, id);
	if (answers != &none && !next_byte(fd, &byte))
		return false;
	return give_next(fd, answers, id);
}

static void
serve(int fd, struct answers *a)
{
	char name[100];
	unsigned long id = 0;

	fprintf(stderr, "connection\n");
	while (next_command(fd, name, sizeof name)) {
		fprintf(stderr, "%s\n", name);
		if (strcmp(name, "zIDSESSION") == 0)
			continue;
		if (strcmp(name, "zEND") == 0) {
			give_next(fd, &a->end, id);
			return;
		}
		if (!serve_one(fd, a, name, ++id))
			return;
	}
}

int
main(int argc, char **argv)
{
	struct answers a = { .end = "", .retry = unknown, .allmatch = unknown };
	int at, fd;

	if (argc < 3 || argc > 6)
		errx(64, "usage: badengine PATH ANSWER [LAST [RETRY [ALLMATCH]]]");
	a.scan = argv[2];
	if (argc > 3)
		a.end = argv[3];
	if (argc > 4)
		a.retry = argv[4];
	if (argc > 5)
		a.allmatch = argv[5];
	signal(SIGPIPE, SIG_IGN);
	alarm(60);
	at = listen_at(argv[1]);
	while ((fd = accept(at, NULL, NULL)) >= 0) {
		serve(fd, &a);
		close(fd);
	}
	err(75, "accept");
}
