/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/serve.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_MAX = 1024 };

/*
 * One connection.  What was received and not yet used is buf[0..have); passed
 * is a descriptor that came with it, or -1: never more than one.
 */
struct peer {
	const struct service *service;
	int fd;
	int passed;
	bool session;
	unsigned long id;	/* of the command, in a session */
	char end;		/* what ends the commands of this peer */
	struct timespec until;	/* when to give up waiting */
	size_t have;
	char buf[65536];
};

static void
wait_at_most(struct peer *p, time_t seconds)
{
	clock_gettime(CLOCK_MONOTONIC, &p->until);
	p->until.tv_sec += seconds;
}

/* Milliseconds until the time is up, 0 when it is. */
static int
remaining(const struct peer *p)
{
	struct timespec now;
	long long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (long long)(p->until.tv_sec - now.tv_sec) * 1000 +
	    (p->until.tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

/* Takes the descriptors of a message; false if there is one too many. */
static bool
take_descriptors(struct peer *p, struct msghdr *m)
{
	bool good = (m->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (p->passed >= 0) {
				close(fd);
				good = false;
			} else
				p->passed = fd;
		}
	}
	return good;
}

/* Receives some more into buf; false: nothing more is to be had. */
static bool
fill(struct peer *p)
{
	union {
		char room[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { p->buf + p->have, sizeof p->buf - p->have };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct pollfd wanted = { .fd = p->fd, .events = POLLIN };
	ssize_t n;

	if (io.iov_len == 0)
		return false;
	do
		n = poll(&wanted, 1, remaining(p));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	do
		n = recvmsg(p->fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || !take_descriptors(p, &m))
		return false;
	p->have += (size_t)n;
	return true;
}

static void
drop(struct peer *p, size_t n)
{
	p->have -= n;
	memmove(p->buf, p->buf + n, p->have);
}

/* Answers; false if it did not go out. */
__attribute__((format(printf, 2, 3)))
static bool
answer(struct peer *p, const char *fmt, ...)
{
	char text[COMMAND_MAX * 2];
	va_list ap;
	int n = 0, m;
	size_t len;

	if (p->session)
		n = snprintf(text, sizeof text, "%lu: ", p->id);
	va_start(ap, fmt);
	m = vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
	va_end(ap);
	if (n < 0 || m < 0 || (size_t)n + (size_t)m + 1 >= sizeof text)
		return false;
	len = (size_t)n + (size_t)m;
	text[len++] = p->end;
	return write_all(p->fd, text, len) == 0;
}

/* Scans under the wall clock, whose SIGALRM ends this process. */
static bool
scan(struct peer *p, const char *subject, int fd)
{
	const struct service *s = p->service;
	struct stat st;
	struct scan result;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return answer(p, "%s: Not a regular file ERROR", subject);
	++*s->scans;
	alarm((unsigned)s->seconds + 1);
	engine_scan(s->engine, fd, &result);
	alarm(0);
	if (result.kind == SCAN_FOUND)
		return answer(p, "%s: %s FOUND", subject, result.text);
	if (result.kind == SCAN_CLEAN)
		return answer(p, "%s: OK", subject);
	return answer(p, "%s: %s ERROR", subject, result.text);
}

static bool
do_ping(struct peer *p)
{
	return answer(p, "PONG");
}

static bool
do_version(struct peer *p)
{
	return answer(p, "%s", p->service->version);
}

static bool
do_stats(struct peer *p)
{
	return answer(p, "%sEND", p->service->stats);
}

/* One byte follows, which brings the descriptor. */
static bool
do_fildes(struct peer *p)
{
	char subject[32];
	int fd;
	bool good;

	while (p->have == 0)
		if (!fill(p))
			return false;
	drop(p, 1);
	fd = p->passed;
	p->passed = -1;
	if (fd < 0) {
		answer(p, "No file descriptor received. ERROR");
		return false;
	}
	snprintf(subject, sizeof subject, "fd[%d]", fd);
	good = scan(p, subject, fd);
	close(fd);
	return good;
}

/* Takes the four bytes that say how long the next chunk is. */
static bool
chunk_length(struct peer *p, size_t *length)
{
	unsigned char b[4];

	while (p->have < sizeof b)
		if (!fill(p))
			return false;
	memcpy(b, p->buf, sizeof b);
	drop(p, sizeof b);
	*length = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
	return true;
}

/* Spools the stream; NULL when it is whole, else what went wrong. */
static const char *
spool(struct peer *p, int to)
{
	unsigned long long room = p->service->streamsize;
	size_t length;

	for (;;) {
		if (!chunk_length(p, &length))
			return "the stream was cut off";
		if (length == 0)
			return NULL;
		if (length > room)
			return "INSTREAM size limit exceeded.";
		room -= length;
		while (length > 0) {
			size_t n;

			if (p->have == 0 && !fill(p))
				return "the stream was cut off";
			n = p->have < length ? p->have : length;
			if (write_all(to, p->buf, n) < 0)
				return "the stream could not be spooled";
			drop(p, n);
			length -= n;
		}
	}
}

static bool
do_instream(struct peer *p)
{
	char path[4096];
	const char *wrong;
	bool good;
	int fd;

	wait_at_most(p, STREAM_SECONDS);
	if ((size_t)snprintf(path, sizeof path, "%s/stream.XXXXXX",
	    p->service->tmpdir) >= sizeof path || (fd = mkstemp(path)) < 0) {
		answer(p, "the stream could not be spooled ERROR");
		return false;
	}
	unlink(path);
	if ((wrong = spool(p, fd)) != NULL) {
		answer(p, "%s ERROR", wrong);
		close(fd);
		return false;
	}
	good = scan(p, "stream", fd);
	close(fd);
	return good;
}

static const struct command {
	const char *name;
	bool (*run)(struct peer *p);	/* false: the connection ends */
} commands[] = {
	{ "PING", do_ping },
	{ "VERSION", do_version },
	{ "STATS", do_stats },
	{ "FILDES", do_fildes },
	{ "INSTREAM", do_instream },
};

static bool
run(struct peer *p, const char *name)
{
	if (strcmp(name, "IDSESSION") == 0 && !p->session) {
		p->session = true;
		return true;
	}
	if (strcmp(name, "END") == 0)
		return false;
	p->id++;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(p) && p->session;
	answer(p, p->session ? "Command invalid inside IDSESSION. ERROR" :
	    "UNKNOWN COMMAND");
	return false;
}

/* Takes the next command out of buf, without its letter and its end. */
static bool
next_command(struct peer *p, char name[COMMAND_MAX])
{
	char *end = NULL, *start = p->buf;
	size_t n;

	wait_at_most(p, IDLE_SECONDS);
	for (;;) {
		if (p->have > 0)
			p->end = p->buf[0] == 'z' ? '\0' : '\n';
		if (p->have > 0 && (end = memchr(p->buf, p->end, p->have)) != NULL)
			break;
		if (p->have >= COMMAND_MAX || !fill(p))
			return false;
	}
	if (*start == 'z' || *start == 'n')
		start++;
	n = (size_t)(end - start);
	if (n >= COMMAND_MAX || memchr(start, '\0', n) != NULL)
		return false;
	memcpy(name, start, n);
	name[n] = '\0';
	if (p->end == '\n' && n > 0 && name[n - 1] == '\r')
		name[n - 1] = '\0';
	drop(p, (size_t)(end + 1 - p->buf));
	return true;
}

void
serve(int conn, const struct service *s)
{
	static struct peer p;
	struct timeval patience = { .tv_sec = IDLE_SECONDS };
	char name[COMMAND_MAX];

	memset(&p, 0, sizeof p);
	p.service = s;
	p.fd = conn;
	p.passed = -1;
	setsockopt(conn, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	while (next_command(&p, name) && run(&p, name))
		;
	if (p.passed >= 0)
		close(p.passed);
}
