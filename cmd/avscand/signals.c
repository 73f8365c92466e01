/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/signals.h"
#include "common/cli.h"

#include <sys/signalfd.h>

#include <err.h>
#include <signal.h>
#include <stddef.h>

int
signals_take(const int *which)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (; *which != 0; which++)
		sigaddset(&set, *which);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		err(EXIT_RETRY, "signalfd");
	return fd;
}
