/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/client.h"
#include "cmd/avscand/crew.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct client *
client_new(const struct client_host *h, int fd)
{
	struct client *c = malloc(sizeof *c);

	if (c == NULL)
		return NULL;
	memset(c, 0, offsetof(struct client, buf));
	c->host = h;
	c->fd = fd;
	c->passed = c->content = -1;
	c->end = '\n';
	c->until = clock_ms() + CLIENT_IDLE_MS;
	return c;
}

void
client_free(struct client *c)
{
	paths_close(c->paths);
	if (c->content >= 0)
		close(c->content);
	if (c->passed >= 0)
		close(c->passed);
	close(c->fd);
	free(c);
}

bool
client_reads(const struct client *c)
{
	return c->state != CLIENT_SCAN && c->state != CLIENT_OVER;
}

bool
client_rests(const struct client *c)
{
	return c->state == CLIENT_COMMANDS && c->have == 0;
}

/* Takes the descriptors of a message; false if there is one too many. */
static bool
take_descriptors(struct client *c, struct msghdr *m)
{
	bool good = (m->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL; h = CMSG_NXTHDR(m, h)) {
		size_t n;

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof fd, sizeof fd);
			if (c->passed >= 0) {
				close(fd);
				good = false;
			} else
				c->passed = fd;
		}
	}
	return good;
}

