/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/link.h"
#include "common/clock.h"

#include <libetpan/libetpan.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 60000, SHARE = 5 };	/* ms; no reply costs more than 1/SHARE of the time */

const char *
link_word(enum trouble trouble)
{
	static const char *const words[] = {
		[LINK_WELL] = "", [LINK_TIMEOUT] = "timeout", [LINK_TIME] = "time",
		[LINK_REFUSED] = "refused", [LINK_UNREACHABLE] = "unreachable",
		[LINK_CLOSED] = "closed", [LINK_NOSMTP] = "no-smtp",
		[LINK_ENDLESS] = "endless", [LINK_EARLY] = "early",
		[LINK_MEMORY] = "memory"
	};

	return words[trouble];
}

void
link_start(struct link *l, unsigned long seconds)
{
	l->smtp = NULL;
	l->fd = -1;
	l->patience = (long long)seconds * 1000 / SHARE;
	if (l->patience > PATIENCE)
		l->patience = PATIENCE;
	l->end = clock_ms() + (long long)seconds * 1000;
	l->trouble = LINK_WELL;
	l->reply.code = 0;
	l->message = l->helo = l->reset = l->stepped = false;
	l->single = l->noreset = l->mute = false;
	l->inlen = l->whole = l->handed = 0;
	l->said.lines = l->said.used = 0;
}

static void
say(struct dialogue *d, bool ours, const char *p, size_t n)
{
	struct said *s = &d->said[d->lines];
	size_t whole = n;

	if (n > LINK_LINE)
		n = LINK_LINE;
	d->cut = (d->cut && d->lines > 0) || n < whole;
	if (d->lines == LINK_LINES || n > LINK_TEXT - d->used) {
		d->cut = true;
		return;
	}
	*s = (struct said){ ours, d->used, n };
	memcpy(d->text + d->used, p, n);
	d->used += n;
	d->lines++;
}

/* Each line of a command, a reply or what was no reply. */
static void
say_lines(struct dialogue *d, bool ours, const char *p, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(p, '\n', n);
		size_t len = lf == NULL ? n : (size_t)(lf - p);

		say(d, ours, p, len > 0 && p[len - 1] == '\r' ? len - 1 : len);
		len += lf != NULL;
		p += len;
		n -= len;
	}
}

/* The lines of a reply, of a long one those that it begins with. */
static void
say_reply(struct dialogue *d, const char *p, size_t n)
{
	if (n <= LINK_REPLY) {
		say_lines(d, false, p, n);
		return;
	}
	say_lines(d, false, p, LINK_REPLY);
	say(d, false, "...", 3);
	d->cut = true;
}

/* Always false: what is left of a reply is told, and nothing more is read. */
static bool
fail(struct link *l, enum trouble why)
{
	if (l->trouble == LINK_WELL) {
		l->trouble = why;
		say_reply(&l->said, l->in + l->whole, l->inlen - l->whole);
	}
	l->reply.code = 0;
	return false;
}

