/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* accept4 */
#include "cmd/avscand/worker.h"
#include "common/cli.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DESCRIPTORS = 256,
	ADDRESS_SPACE = 512 << 20,	/* beyond what is mapped at the start */
	FILE_SIZE = 1 << 30
};

/* A lower limit that is there already stays. */
static void
limit(int resource, rlim_t most)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)resource, &r) < 0)
		err(EXIT_RETRY, "getrlimit");
	if (r.rlim_cur > most)
		r.rlim_cur = most;
	if (r.rlim_max > most)
		r.rlim_max = most;
	if (setrlimit((__rlimit_resource_t)resource, &r) < 0)
		err(EXIT_RETRY, "setrlimit");
}

static rlim_t
mapped(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages;

	if (f == NULL || fscanf(f, "%lu", &pages) != 1)
		err(EXIT_RETRY, "/proc/self/statm");
	fclose(f);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* What a default action ends, it ends: the client sees the connection close. */
static void
reset_signals(void)
{
	static const int fatal[] = { SIGALRM, SIGXFSZ, SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		signal(fatal[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
confine(int parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err(EXIT_RETRY, "prctl");
	if (getppid() != parent)
		_exit(EXIT_RETRY);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, DESCRIPTORS);
	limit(RLIMIT_FSIZE, FILE_SIZE);
	limit(RLIMIT_AS, mapped() + ADDRESS_SPACE);
}

/* Waits for a connection on any of the sockets, and takes it. */
static int
next_connection(const struct pool *p, struct pollfd *wanted)
{
	for (;;) {
		if (poll(wanted, p->listening, -1) < 0 && errno != EINTR)
			err(EXIT_RETRY, "poll");
		for (unsigned i = 0; i < p->listening; i++) {
			int fd;

			if (wanted[i].revents == 0)
				continue;
			fd = accept4(wanted[i].fd, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0)
				return fd;
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
				err(EXIT_RETRY, "accept");
		}
	}
}

_Noreturn void
worker_run(const struct pool *p, const char *tmpdir, int parent)
{
	struct service service = p->service;
	struct pollfd *wanted = calloc(p->listening + 1, sizeof *wanted);

	service.tmpdir = tmpdir;
	reset_signals();
	confine(parent);
	if (wanted == NULL || engine_tmpdir(service.engine, tmpdir) < 0)
		errx(EXIT_RETRY, "no memory for a worker");
	if (p->listening == 0) {
		serve(STDIN_FILENO, &service);
		exit(EXIT_NOTHING);
	}
	for (unsigned i = 0; i < p->listening; i++)
		wanted[i] = (struct pollfd){ .fd = p->listeners[i].fd, .events = POLLIN };
	for (;;) {
		int conn = next_connection(p, wanted);

		serve(conn, &service);
		close(conn);
	}
}
