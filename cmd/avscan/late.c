/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/late.h"
#include "common/cli.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *volatile asked;

static void
say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

static void
too_late(int sig)
{
	(void)sig;
	say("avscan: not done in time, stopped");
	if (asked != NULL) {
		say("; asked last: engine ");
		say(asked);
		say(" (is it ready, or does it load its signatures?)");
	}
	say("\n");
	_exit(EXIT_RETRY);
}

void
late_watch(void)
{
	struct sigaction a = { .sa_handler = too_late };

	sigaction(SIGALRM, &a, NULL);
}

void
late_asks(const char *engine)
{
	asked = engine;
}
