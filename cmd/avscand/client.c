/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* statx */
#include "cmd/avscand/client.h"
#include "common/clock.h"
#include "common/passing.h"
#include "common/workdir.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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

static void
drop_content(struct client *c)
{
	closer_close(c->host->closer, c->content);
	c->content = -1;
}

/*
 * What is unread on a socket is closed with it, and there may be descriptors in it:
 * they are taken out first, when no more can come.
 */
static void
empty(const struct client *c)
{
	char data[4096];
	struct passing p;

	if (shutdown(c->fd, SHUT_RD) < 0)
		return;		/* TCP that has gone: nothing comes over it */
	while (passing_receive(c->fd, data, sizeof data, MSG_DONTWAIT, &p) > 0)
		for (size_t i = 0; i < p.n; i++)
			closer_close(c->host->closer, p.fd[i]);
}

void
client_free(struct client *c)
{
	paths_close(c->paths);
	drop_content(c);
	closer_close(c->host->closer, c->passed);
	empty(c);
	close(c->fd);
	free(c->out);
	free(c);
}

short
client_waits(const struct client *c)
{
	if (c->nout > 0)
		return POLLOUT;
	if (c->more || c->state == CLIENT_PATH || c->state == CLIENT_SCAN ||
	    c->state == CLIENT_OVER)
		return 0;
	return POLLIN;
}

bool
client_rests(const struct client *c)
{
	return c->state == CLIENT_COMMANDS && c->have == 0 && c->nout == 0;
}

bool
client_over(const struct client *c)
{
	return c->state == CLIENT_OVER && c->nout == 0;
}

/* --- answers ----------------------------------------------------------------- */

/* It has hung up, or there is no telling it anything. */
static void
give_up(struct client *c)
{
	c->nout = 0;
	c->more = false;
	c->state = CLIENT_OVER;
}

/* Keeps what it has not read: from now on it has so long to read it. */
static void
keep(struct client *c, const char *text, size_t n)
{
	char *out = realloc(c->out, c->nout + n);

	if (out == NULL) {
		give_up(c);
		return;
	}
	memcpy(out + c->nout, text, n);
	if (c->nout == 0)
		c->until = clock_ms() + CLIENT_IDLE_MS;
	c->out = out;
	c->nout += n;
}

/* What it takes of n bytes now; -1: it has hung up. */
static ssize_t
offer(const struct client *c, const char *text, size_t n)
{
	ssize_t sent = send(c->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

static void
say(struct client *c, const char *text, size_t n)
{
	ssize_t sent = c->nout > 0 ? 0 : offer(c, text, n);

	if (sent < 0)
		give_up(c);
	else if ((size_t)sent < n)
		keep(c, text + sent, n - (size_t)sent);
}

static void
say_rest(struct client *c)
{
	ssize_t sent = offer(c, c->out, c->nout);

	if (sent < 0) {
		give_up(c);
		return;
	}
	c->nout -= (size_t)sent;
	memmove(c->out, c->out + sent, c->nout);
	if (c->nout == 0 && c->state != CLIENT_STREAM)
		c->until = clock_ms() + CLIENT_IDLE_MS;
}

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
		give_up(c);
		return;
	}
	len = (size_t)n + (size_t)m;
	text[len++] = c->end;
	say(c, text, len);
}

static void
end_with(struct client *c, const char *text)
{
	answer(c, "%s", text);
	c->state = CLIENT_OVER;
}

/*
 * Refuses a stream.  Were the connection closed at once, a client that still sends
 * would lose the answer.
 */
static void
refuse_stream(struct client *c, const char *text)
{
	answer(c, "%s", text);
	if (c->state == CLIENT_OVER)
		return;
	if (c->nout == 0)
		shutdown(c->fd, SHUT_WR);
	c->state = c->nout == 0 ? CLIENT_SINK : CLIENT_OVER;
	c->until = clock_ms() + CLIENT_SINK_MS;
}

/* How the commands that begin now end, and the answers to them. */
static void
take_form(struct client *c)
{
	c->end = c->buf[c->from] == 'z' ? '\0' : '\n';
}

void
client_refuse(struct client *c, const char *text)
{
	if (c->state == CLIENT_COMMANDS && c->have > 0) {
		take_form(c);
		c->id++;	/* of the one that is not whole */
	}
	if (c->state == CLIENT_STREAM || c->state == CLIENT_SCAN)
		answer(c, "%s: %s", c->subject, text);
	else if (!client_rests(c) && c->state != CLIENT_SINK && c->state != CLIENT_OVER)
		answer(c, "%s", text);
	give_up(c);
}