/* Receives some more into buf; false: the client has ended, or must. */
static bool
fill(struct client *c)
{
	union {
		char room[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { c->buf + c->have, sizeof c->buf - c->have };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n;

	if (io.iov_len == 0)
		return false;
	n = recvmsg(c->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0 || !take_descriptors(c, &m))
		return false;
	c->have += (size_t)n;
	return true;
}

static void
drop(struct client *c, size_t n)
{
	c->have -= n;
	memmove(c->buf, c->buf + n, c->have);
}

/*
 * Answers.  Answers are short, and who does not read them loses the connection:
 * nobody waits for a client.
 */
__attribute__((format(printf, 2, 3)))
static void
answer(struct client *c, const char *fmt, ...)
{
	char text[CLIENT_SUBJECT + SCAN_TEXT + 64];
	va_list ap;
	int n = 0, m;
	size_t len;

	if (c->session)
		n = snprintf(text, sizeof text, "%lu: ", c->id);
	va_start(ap, fmt);
	m = vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
	va_end(ap);
	if (n < 0 || m < 0 || (size_t)n + (size_t)m + 1 >= sizeof text) {
		c->state = CLIENT_OVER;
		return;
	}
	len = (size_t)n + (size_t)m;
	text[len++] = c->end;
	if (send(c->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
		c->state = CLIENT_OVER;
}

/* The command is done: the next one is read, in a session. */
static void
next(struct client *c)
{
	paths_close(c->paths);
	c->paths = NULL;
	if (c->content >= 0)
		close(c->content);
	c->content = -1;
	if (c->state == CLIENT_OVER)
		return;
	c->state = c->session ? CLIENT_COMMANDS : CLIENT_OVER;
	c->until = clock_ms() + CLIENT_IDLE_MS;
}

static void
end_with(struct client *c, const char *text)
{
	answer(c, "%s", text);
	c->state = CLIENT_OVER;
}

/* Wants content scanned, which is a regular file or is told not to be. */
static void
want(struct client *c, int fd, enum client_wish wish)
{
	struct stat st;

	c->content = fd;
	c->wish = wish;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		answer(c, "%s: Not a regular file ERROR", c->subject);
		next(c);
	} else if (c->host->busy(c->host->ctx)) {
		answer(c, "%s: Busy ERROR", c->subject);
		next(c);
	} else
		c->state = CLIENT_SCAN;
}

/* One byte follows a command, which brings the descriptor. */
static void
descriptor(struct client *c)
{
	int fd = c->passed;

	if (c->have == 0)
		return;
	drop(c, 1);
	c->passed = -1;
	if (fd < 0) {
		end_with(c, "No file descriptor received. ERROR");
		return;
	}
	snprintf(c->subject, sizeof c->subject, "fd[%d]", fd);
	c->state = CLIENT_COMMANDS;
	want(c, fd, c->wish);
}

/* The length of the next chunk; false: it is not there yet. */
static bool
chunk_length(struct client *c)
{
	while (c->nlength < sizeof c->length) {
		if (c->have == 0)
			return false;
		c->length[c->nlength++] = (unsigned char)c->buf[0];
		drop(c, 1);
	}
	return true;
}

/* The stream is whole. */
static void
streamed(struct client *c)
{
	int fd = c->content;

	c->content = -1;
	c->state = CLIENT_COMMANDS;
	want(c, fd, WISH_SCAN);
}

/* Spools what has come of a stream. */
static void
stream(struct client *c)
{
	while (c->state == CLIENT_STREAM) {
		size_t n;

		if (c->chunk == 0) {
			if (!chunk_length(c))
				return;
			c->nlength = 0;
			c->chunk = (size_t)c->length[0] << 24 | (size_t)c->length[1] << 16 |
			    (size_t)c->length[2] << 8 | c->length[3];
			if (c->chunk == 0) {
				streamed(c);
				return;
			}
			if (c->chunk > c->room) {
				end_with(c, "INSTREAM size limit exceeded. ERROR");
				return;
			}
			c->room -= c->chunk;
		}
		if (c->have == 0)
			return;
		n = c->have < c->chunk ? c->have : c->chunk;
		if (write_all(c->content, c->buf, n) < 0) {
			end_with(c, "the stream could not be spooled ERROR");
			return;
		}
		c->chunk -= n;
		drop(c, n);
	}
}

static void
do_instream(struct client *c)
{
	char path[CLIENT_COMMAND];

	snprintf(c->subject, sizeof c->subject, "stream");
	if (c->host->busy(c->host->ctx)) {
		end_with(c, "stream: Busy ERROR");
		return;
	}
	if ((size_t)snprintf(path, sizeof path, "%s/avscand-stream.XXXXXX",
	    c->host->tmp) >= sizeof path || (c->content = mkstemp(path)) < 0) {
		end_with(c, "the stream could not be spooled ERROR");
		return;
	}
	unlink(path);
	c->room = c->host->streamsize;
	c->chunk = c->nlength = 0;
	c->state = CLIENT_STREAM;
	c->until = clock_ms() + CLIENT_STREAM_MS;
}

static void
take_descriptor(struct client *c, enum client_wish wish)
{
	c->wish = wish;
	c->state = CLIENT_DESCRIPTOR;
}

static void
set_subject(struct client *c, const char *name)
{
	size_t n;

	for (n = 0; name[n] != '\0' && n + 1 < sizeof c->subject; n++)
		c->subject[n] = (unsigned char)name[n] >= 0x20 && name[n] != 0x7f ?
		    name[n] : '?';
	c->subject[n] = '\0';
}

/* The next file of a path, or the end of it. */
static void
next_path(struct client *c)
{
	const char *name, *wrong;
	int fd;

	while (paths_next(c->paths, &name, &fd, &wrong)) {
		set_subject(c, name);
		if (wrong == NULL) {
			c->content = fd;
			c->state = CLIENT_SCAN;
			return;
		}
		c->told = true;
		answer(c, "%s: %s ERROR", c->subject, wrong);
		if (c->state == CLIENT_OVER)
			return;
	}
	if (!c->told) {
		set_subject(c, paths_named(c->paths));
		answer(c, "%s: OK", c->subject);
	}
	next(c);
}

static void
scan_path(struct client *c, const char *path, enum client_wish wish, bool go_on)
{
	set_subject(c, path);
	c->wish = wish;
	c->go_on = go_on;
	c->told = false;
	if (path[0] != '/') {
		answer(c, "%s: No absolute path ERROR", c->subject);
		next(c);
	} else if (strlen(path) >= PATH_MAX) {
		answer(c, "%s: Its path is too long. ERROR", c->subject);
		next(c);
	} else if (c->host->busy(c->host->ctx)) {
		answer(c, "%s: Busy ERROR", c->subject);
		next(c);
	} else if ((c->paths = paths_open(path, &c->host->user)) == NULL) {
		answer(c, "%s: Out of memory ERROR", c->subject);
		next(c);
	} else
		next_path(c);
}

static void
do_stats(struct client *c)
{
	char text[SCAN_TEXT];

	c->host->stats(c->host->ctx, text, sizeof text);
	answer(c, "%sEND", text);
	next(c);
}

static void
do_reload(struct client *c)
{
	answer(c, "%s", c->host->reload(c->host->ctx) ? "RELOADING" :
	    "cannot reload ERROR");
	next(c);
}

/* Commands with no argument; false: it is none. */
static bool
plain_command(struct client *c, const char *name)
{
	if (strcmp(name, "PING") == 0) {
		answer(c, "PONG");
		next(c);
	} else if (strcmp(name, "VERSION") == 0) {
		answer(c, "%s", c->host->version);
		next(c);
	} else if (strcmp(name, "STATS") == 0)
		do_stats(c);
	else if (strcmp(name, "RELOAD") == 0)
		do_reload(c);
	else if (strcmp(name, "FILDES") == 0)
		take_descriptor(c, WISH_SCAN);
	else if (strcmp(name, "ALLMATCH") == 0)
		take_descriptor(c, WISH_ALL);
	else if (strcmp(name, "RETRY") == 0)
		take_descriptor(c, WISH_RETRY);
	else if (strcmp(name, "INSTREAM") == 0)
		do_instream(c);
	else
		return false;
	return true;
}

/* Commands with a path; false: it is none. */
static bool
path_command(struct client *c, const char *name)
{
	static const struct {
		const char *name;
		enum client_wish wish;
		bool go_on;
	} ALL[] = {
		{ "SCAN ", WISH_SCAN, false }, { "CONTSCAN ", WISH_SCAN, true },
		{ "MULTISCAN ", WISH_SCAN, true }, { "ALLMATCHSCAN ", WISH_ALL, true },
	};

	for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
		size_t n = strlen(ALL[i].name);

		if (strncmp(name, ALL[i].name, n) != 0)
			continue;
		scan_path(c, name + n, ALL[i].wish, ALL[i].go_on);
		return true;
	}
	return false;
}

static void
run(struct client *c, const char *name)
{
	c->id++;
	if (strcmp(name, "IDSESSION") == 0 && !c->session) {
		c->session = true;
		c->id = 0;
	} else if (strcmp(name, "END") == 0)
		c->state = CLIENT_OVER;
	else if (!plain_command(c, name) && !path_command(c, name))
		end_with(c, c->session ? "Command invalid inside IDSESSION. ERROR" :
		    "UNKNOWN COMMAND");
}

/* Takes a command out of buf, without its letter and its end, if one is whole. */
static bool
next_command(struct client *c, char name[CLIENT_COMMAND])
{
	char *end = NULL, *start = c->buf;
	size_t n;

	if (c->have > 0) {
		c->end = c->buf[0] == 'z' ? '\0' : '\n';
		end = memchr(c->buf, c->end, c->have);
	}
	if (end == NULL) {
		if (c->have >= CLIENT_COMMAND)
			c->state = CLIENT_OVER;
		return false;
	}
	if (*start == 'z' || *start == 'n')
		start++;
	n = (size_t)(end - start);
	if (n >= CLIENT_COMMAND || memchr(start, '\0', n) != NULL) {
		c->state = CLIENT_OVER;
		return false;
	}
	memcpy(name, start, n);
	name[n] = '\0';
	if (c->end == '\n' && n > 0 && name[n - 1] == '\r')
		name[n - 1] = '\0';
	drop(c, (size_t)(end + 1 - c->buf));
	return true;
}

/* All that can be done with what is there. */
static void
go(struct client *c)
{
	char name[CLIENT_COMMAND];

	for (;;) {
		if (c->state == CLIENT_COMMANDS) {
			if (!next_command(c, name))
				return;
			run(c, name);
		} else if (c->state == CLIENT_DESCRIPTOR && c->have > 0)
			descriptor(c);
		else if (c->state == CLIENT_STREAM && c->have > 0)
			stream(c);
		else
			return;
	}
}

void
client_read(struct client *c)
{
	if (!fill(c)) {
		if (c->state == CLIENT_STREAM)
			answer(c, "the stream was cut off ERROR");
		c->state = CLIENT_OVER;
		return;
	}
	go(c);
}

/* Each name on a line of its own, as clamd tells them of a path. */
static void
answer_names(struct client *c, const char *names)
{
	while (*names != '\0' && c->state != CLIENT_OVER) {
		size_t n = strcspn(names, " ");

		answer(c, "%s: %.*s FOUND", c->subject, (int)n, names);
		names += names[n] == ' ' ? n + 1 : n;
	}
}

static void
answer_scan(struct client *c, const struct scan *s, bool unscanned)
{
	if (s->kind == SCAN_FOUND && c->paths != NULL)
		answer_names(c, s->text);
	else if (s->kind == SCAN_FOUND)
		answer(c, "%s: %s FOUND", c->subject, s->text);
	else if (s->kind == SCAN_CLEAN)
		answer(c, "%s: OK", c->subject);
	else
		answer(c, "%s: %s %s", c->subject, s->text,
		    unscanned ? "UNSCANNED" : "ERROR");
}

void
client_result(struct client *c, const struct scan *s, bool unscanned)
{
	c->until = clock_ms() + CLIENT_IDLE_MS;
	/* Of a path only what is not clean is told, until all is. */
	if (c->paths != NULL && s->kind == SCAN_CLEAN) {
		close(c->content);
		c->content = -1;
	} else
		answer_scan(c, s, unscanned);
	if (c->paths == NULL || (s->kind == SCAN_FOUND && !c->go_on)) {
		next(c);
	} else if (c->state != CLIENT_OVER) {
		if (c->content >= 0)
			close(c->content);
		c->content = -1;
		c->told |= s->kind != SCAN_CLEAN;
		next_path(c);
	}
	go(c);
}