/* Waits for an event until then, or the end; false: it is later. */
static bool
await(struct link *l, short events, long long until)
{
	struct pollfd p = { .fd = l->fd, .events = events };
	enum trouble late = LINK_TIMEOUT;
	int n;

	if (until >= l->end) {
		until = l->end;
		late = LINK_TIME;
	}
	do {
		long long left = until - clock_ms();

		if (left <= 0)
			return fail(l, late);
		n = poll(&p, 1, (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0 || fail(l, LINK_MEMORY);
}

/* Done with the reply; what came behind it stays. */
static void
drop_reply(struct link *l)
{
	memmove(l->in, l->in + l->whole, l->inlen - l->whole);
	l->inlen -= l->whole;
	l->whole = l->handed = 0;
}

/* The reply to what was sent, whole: into reply. */
static bool
receive(struct link *l)
{
	long long until = clock_ms() + l->patience;
	long whole;

	drop_reply(l);
	while ((whole = smtp_reply(l->in, l->inlen, &l->reply)) == 0) {
		ssize_t n;

		l->reply.code = 0;
		if (l->inlen == sizeof l->in)
			return fail(l, LINK_ENDLESS);
		if (!await(l, POLLIN, until))
			return false;
		n = recv(l->fd, l->in + l->inlen, sizeof l->in - l->inlen, 0);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return fail(l, LINK_CLOSED);
		l->inlen += (size_t)n;
	}
	if (whole < 0)
		return fail(l, LINK_NOSMTP);
	l->whole = (size_t)whole;
	say_reply(&l->said, l->in, l->whole);
	return true;
}

/* Was something said that was not asked for?  A 421 is the end, as closing is. */
static bool
quiet(struct link *l)
{
	struct smtp_reply early;
	ssize_t n;

	drop_reply(l);
	n = recv(l->fd, l->in + l->inlen, sizeof l->in - l->inlen, MSG_DONTWAIT);
	if (n > 0)
		l->inlen += (size_t)n;
	if (l->inlen > 0)
		return fail(l, smtp_reply(l->in, l->inlen, &early) > 0 &&
		    early.code == 421 ? LINK_CLOSED : LINK_EARLY);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return fail(l, LINK_CLOSED);
	return true;
}

/* --- what libetpan calls ------------------------------------------------------ */

static ssize_t
driver_read(mailstream_low *low, void *to, size_t n)
{
	struct link *l = low->data;

	if (l->trouble != LINK_WELL || (l->handed == l->whole && !receive(l)))
		return -1;
	if (n > l->whole - l->handed)
		n = l->whole - l->handed;
	memcpy(to, l->in + l->handed, n);
	l->handed += n;
	return (ssize_t)n;
}

static ssize_t
driver_write(mailstream_low *low, const void *p, size_t n)
{
	struct link *l = low->data;
	long long until = clock_ms() + l->patience;
	size_t at = 0;

	if (l->trouble != LINK_WELL || !quiet(l))
		return -1;
	if (!l->message)
		say_lines(&l->said, true, p, n);
	while (at < n) {
		ssize_t sent;

		if (!await(l, POLLOUT, until))
			return -1;
		sent = send(l->fd, (const char *)p + at, n - at, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR && errno != EAGAIN) {
			fail(l, LINK_CLOSED);
			return -1;
		}
		at += sent > 0 ? (size_t)sent : 0;
	}
	return (ssize_t)n;
}

static int
driver_close(mailstream_low *low)
{
	struct link *l = low->data;

	close(l->fd);
	l->fd = -1;
	return 0;
}

static int
driver_fd(mailstream_low *low)
{
	return ((struct link *)low->data)->fd;
}

static void
driver_free(mailstream_low *low)
{
	free(low);
}

static mailstream_low_driver driver = {
	.mailstream_read = driver_read,
	.mailstream_write = driver_write,
	.mailstream_close = driver_close,
	.mailstream_get_fd = driver_fd,
	.mailstream_free = driver_free,
};

/* --- what we call ------------------------------------------------------------- */

static bool
join(struct link *l, const struct sockaddr *to, socklen_t n)
{
	socklen_t size = sizeof(int);
	int e = 0;

	l->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fail(l, LINK_MEMORY);
	if (connect(l->fd, to, n) < 0) {
		e = errno;
		if (e == EINPROGRESS && !await(l, POLLOUT, clock_ms() + l->patience))
			return false;
		if (e == EINPROGRESS && getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &e, &size) < 0)
			e = errno;
	}
	if (e == 0)
		return true;
	return fail(l, e == ECONNREFUSED ? LINK_REFUSED :
	    e == ECONNRESET ? LINK_CLOSED : e == ETIMEDOUT ? LINK_TIMEOUT : LINK_UNREACHABLE);
}

/* The code of what was answered last, where libetpan has it all. */
static int
answer(struct link *l)
{
	if (l->trouble != LINK_WELL)
		return 0;
	if (l->reply.code == 0)
		fail(l, LINK_MEMORY);
	return l->reply.code;
}

static bool
begin(struct link *l)
{
	l->reply.code = 0;
	return l->trouble == LINK_WELL && l->smtp != NULL && l->smtp->stream != NULL;
}

int
link_open(struct link *l, const struct sockaddr *to, socklen_t n)
{
	mailstream_low *low;
	mailstream *stream = NULL;

	l->trouble = LINK_WELL;
	l->reset = l->stepped = false;
	l->inlen = l->whole = l->handed = 0;
	l->reply.code = 0;
	if (!join(l, to, n))
		return 0;
	l->smtp = mailsmtp_new(0, NULL);
	low = mailstream_low_new(l, &driver);
	if (low != NULL)
		stream = mailstream_new(low, 8192);
	if (l->smtp == NULL || stream == NULL) {
		fail(l, LINK_MEMORY);
		return 0;
	}
	/* Where this is no success it has closed the stream. */
	(void)mailsmtp_connect(l->smtp, stream);
	return answer(l);
}

/* A command that libetpan has not, or has its own way with. */
static int
command(struct link *l, const char *word, const char *name)
{
	char text[512];
	int n = snprintf(text, sizeof text, "%s%s\r\n", word, name);

	if (!begin(l))
		return 0;
	if (mailstream_write(l->smtp->stream, text, (size_t)n) != n ||
	    mailstream_flush(l->smtp->stream) < 0 || !receive(l))
		return answer(l);
	l->handed = l->whole;
	return answer(l);
}

/* libetpan's own EHLO has no name but gethostname's, and its parser loops at "AUTH \t". */
int
link_hello(struct link *l, const char *name)
{
	int code;

	if (l->helo)
		return command(l, "HELO ", name);
	code = command(l, "EHLO ", name);
	l->helo = l->trouble == LINK_CLOSED;
	return code == 500 || code == 502 ? command(l, "HELO ", name) : code;
}

int
link_mail(struct link *l, const char *from)
{
	if (begin(l))
		(void)mailsmtp_mail(l->smtp, from);
	return answer(l);
}

int
link_rcpt(struct link *l, const char *to)
{
	if (begin(l))
		(void)mailsmtp_rcpt(l->smtp, to);
	return answer(l);
}

int
link_data(struct link *l)
{
	if (begin(l))
		(void)mailsmtp_data(l->smtp);
	return answer(l);
}

int
link_message(struct link *l, const char *mail, size_t n)
{
	if (begin(l)) {
		l->message = true;
		(void)mailsmtp_data_message(l->smtp, mail, n);
		l->message = false;
	}
	return answer(l);
}

int
link_reset(struct link *l)
{
	if (begin(l))
		(void)mailsmtp_reset(l->smtp);
	l->reset = true;
	return answer(l);
}

int
link_nonsense(struct link *l)
{
	return command(l, "XQZV", "");
}

void
link_close(struct link *l, bool polite)
{
	bool open = l->smtp != NULL && l->smtp->stream != NULL;

	if (open && polite && l->trouble == LINK_WELL)
		(void)mailsmtp_quit(l->smtp);	/* closes */
	else if (open)
		mailstream_close(l->smtp->stream);
	if (l->smtp != NULL) {
		l->smtp->stream = NULL;
		mailsmtp_free(l->smtp);
	}
	l->smtp = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
