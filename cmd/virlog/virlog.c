/* SPDX-License-Identifier: ISC */
/* virlog: a log line for each record. */
#include "cmd/virlog/line.h"
#include "common/address.h"
#include "common/cli.h"
#include "common/clock.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE = 200,		/* ms in all that a stuck socket may cost */
	TAG_MAX = 32,
	HOST_MAX = 64
};

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789._-";

static const struct cli cli = { "virlog",
    "virlog [-o FILE | -s unix:PATH] [-T TAG]\n"
    "  -o FILE       append to FILE\n"
    "  -s unix:PATH  syslog's socket ($MULTISCAN_LOG_SOCKET, or /dev/log)\n"
    "  -T TAG        the program's name in the log (iMS)\n"
    "Reads records and logs a line for each; only a virus gets `virus found'.\n"
    "Exit: 0 all logged, 64 wrong call, 75 not all.\n"
};

struct log {
	const char *name;	/* the file or the socket */
	int fd;
	bool file;
	bool torn;		/* the file ends within a line */
	long long deadline;	/* of waiting; 0: not waited yet */
	const char *tag;
	char host[HOST_MAX + 1];
};

static void
find_host(char host[HOST_MAX + 1])
{
	char name[256] = "";
	size_t n;

	if (gethostname(name, sizeof name - 1) < 0 || name[0] == '\0')
		snprintf(name, sizeof name, "localhost");
	n = strnlen(name, HOST_MAX);
	for (size_t i = 0; i < n; i++)
		host[i] = strchr(LETTERS, name[i]) != NULL ? name[i] : '-';
	host[n] = '\0';
}

/* Did a writer before us come to its end within a line? */
static bool
is_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	char last = '\n';

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		(void)!pread(fd, &last, 1, st.st_size - 1);
	close(fd);
	return last != '\n';
}

static void
open_file(struct log *l, const char *path)
{
	l->name = path;
	l->file = true;
	l->torn = is_torn(path);
	/* O_NONBLOCK: a pipe that nobody reads is an error, not a wait. */
	l->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC, 0640);
	if (l->fd < 0)
		err(EXIT_RETRY, "%s", path);
}

static void
open_socket(struct log *l, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	l->name = path;
	if (strlen(path) >= sizeof sa.sun_path)
		cli_usage(&cli, "%s: too long for a socket", path);
	memcpy(sa.sun_path, path, strlen(path));
	l->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&sa, sizeof sa) < 0)
		err(EXIT_RETRY, "%s", path);
}

/* One datagram a line; waits PATIENCE at the most for all of them together. */
static void
send_line(struct log *l, const char *line, size_t n)
{
	struct pollfd p = { l->fd, POLLOUT, 0 };

	while (send(l->fd, line, n, MSG_NOSIGNAL) < 0) {
		long long left;

		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			err(EXIT_RETRY, "%s", l->name);
		if (l->deadline == 0)
			l->deadline = clock_ms() + PATIENCE;
		left = l->deadline - clock_ms();
		if (left <= 0)
			errx(EXIT_RETRY, "%s: stuck, not all is logged", l->name);
		/* Short, for ENOBUFS: there is nothing to wait for then. */
		(void)poll(&p, 1, left > 20 ? 20 : (int)left);
	}
}

/* One write a line, so that the lines of many writers do not mix. */
static void
write_line(struct log *l, const char *line, size_t n)
{
	if (l->torn)
		l->torn = false;
	else {
		line++;
		n--;
	}
	if (write_all(l->fd, line, n) < 0)
		err(EXIT_RETRY, "%s", l->name);
}

static void
log_record(struct log *l, const char *record, size_t n)
{
	char line[1 + LINE_BYTES + 1] = "\n", stamp[32];
	time_t t = time(NULL);
	struct tm tm;
	int begun;
	size_t len;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", &tm) == 0)
		errx(EXIT_RETRY, "the time cannot be told");
	if (l->file)
		begun = snprintf(line + 1, LINE_BYTES, "%s %s %s: ", stamp, l->host, l->tag);
	else
		begun = snprintf(line + 1, LINE_BYTES, "<%d>%s %s: ",
		    LINE_FACILITY * 8 + (int)line_level(record, n), stamp, l->tag);
	len = (size_t)begun;
	len += line_text(line + 1 + len, LINE_BYTES - 1 - len, record, n);
	if (l->file) {
		line[1 + len] = '\n';
		write_line(l, line, len + 2);
	} else
		send_line(l, line + 1, len);
}

/* The next line of stdin into line; false at the end.  *whole: it is all. */
static bool
read_line(char line[RECORD_MAX], size_t *n, bool *whole)
{
	int c;

	*n = 0;
	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
		if (*n < RECORD_MAX)
			line[*n] = (char)c;
		if (*n <= RECORD_MAX)
			++*n;
	}
	*whole = c == '\n' && *n < RECORD_MAX;
	return c == '\n' || *n > 0;
}

/* True: each line was a record. */
static bool
log_records(struct log *l)
{
	static char line[RECORD_MAX];
	unsigned long number = 0;
	size_t n;
	bool whole, good = true;

	while (read_line(line, &n, &whole)) {
		number++;
		if (!whole || !record_valid(line, n)) {
			warnx("standard input: line %lu is not a record, not logged", number);
			good = false;
		} else if (line_wanted(line, n))
			log_record(l, line, n);
	}
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	return good;
}

static void
open_log(struct log *l, const char *file, const char *server)
{
	const char *socket_path = getenv("MULTISCAN_LOG_SOCKET");
	static struct address a;

	if (file != NULL && server != NULL)
		cli_usage(&cli, "-o or -s, not both");
	if (server != NULL && (!address_parse(&a, server) || !a.local))
		cli_usage(&cli, "-s: `%s' is not unix:PATH", server);
	if (file != NULL)
		open_file(l, file);
	else if (server != NULL)
		open_socket(l, a.host);
	else
		open_socket(l, socket_path != NULL ? socket_path : "/dev/log");
}

int
main(int argc, char **argv)
{
	struct log l = { .tag = "iMS" };
	const char *file = NULL, *server = NULL;
	bool good;
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":o:s:T:")) != -1) {
		if (o == 'o')
			file = optarg;
		else if (o == 's')
			server = optarg;
		else
			l.tag = optarg;
	}
	if (optind != argc)
		cli_usage(&cli, "records are read on standard input");
	if (l.tag[0] == '\0' || strlen(l.tag) > TAG_MAX ||
	    l.tag[strspn(l.tag, LETTERS)] != '\0')
		cli_usage(&cli, "-T: a tag is 1 to %d of A-Z a-z 0-9 . _ -", TAG_MAX);
	cli_deadline(CLI_SECONDS);
	find_host(l.host);
	open_log(&l, file, server);
	good = log_records(&l);
	if (close(l.fd) < 0)
		err(EXIT_RETRY, "%s", l.name);
	cli_close_stdout();
	return good ? EXIT_NOTHING : EXIT_RETRY;
}
