/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/out.h"
#include "cmd/virlog/net.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
fail(struct out *o, const char *why)
{
	o->failed = true;
	snprintf(o->why, sizeof o->why, "%s", why);
}

/* A line without its newline to the fall-back. */
static void
save(struct out *o, const char *line, size_t n)
{
	if (o->fallback != NULL &&
	    (o->spare.fd >= 0 || append_open(&o->spare, o->fallback) == 0) &&
	    append_line(&o->spare, line, n, &o->left) == 0) {
		o->saved++;
		return;
	}
	o->lost++;
	snprintf(o->lost_why, sizeof o->lost_why, "%s", strerror(errno));
}

static void
open_socket(struct out *o)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	memcpy(sa.sun_path, o->at.host, strnlen(o->at.host, sizeof sa.sun_path - 1));
	o->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (o->fd < 0 || connect(o->fd, (struct sockaddr *)&sa, sizeof sa) < 0)
		fail(o, strerror(errno));
}

static void
open_place(struct out *o)
{
	o->open = true;
	if (o->place == FORM_SOCKET)
		open_socket(o);
	else if (o->place == FORM_FILE && append_open(&o->file, o->name) < 0)
		fail(o, strerror(errno));
}

static void
start(struct out *o)
{
	o->fd = o->file.fd = o->spare.fd = o->file.look = o->spare.look = -1;
	o->left = OUT_PATIENCE;
	o->failed = o->refused = o->open = o->bad = false;
	o->saved = o->lost = 0;
	o->held = o->kept = 0;
}

void
out_open(struct out *o)
{
	start(o);
	open_place(o);
}

void
out_refuse(struct out *o, const char *why)
{
	start(o);
	o->open = o->refused = true;
	fail(o, why);
}

/* One datagram a line.  NULL, or what was wrong. */
static const char *
send_line(struct out *o, const char *line, size_t n)
{
	struct pollfd p = { o->fd, POLLOUT, 0 };
	long long deadline = 0;

	while (send(o->fd, line, n, MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			return strerror(errno);
		if (deadline == 0)
			deadline = clock_ms() + o->left;
		o->left = deadline - clock_ms();
		if (o->left <= 0)
			return "busy";
		/* Short, for ENOBUFS: there is nothing to wait for then. */
		(void)poll(&p, 1, o->left > 20 ? 20 : (int)o->left);
	}
	if (deadline != 0)
		o->left = deadline - clock_ms();
	return NULL;
}

/* What is held to the server; if it does not take it, to the fall-back. */
static void
flush(struct out *o)
{
	const char *why, *line = o->keep, *end;

	if (o->held == 0)
		return;
	why = net_send(&o->at, o->hold, o->held, &o->left);
	if (why != NULL) {
		fail(o, why);
		for (; line < o->keep + o->kept; line = end + 1) {
			end = memchr(line, '\n', (size_t)(o->keep + o->kept - line));
			save(o, line, (size_t)(end - line));
		}
	}
	o->held = o->kept = 0;
}

static bool
is_full(const struct out *o)
{
	return o->held + LINE_BYTES + sizeof "1023 " > sizeof o->hold ||
	    o->kept + LINE_BYTES > sizeof o->keep;
}

/* Holds a line for the server, with its length before it (RFC 6587 3.4.1). */
static void
hold_line(struct out *o, const struct form_time *now, const struct line *l)
{
	char text[LINE_BYTES];
	size_t n = form_line(text, &o->form, FORM_NET, now, l);

	o->held += (size_t)snprintf(o->hold + o->held, sizeof o->hold - o->held, "%zu ", n);
	memcpy(o->hold + o->held, text, n);
	o->held += n;
	n = form_line(text, &o->form, FORM_FILE, now, l);
	memcpy(o->keep + o->kept, text, n);
	o->kept += n;
	o->keep[o->kept++] = '\n';
}

/* To the file or the socket.  NULL, or what was wrong. */
static const char *
put_line(struct out *o, const struct form_time *now, const struct line *l)
{
	char text[LINE_BYTES];
	size_t n = form_line(text, &o->form, o->place, now, l);

	if (o->place == FORM_SOCKET)
		return send_line(o, text, n);
	return append_line(&o->file, text, n, &o->left) < 0 ? strerror(errno) : NULL;
}

void
out_line(struct out *o, const struct line *l)
{
	char text[LINE_BYTES];
	struct form_time now;
	struct timespec ts;
	const char *why = NULL;

	if (clock_gettime(CLOCK_REALTIME, &ts) < 0 || !form_time(&now, &ts))
		errx(EXIT_RETRY, "the time cannot be told");
	if (!o->open)
		open_place(o);
	if (is_full(o))
		flush(o);
	if (!o->failed && o->place == FORM_NET)
		hold_line(o, &now, l);
	else if (!o->failed && (why = put_line(o, &now, l)) != NULL)
		fail(o, why);
	if (o->failed)
		save(o, text, form_line(text, &o->form, FORM_FILE, &now, l));
}

static void
tell(struct out *o)
{
	const char *is = o->lost == 1 ? " is" : "s are";

	if (o->saved > 0)
		warnx("%s: %s: %lu line%s in %s", o->name, o->why, o->saved,
		    o->saved == 1 ? " is" : "s are", o->fallback);
	if (o->lost > 0 && o->fallback != NULL)
		warnx("%s: %s; %s: %s: %lu line%s lost", o->name, o->why, o->fallback,
		    o->lost_why, o->lost, is);
	else if (o->lost > 0)
		warnx("%s: %s: %lu line%s not logged", o->name, o->why, o->lost, is);
	else if (o->failed && o->fallback == NULL) {
		warnx("%s: %s", o->name, o->why);
		o->bad = true;
	}
	if (o->lost > 0)
		o->bad = true;
	o->saved = o->lost = 0;
}

static void
close_place(struct out *o)
{
	if ((o->fd >= 0 && close(o->fd) < 0) || append_close(&o->file) < 0) {
		warn("%s", o->name);
		o->bad = true;
	}
	o->fd = -1;
	if (append_close(&o->spare) < 0) {
		warn("%s", o->fallback);
		o->bad = true;
	}
	o->open = false;
}

bool
out_waits(const struct out *o)
{
	return (o->place == FORM_FILE && o->open && !o->refused) || o->spare.fd >= 0 || o->held > 0 || o->left < OUT_PATIENCE || o->saved > 0 || o->lost > 0;
}

void
out_pause(struct out *o)
{
	flush(o);
	tell(o);
	/* A file is opened anew: it may have been rotated. */
	if (!o->refused && (o->failed || o->place == FORM_FILE)) {
		close_place(o);
		o->failed = false;
	} else if (append_close(&o->spare) < 0) {
		warn("%s", o->fallback);
		o->bad = true;
	}
	o->left = OUT_PATIENCE;
}

bool
out_close(struct out *o)
{
	flush(o);
	tell(o);
	close_place(o);
	return !o->bad;
}
