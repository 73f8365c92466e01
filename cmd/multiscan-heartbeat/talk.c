/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/talk.h"
#include "common/dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
talk_close(struct talk *t)
{
	static const char quit[] = "QUIT\r\n";

	if (t->fd < 0)
		return;
	if (t->state != TALK_BUSY && t->state != TALK_FAILED)
		(void)send(t->fd, quit, sizeof quit - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(t->fd);
	t->fd = -1;
}

static void
end(struct talk *t, enum talk_state state)
{
	t->state = state;
	talk_close(t);
}

static void
fail(struct talk *t, const char *why)
{
	t->code = 0;
	t->textlen = (size_t)snprintf(t->text, sizeof t->text, "%s", why);
	if (t->textlen >= sizeof t->text)
		t->textlen = sizeof t->text - 1;
	end(t, TALK_FAILED);
}

/* 127.25.25.25, which a gateway's relay.conf does not call inside, as the rest of this machine */
static const uint32_t STRANGER = 0x7f191919;

void
talk_start(struct talk *t, const struct address *server, unsigned seconds)
{
	const char *why;

	t->outlen = t->outat = t->inlen = 0;
	t->step = STEP_GREETING;
	t->state = TALK_BUSY;
	if ((t->fd = dial_as(STRANGER, server, seconds, &why)) < 0)
		fail(t, why);
}

short
talk_wants(const struct talk *t)
{
	return t->outat < t->outlen ? POLLOUT : POLLIN;
}

/* The first word of the greeting, if it is a host name. */
static bool
take_host(struct talk *t, const struct smtp_reply *r)
{
	struct span line = { "", 0 };
	size_t at = 0, n = 0;

	(void)smtp_reply_line(r, &at, &line);
	while (n < line.n && line.p[n] != ' ')
		n++;
	if (n == 0 || n > 255 || line.p[0] == '.' || line.p[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-",
		    line.p[i]) == NULL || line.p[i] == '\0')
			return false;
	snprintf(t->host, sizeof t->host, "%.*s", (int)n, line.p);
	snprintf(t->sender, sizeof t->sender, "heartbeat@%s", t->host);
	snprintf(t->recipient, sizeof t->recipient, "heartbeat@%s", t->host);
	if (t->from != NULL)
		snprintf(t->sender, sizeof t->sender, "%s", t->from);
	if (t->to != NULL)
		snprintf(t->recipient, sizeof t->recipient, "%s", t->to);
	return true;
}

static void
put_letter(struct talk *t)
{
	struct letter l = { t->mail, t->token, t->sender, t->recipient, t->host };

	t->outlen = letter_make(&l, t->out);
	memcpy(t->out + t->outlen, ".\r\n", 3);
	t->outlen += 3;
}

static void
put(struct talk *t, const char *command, const char *value, const char *after)
{
	int n = snprintf(t->out, sizeof t->out, "%s%s%s\r\n", command, value, after);

	t->outlen = (size_t)n;
}

/* The next command; the answer to the one before was a yes. */
static void
go_on(struct talk *t)
{
	char hello[256] = "";

	t->outat = 0;
	t->step++;
	if (t->step == STEP_EHLO) {
		if (gethostname(hello, sizeof hello - 1) < 0 || hello[0] == '\0' ||
		    hello[strspn(hello, "abcdefghijklmnopqrstuvwxyz0123456789.-"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
			snprintf(hello, sizeof hello, "localhost");
		put(t, "EHLO ", hello, "");
	} else if (t->step == STEP_MAIL)
		put(t, "MAIL FROM:<", t->sender, ">");
	else if (t->step == STEP_RCPT)
		put(t, "RCPT TO:<", t->recipient, ">");
	else if (t->step == STEP_DATA)
		put(t, "DATA", "", "");
	else
		put_letter(t);
}

static void
judge(struct talk *t, const struct smtp_reply *r)
{
	const int want = t->step == STEP_DATA ? 3 : 2;

	if (r->code / 100 == want) {
		if (t->step == STEP_END)
			end(t, TALK_TAKEN);
		else if (t->step == STEP_GREETING && !take_host(t, r))
			fail(t, "its greeting does not begin with a host name");
		else
			go_on(t);
		return;
	}
	t->code = r->code;
	t->textlen = smtp_reply_text(r, t->text, sizeof t->text);
	if (r->code < 400)
		end(t, TALK_FAILED);
	else if (r->code < 500)
		end(t, TALK_LATER);
	else
		end(t, t->step == STEP_END ? TALK_REFUSED : TALK_DENIED);
}

static void
take_answer(struct talk *t)
{
	struct smtp_reply r;
	ssize_t got = recv(t->fd, t->in + t->inlen, sizeof t->in - t->inlen, MSG_DONTWAIT);
	long n;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		fail(t, got < 0 ? strerror(errno) : "it closed the connection");
		return;
	}
	t->inlen += (size_t)got;
	n = smtp_reply(t->in, t->inlen, &r);
	if (n == 0 && t->inlen < sizeof t->in)
		return;
	/* what comes before it is asked for is an answer to nothing of ours */
	if (n <= 0 || (size_t)n < t->inlen) {
		fail(t, "it does not speak SMTP");
		return;
	}
	t->inlen = 0;
	judge(t, &r);
}

void
talk_go(struct talk *t)
{
	ssize_t n;

	if (t->outat == t->outlen) {
		take_answer(t);
		return;
	}
	n = send(t->fd, t->out + t->outat, t->outlen - t->outat, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		fail(t, strerror(errno));
	else if (n > 0)
		t->outat += (size_t)n;
}
