/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/input.h"
#include "common/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* A signal between a look at `stopped' and the wait is seen after so long. */
enum { LOOK_MS = 1000 };

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

void
input_watch(void)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT };
	struct sigaction now, sa = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
}

/* More bytes, or the end: INPUT_LINE; or what else there is. */
static enum input_is
fill(struct input *in, bool pauses)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	ssize_t n;
	int ready;

	alarm(0);
	do {
		if (stopped)
			return INPUT_STOPPED;
		ready = poll(&p, 1, pauses ? INPUT_PAUSE_MS : LOOK_MS);
		if (ready == 0 && pauses)
			return INPUT_PAUSE;
		n = ready > 0 ? read(STDIN_FILENO, in->bytes, sizeof in->bytes) : -1;
	} while (n < 0 && (ready == 0 || errno == EINTR || errno == EAGAIN));
	alarm(CLI_SECONDS);
	if (n < 0)
		return INPUT_FAILED;
	in->at = 0;
	in->got = (size_t)n;
	in->done = n == 0;
	return INPUT_LINE;
}

static void
take(struct input *in, char c)
{
	if (in->n == RECORD_MAX)
		return;
	in->line[in->n++] = c;
	if (in->n == RECORD_MAX)
		in->wrong = "it is longer than 65,535 bytes";
}

enum input_is
input_next(struct input *in, bool pauses)
{
	enum input_is is;

	if (in->ended) {
		in->n = 0;
		in->wrong = NULL;
		in->ended = false;
	}
	for (;;) {
		while (in->at < in->got) {
			char c = in->bytes[in->at++];

			if (c == '\n') {
				in->ended = true;
				return INPUT_LINE;
			}
			take(in, c);
		}
		if (in->done && in->n == 0)
			return INPUT_END;
		if (in->done) {
			in->ended = true;
			in->wrong = "it has no newline at its end";
			return INPUT_LINE;
		}
		if ((is = fill(in, pauses)) != INPUT_LINE)
			return is;
	}
}