/* --- what comes -------------------------------------------------------------- */

/* Keeps the first descriptor of all that came; false: there is one too many. */
static bool
take_descriptors(struct client *c, const struct passing *p)
{
	bool good = !p->cut;

	for (size_t i = 0; i < p->n; i++) {
		if (c->passed < 0) {
			c->passed = p->fd[i];
			continue;
		}
		closer_close(c->host->closer, p->fd[i]);
		good = false;
	}
	return good;
}

/* Receives some more into buf. */
static void
fill(struct client *c)
{
	struct passing p;
	size_t room = sizeof c->buf - c->from - c->have;
	ssize_t n;

	if (room == 0 || c->from > sizeof c->buf / 2) {
		memmove(c->buf, c->buf + c->from, c->have);
		c->from = 0;
		room = sizeof c->buf - c->have;
	}
	n = passing_receive(c->fd, c->buf + c->from + c->have, room, MSG_DONTWAIT, &p);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		client_refuse(c, "Cut off. ERROR");
		return;
	}
	c->have += (size_t)n;
	if (!take_descriptors(c, &p))
		client_refuse(c, "More than one file descriptor, or no room for one. ERROR");
}

static void
drop(struct client *c, size_t n)
{
	c->have -= n;
	c->from = c->have > 0 ? c->from + n : 0;
}

/* --- scans ------------------------------------------------------------------- */

/* The command is done: the next one is read, in a session. */
static void
next(struct client *c)
{
	paths_close(c->paths);
	c->paths = NULL;
	drop_content(c);
	if (c->state == CLIENT_OVER)
		return;
	c->state = c->session ? CLIENT_COMMANDS : CLIENT_OVER;
	c->until = clock_ms() + CLIENT_IDLE_MS;
}

/* Without asking the file system, which may not answer. */
static bool
is_regular(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) == 0 &&
	    S_ISREG(st.stx_mode);
}

