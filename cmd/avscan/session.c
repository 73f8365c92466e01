/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/session.h"
#include "cmd/avscan/progress.h"
#include "common/clock.h"
#include "common/passing.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static struct span
text(const char *words)
{
	return (struct span){ words, strlen(words) };
}

/* False: there was nothing in time, and errno says so. */
static bool
wait_answer(const struct session *s)
{
	struct pollfd wanted = { .fd = s->fd, .events = POLLIN };

	for (;;) {
		int ms = progress_patience();

		if (s->end != 0) {
			long long left = s->end - clock_ms();

			if (ms < 0 || ms > left)
				ms = left > 0 ? (int)left : 0;
		}
		if (ms < 0 || poll(&wanted, 1, ms) > 0)
			return true;
		if (s->end != 0 && clock_ms() >= s->end) {
			errno = ETIMEDOUT;
			return false;
		}
		progress_tick();
	}
}

static bool
say(struct session *s, const char *command)
{
	/* With its NUL: the z form. */
	return write_all(s->fd, command, strlen(command) + 1) == 0;
}

void
session_start(struct session *s, int fd, bool local)
{
	s->fd = fd;
	s->local = local;
	s->answered = false;
	s->end = 0;
	s->id = 0;
	/* Where it fails, so does what is asked next. */
	(void)say(s, "zIDSESSION");
}

void
session_close(struct session *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void
session_patience(struct session *s, int seconds)
{
	s->end = seconds > 0 ? clock_ms() + seconds * 1000LL : 0;
}

/* Receives into buf; 0 at the end of the connection, -1 with errno. */
static ssize_t
receive(struct session *s)
{
	ssize_t n;

	if (!wait_answer(s))
		return -1;
	do
		n = read(s->fd, s->buf + s->have, sizeof s->buf - s->have);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		s->have += (size_t)n;
	return n;
}

/*
 * One whole reply, without its NUL.  There is one request under way at a time,
 * so what was received beyond it answers nothing that was asked.
 */
static enum session_end
reply(struct session *s, struct span *line)
{
	char *end;

	s->have = 0;
	while ((end = memchr(s->buf, '\0', s->have)) == NULL) {
		ssize_t n;

		if (s->have == sizeof s->buf) {
			*line = text("its answer has no end");
			return SESSION_STRANGE;
		}
		if ((n = receive(s)) <= 0) {
			*line = text(n < 0 ? strerror(errno) :
			    "it hung up without an answer");
			return SESSION_ENDED;
		}
	}
	*line = (struct span){ s->buf, s->have - 1 };
	if (end + 1 == s->buf + s->have)
		return SESSION_ANSWER;
	*line = text("it answers what was not asked");
	return SESSION_STRANGE;
}

/* With a descriptor, and with a stream. */
static const char *const COMMANDS[][2] = {
	[SESSION_SCAN] = { "zFILDES", "zINSTREAM" },
	[SESSION_RETRY] = { "zRETRY", "zRETRYSTREAM" },
	[SESSION_ALLMATCH] = { "zALLMATCH", "zALLMATCHSTREAM" },
};

/* The command, then one byte that brings the descriptor. */
static bool
pass(struct session *s, const char *command, int fd)
{
	return say(s, command) && passing_send(s->fd, "", 1, fd, 0) == 1;
}

static bool
send_chunk(struct session *s, const char *data, size_t n)
{
	unsigned char length[4] = { (unsigned char)(n >> 24),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n };

	return write_all(s->fd, length, sizeof length) == 0 &&
	    (n == 0 || write_all(s->fd, data, n) == 0);
}

/*
 * *whole is false where the engine took no more: its answer says why, and is
 * not an OK.  False: the file could not be read.
 */
static bool
stream(struct session *s, const char *command, int fd, bool *whole)
{
	static char data[CHUNK];
	off_t at = 0;

	*whole = say(s, command);
	while (*whole) {
		ssize_t n = pread(fd, data, sizeof data, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		*whole = send_chunk(s, data, (size_t)n);
		if (n == 0)
			break;
		at += n;
		progress_tick();
	}
	return true;
}

static enum session_end
ask(struct session *s, enum session_command command, int fd, struct clamd_reply *r)
{
	struct span line;
	enum session_end end;
	bool whole = true;

	s->id++;
	if (s->local && !pass(s, COMMANDS[command][0], fd) && errno != EPIPE &&
	    errno != ECONNRESET) {
		r->text = text(strerror(errno));
		return SESSION_ENDED;
	}
	/* An engine that took no more may have said why. */
	if (!s->local && !stream(s, COMMANDS[command][1], fd, &whole)) {
		r->text = text(strerror(errno));
		return SESSION_UNREAD;
	}
	if ((end = reply(s, &line)) != SESSION_ANSWER) {
		r->text = line;
		return end;
	}
	*r = clamd_parse(line.p, line.n, s->id);
	if (!whole)
		session_close(s);
	if (r->kind == CLAMD_STRANGE ||
	    (r->kind == CLAMD_UNSCANNED && command != SESSION_RETRY) ||
	    (!whole && (r->kind == CLAMD_OK || r->kind == CLAMD_FOUND)))
		return SESSION_STRANGE;
	if (r->kind != CLAMD_BUSY && r->kind != CLAMD_REFUSED)
		s->answered = true;
	return SESSION_ANSWER;
}

enum session_end
session_ask(struct session *s, enum session_command command, int fd,
    struct clamd_reply *r)
{
	enum session_end end = ask(s, command, fd, r);

	/* After a command that it refused an engine may take the byte for one. */
	if (end != SESSION_ANSWER || r->kind == CLAMD_REFUSED)
		session_close(s);
	return end;
}

bool
session_set(struct session *s, struct span *set)
{
	struct span line;
	bool answered;

	s->id++;
	if (!say(s, "zVERSION") || reply(s, &line) != SESSION_ANSWER)
		return false;
	return clamd_set(line.p, line.n, s->id, set, &answered) || answered;
}

bool
session_end(struct session *s)
{
	bool good;

	if (s->fd < 0)
		return true;
	s->have = 0;
	good = say(s, "zEND") && receive(s) == 0;
	session_close(s);
	return good;
}
