/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-heartbeat/talk.c cmd/multiscan-heartbeat/letter.c
/*
 * A server that says anything at all, a line at a time, ends a session of the heartbeat's
 * in a state that is known, with a text and a code that are bounded, and has it send nothing
 * but whole commands in which nothing of the server's is a command.
 */
#include "cmd/multiscan-heartbeat/talk.h"
#include "tests/fuzz/replay.h"

#include <sys/socket.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX = 60000 };	/* less than a socket takes at once */

static void
check(bool good)
{
	if (!good)
		abort();
}

/* What was sent up to the mail itself: lines that begin with a command. */
static void
commands(const char *p, size_t n)
{
	static const char *const WORDS[] = { "EHLO ", "MAIL FROM:<heartbeat@", "RCPT TO:<heartbeat@",
		"DATA\r\n" };

	for (size_t i = 0; n > 0 && i < sizeof WORDS / sizeof *WORDS; i++) {
		const char *end = memchr(p, '\n', n);
		size_t len = strlen(WORDS[i]);

		/* no word of the server's, but of its greeting */
		check(end != NULL && end > p && end[-1] == '\r' && n >= len);
		if (memcmp(p, "QUIT\r\n", 6) == 0)
			return;
		check(memcmp(p, WORDS[i], len) == 0 && memchr(p, '\r', n) == end - 1);
		n -= (size_t)(end + 1 - p);
		p = end + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct talk t;
	static char sent[MAX];
	size_t len = 0, more;
	int ends[2];
	ssize_t got;

	if (n > MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 0;
	memset(&t, 0, sizeof t);
	t.token = "0123456789abcdef0123456789abcdef";
	t.fd = ends[0];
	t.state = TALK_BUSY;
	for (size_t at = 0; at <= n && t.state == TALK_BUSY; at += more + (at == n)) {
		const void *line = at < n ? memchr(data + at, '\n', n - at) : NULL;

		more = line != NULL ? (size_t)((const uint8_t *)line + 1 - data) - at : n - at;
		check(more == 0 || write(ends[1], data + at, more) == (ssize_t)more);
		if (more == 0)
			shutdown(ends[1], SHUT_WR);
		/* what it says, and what is said to it */
		talk_go(&t);
		while (t.state == TALK_BUSY && talk_wants(&t) == POLLOUT)
			talk_go(&t);
		while (len < sizeof sent &&
		    (got = recv(ends[1], sent + len, sizeof sent - len, MSG_DONTWAIT)) > 0)
			len += (size_t)got;
	}
	check(t.state != TALK_IDLE && t.textlen <= sizeof t.text);
	check(t.code == 0 || (t.code >= 200 && t.code <= 599));
	check((t.state == TALK_BUSY) == (t.fd >= 0));
	check(t.state != TALK_REFUSED || t.step == STEP_END);
	check(t.state != TALK_TAKEN || t.step == STEP_END);
	commands(sent, len);
	talk_close(&t);
	close(ends[1]);
	return 0;
}