/* Wants content scanned, which is a regular file or is told not to be. */
static void
want(struct client *c, int fd, enum client_wish wish)
{
	c->content = fd;
	c->wish = wish;
	if (!is_regular(fd)) {
		answer(c, "%s: Not a regular file ERROR", c->subject);
		next(c);
	} else if (c->host->busy(c->host->ctx, LOAD_SCAN)) {
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
		c->length[c->nlength++] = (unsigned char)c->buf[c->from];
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
	want(c, fd, c->wish);
}

/* A chunk begins, or the last one has ended. */
static void
new_chunk(struct client *c)
{
	if (!chunk_length(c))
		return;
	c->nlength = 0;
	c->chunk = (size_t)c->length[0] << 24 | (size_t)c->length[1] << 16 |
	    (size_t)c->length[2] << 8 | c->length[3];
	if (c->chunk == 0)
		streamed(c);
	else if (c->chunk > c->room)
		refuse_stream(c, "INSTREAM size limit exceeded. ERROR");
	else
		c->room -= c->chunk;
}

/* Spools what has come of a chunk. */
static void
stream(struct client *c)
{
	size_t n;

	if (c->chunk == 0) {
		new_chunk(c);
		return;
	}
	n = c->have < c->chunk ? c->have : c->chunk;
	if (write_all(c->content, c->buf + c->from, n) < 0) {
		refuse_stream(c, "the stream could not be spooled ERROR");
		return;
	}
	c->chunk -= n;
	drop(c, n);
}

static void
take_stream(struct client *c, enum client_wish wish)
{
	char path[CLIENT_COMMAND];

	c->wish = wish;
	snprintf(c->subject, sizeof c->subject, "stream");
	if (c->host->busy(c->host->ctx, LOAD_STREAM)) {
		refuse_stream(c, "stream: Busy ERROR");
		return;
	}
	if ((size_t)snprintf(path, sizeof path, "%s/avscand-stream.XXXXXX",
	    c->host->tmp) >= sizeof path || (c->content = mkstemp(path)) < 0) {
		refuse_stream(c, "the stream could not be spooled ERROR");
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

/* Of a path all is told. */
static void
path_done(struct client *c)
{
	c->state = CLIENT_COMMANDS;
	if (!c->told) {
		set_subject(c, paths_named(c->paths));
		answer(c, "%s: OK", c->subject);
	}
	next(c);
}

/* A step towards the next file of a path. */
static void
path(struct client *c)
{
	const char *name, *wrong;
	int fd;

	switch (paths_step(c->paths, &name, &fd, &wrong)) {
	case PATHS_FILE:
		set_subject(c, name);
		c->content = fd;
		c->state = CLIENT_SCAN;
		break;
	case PATHS_WRONG:
		set_subject(c, name);
		c->told = true;
		answer(c, "%s: %s ERROR", c->subject, wrong);
		break;
	case PATHS_NOTHING:
		break;
	case PATHS_END:
		path_done(c);
	}
}

static void
scan_path(struct client *c, const char *named, enum client_wish wish, bool go_on)
{
	set_subject(c, named);
	c->wish = wish;
	c->go_on = go_on;
	c->told = false;
	if (named[0] != '/') {
		answer(c, "%s: No absolute path ERROR", c->subject);
		next(c);
	} else if (strlen(named) >= PATH_MAX) {
		answer(c, "%s: Its path is too long. ERROR", c->subject);
		next(c);
	} else if (c->host->busy(c->host->ctx, LOAD_PATH)) {
		answer(c, "%s: Busy ERROR", c->subject);
		next(c);
	} else if ((c->paths = paths_open(named, &c->host->user)) == NULL) {
		answer(c, "%s: Out of memory ERROR", c->subject);
		next(c);
	} else
		c->state = CLIENT_PATH;
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
		take_stream(c, WISH_SCAN);
	else if (strcmp(name, "ALLMATCHSTREAM") == 0)
		take_stream(c, WISH_ALL);
	else if (strcmp(name, "RETRYSTREAM") == 0)
		take_stream(c, WISH_RETRY);
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
	char *end = NULL, *start = c->buf + c->from;
	size_t n;

	if (c->have > 0) {
		take_form(c);
		end = memchr(start, c->end, c->have);
	}
	if (end == NULL) {
		if (c->have >= CLIENT_COMMAND)
			client_refuse(c, "The command is too long. ERROR");
		return false;
	}
	if (*start == 'z' || *start == 'n')
		start++;
	n = (size_t)(end - start);
	if (n >= CLIENT_COMMAND || memchr(start, '\0', n) != NULL) {
		client_refuse(c, "The command is too long, or has a NUL. ERROR");
		return false;
	}
	memcpy(name, start, n);
	name[n] = '\0';
	if (c->end == '\n' && n > 0 && name[n - 1] == '\r')
		name[n - 1] = '\0';
	drop(c, (size_t)(end + 1 - (c->buf + c->from)));
	return true;
}

/* One step; false: there is none without something that comes. */
static bool
step(struct client *c)
{
	char name[CLIENT_COMMAND];

	if (c->state == CLIENT_COMMANDS) {
		if (!next_command(c, name))
			return false;
		run(c, name);
	} else if (c->state == CLIENT_DESCRIPTOR && c->have > 0)
		descriptor(c);
	else if (c->state == CLIENT_STREAM && c->have > 0)
		stream(c);
	else if (c->state == CLIENT_SINK && c->have > 0)
		drop(c, c->have);
	else if (c->state == CLIENT_PATH)
		path(c);
	else
		return false;
	return true;
}

/* What can be done with what is there, so much of it at a time. */
static void
go(struct client *c)
{
	c->more = false;
	for (int i = 0; c->nout == 0; i++) {
		if (i == CLIENT_STEPS) {
			c->more = true;
			return;
		}
		if (!step(c))
			return;
	}
}

void
client_go(struct client *c, short revents)
{
	if (c->nout > 0 && revents != 0)
		say_rest(c);
	else if (client_waits(c) == POLLIN && revents != 0)
		fill(c);
	else if ((revents & (POLLHUP | POLLERR)) != 0)
		give_up(c);
	if (c->nout == 0)
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
	if (c->state != CLIENT_SCAN)
		return;		/* it hung up meanwhile */
	c->until = clock_ms() + CLIENT_IDLE_MS;
	c->state = c->paths != NULL ? CLIENT_PATH : CLIENT_COMMANDS;
	/* Of a path only what is not clean is told, until all is. */
	if (c->paths == NULL || s->kind != SCAN_CLEAN) {
		answer_scan(c, s, unscanned);
		c->told = true;
	}
	if (c->paths == NULL || (s->kind == SCAN_FOUND && !c->go_on))
		next(c);
	else
		drop_content(c);
	if (c->nout == 0)
		go(c);
}
