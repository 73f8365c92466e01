/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/session.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static void
say(struct session *s, const char *command)
{
	/* With its NUL: the z form. */
	if (write_all(s->fd, command, strlen(command) + 1) < 0)
		err(EXIT_RETRY, "%s: engine", s->engine);
}

void
session_start(struct session *s, int fd, bool local, const char *engine)
{
	s->fd = fd;
	s->local = local;
	s->engine = engine;
	s->id = 0;
	s->used = s->have = 0;
	say(s, "zIDSESSION");
}

/* Receives into buf; 0 at the end of the connection. */
static size_t
receive(struct session *s)
{
	ssize_t n;

	do
		n = read(s->fd, s->buf + s->have, sizeof s->buf - s->have);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err(EXIT_RETRY, "%s: engine", s->engine);
	s->have += (size_t)n;
	return (size_t)n;
}

/*
 * One whole reply, without its NUL.  There is one request under way at a time,
 * so what was received beyond it answers nothing that was asked.
 */
static struct span
reply(struct session *s, const char *name)
{
	char *end;

	s->have = 0;
	while ((end = memchr(s->buf, '\0', s->have)) == NULL) {
		if (s->have == sizeof s->buf)
			errx(EXIT_RETRY, "%s: engine: its answer has no end", name);
		if (receive(s) == 0)
			errx(EXIT_RETRY, "%s: engine %s hung up without an answer",
			    name, s->engine);
	}
	if (end + 1 != s->buf + s->have)
		errx(EXIT_RETRY, "%s: engine %s answers what was not asked",
		    name, s->engine);
	return (struct span){ s->buf, s->have - 1 };
}

/* For a terminal: what is not printable ASCII becomes ?. */
static _Noreturn void
complain(struct session *s, const char *name, struct span said)
{
	char text[200];
	size_t n;

	for (n = 0; n < said.n && n + 1 < sizeof text; n++)
		text[n] = said.p[n] >= 0x20 && said.p[n] < 0x7f ? said.p[n] : '?';
	text[n] = '\0';
	errx(EXIT_RETRY, "%s: engine %s: not scanned: %s", name, s->engine, text);
}

/* The command, then one byte that brings the descriptor. */
static void
pass(struct session *s, int fd)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *c;
	ssize_t n;

	say(s, "zFILDES");
	memset(&control, 0, sizeof control);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	do
		n = sendmsg(s->fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		err(EXIT_RETRY, "%s: engine", s->engine);
}

static bool
send_chunk(struct session *s, const char *data, size_t n)
{
	unsigned char length[4] = { (unsigned char)(n >> 24),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n };

	return write_all(s->fd, length, sizeof length) == 0 &&
	    (n == 0 || write_all(s->fd, data, n) == 0);
}

/* False: the engine took no more; its answer says why, and is not an OK. */
static bool
stream(struct session *s, int fd, const char *name)
{
	static char data[CHUNK];
	off_t at = 0;

	say(s, "zINSTREAM");
	for (;;) {
		ssize_t n = pread(fd, data, sizeof data, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(EXIT_RETRY, "%s", name);
		if (!send_chunk(s, data, (size_t)n))
			return false;
		if (n == 0)
			return true;
		at += n;
	}
}

struct clamd_reply
session_scan(struct session *s, int fd, const char *name)
{
	struct clamd_reply r;
	struct span line;
	bool whole = true;

	s->id++;
	if (s->local)
		pass(s, fd);
	else
		whole = stream(s, fd, name);
	line = reply(s, name);
	r = clamd_parse(line.p, line.n, s->id);
	if (r.kind == CLAMD_ERROR || !whole)
		complain(s, name, r.text);
	return r;
}

struct span
session_set(struct session *s)
{
	struct span line, set;
	bool answered;

	s->id++;
	say(s, "zVERSION");
	line = reply(s, "VERSION");
	if (!clamd_set(line.p, line.n, s->id, &set, &answered) && !answered)
		complain(s, "VERSION", line);
	return set;
}

void
session_end(struct session *s)
{
	say(s, "zEND");
	s->have = 0;
	if (receive(s) > 0)
		errx(EXIT_RETRY, "%s: engine: answers what was not asked", s->engine);
	close(s->fd);
	s->fd = -1;
}
