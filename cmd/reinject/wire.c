/* SPDX-License-Identifier: ISC */
#include "cmd/reinject/wire.h"
#include "common/cli.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static struct addrinfo *
resolve(const char *where, const struct address *at)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM
	}, *list;
	int e = getaddrinfo(at->host, at->port, &hints, &list);

	if (e == EAI_NONAME) {
		hints.ai_flags = AI_NUMERICSERV;
		e = getaddrinfo(at->host, at->port, &hints, &list);
	}
	if (e != 0)
		errx(EXIT_RETRY, "%s: %s", where, gai_strerror(e));
	return list;
}

void
wire_connect(struct wire *w, const char *where, const struct address *at)
{
	struct addrinfo *list = resolve(where, at);
	int one = 1, saved = 0;

	memset(w, 0, offsetof(struct wire, out));
	w->fd = -1;
	w->where = where;
	for (struct addrinfo *a = list; a != NULL && w->fd < 0; a = a->ai_next) {
		w->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (w->fd >= 0 && connect(w->fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		saved = errno;
		if (w->fd >= 0)
			close(w->fd);
		w->fd = -1;
	}
	freeaddrinfo(list);
	errno = saved;
	if (w->fd < 0)
		err(EXIT_RETRY, "%s", where);
	/* Only a delay is lost where this fails. */
	(void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void
send_out(struct wire *w, int flags)
{
	size_t at = 0;

	while (at < w->outlen) {
		ssize_t n = send(w->fd, w->out + at, w->outlen - at,
		    flags | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(EXIT_RETRY, "%s", w->where);
		at += (size_t)n;
	}
	w->outlen = 0;
}

char *
wire_room(struct wire *w, size_t n)
{
	if (w->outlen + n > sizeof w->out)
		send_out(w, MSG_MORE);
	return w->out + w->outlen;
}

void
wire_put(struct wire *w, const void *p, size_t n)
{
	memcpy(wire_room(w, n), p, n);
	w->outlen += n;
}

void
wire_puts(struct wire *w, const char *text)
{
	wire_put(w, text, strlen(text));
}

/* More bytes into in; 0 where the server has closed. */
static size_t
receive(struct wire *w)
{
	ssize_t n;

	do
		n = recv(w->fd, w->in + w->inlen, sizeof w->in - w->inlen, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		err(EXIT_RETRY, "%s", w->where);
	w->inlen += (size_t)n;
	return (size_t)n;
}

void
wire_reply(struct wire *w, struct smtp_reply *r)
{
	long n;

	memmove(w->in, w->in + w->used, w->inlen - w->used);
	w->inlen -= w->used;
	w->used = 0;
	while ((n = smtp_reply(w->in, w->inlen, r)) == 0) {
		if (w->inlen == sizeof w->in)
			errx(EXIT_RETRY, "%s: an answer without an end", w->where);
		if (receive(w) == 0)
			errx(EXIT_RETRY, "%s: closed the connection", w->where);
	}
	if (n < 0)
		errx(EXIT_RETRY, "%s: does not speak SMTP", w->where);
	w->used = (size_t)n;
}

/* A server that answers before it is asked would be believed too early. */
static void
check_quiet(struct wire *w)
{
	char c;
	ssize_t n = recv(w->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (w->used < w->inlen || n > 0)
		errx(EXIT_RETRY, "%s: answered before it was asked", w->where);
	if (n == 0)
		errx(EXIT_RETRY, "%s: closed the connection", w->where);
	if (errno != EAGAIN)
		err(EXIT_RETRY, "%s", w->where);
}

void
wire_ask(struct wire *w)
{
	check_quiet(w);
	send_out(w, 0);
}

void
wire_leave(struct wire *w)
{
	(void)send(w->fd, w->out, w->outlen, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(w->fd);
}
