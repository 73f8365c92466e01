/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/worker.h"
#include "cmd/avscand/confine.h"
#include "cmd/avscand/copy.h"
#include "cmd/avscand/job.h"
#include "common/cli.h"
#include "common/passing.h"

#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DESCRIPTORS = 256,
	MEMORY = 512 << 20,	/* beyond what is mapped at the start */
	FILE_SIZE = 1 << 30
};

/*
 * What a default action ends, it ends: its scan has no other answer.  But who sends
 * SIGHUP to all of our name means the supervisor.
 */
static void
reset_signals(void)
{
	static const int fatal[] = { SIGALRM, SIGXFSZ, SIGTERM, SIGINT, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		signal(fatal[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The next request and its descriptor; false: there are no more. */
static bool
receive(int socket, struct job_request *r, int *fd)
{
	struct passing p;
	ssize_t n = passing_receive(socket, r, sizeof *r, 0, &p);

	if (n == 0)
		return false;
	/* with no descriptor free none comes with it */
	if (n != sizeof *r || p.n != 1 || p.cut)
		errx(EXIT_RETRY, "worker: a request without a descriptor");
	*fd = p.fd[0];
	return true;
}

static void
answer(int socket, const struct job_reply *r)
{
	ssize_t n;

	do
		n = send(socket, r, sizeof *r, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != sizeof *r)
		err(EXIT_RETRY, "worker: the answer");
}

static const char *
settle_in(const struct crew_settings *s, const struct worker *me, int socket, pid_t parent)
{
	char missing[256];
	struct confinement c = { .tmpdir = me->tmpdir, .uid = s->uid, .gid = s->gid,
	    .change_user = s->change_user, .filesize = FILE_SIZE, .memory = MEMORY,
	    .descriptors = DESCRIPTORS, .landlock = INT_MAX, .denied = me->denied };
	const char *dir;

	if (socket != CONFINE_CHANNEL && dup2(socket, CONFINE_CHANNEL) < 0)
		_exit(EXIT_RETRY);
	reset_signals();
	dir = confine(&c, missing, sizeof missing);
	if (getppid() != parent)
		_exit(EXIT_RETRY);
	if (missing[0] != '\0' && me->first)
		warnx("workers are confined, but without: %s", missing);
	return dir;
}

/* The scan of a copy of fd, which is closed. */
static void
scan(struct engine *e, const struct crew_settings *s, int copy, int fd, bool all,
    struct scan *result)
{
	const char *call;
	bool whole = copy_take(copy, fd, s->filesize, &call);
	int error = errno;

	close(fd);
	if (whole) {
		engine_scan(e, copy, all, result);
		whole = copy_drop(copy);
		call = "ftruncate";
		error = errno;
	}
	if (whole)
		return;
	result->kind = SCAN_REFUSED;
	snprintf(result->text, sizeof result->text, "%s: %s", call, strerror(error));
}

_Noreturn void
worker_run(struct engine *e, const struct crew_settings *s, const struct worker *me,
    int socket, pid_t parent)
{
	static struct job_reply reply;
	struct job_request r;
	int fd, copy;

	if (engine_tmpdir(e, settle_in(s, me, socket, parent)) < 0 ||
	    (copy = copy_open()) < 0)
		err(EXIT_RETRY, "no memory for a worker");
	while (receive(CONFINE_CHANNEL, &r, &fd)) {
		memset(&reply, 0, sizeof reply);
		reply.number = r.number;
		scan(e, s, copy, fd, r.all != 0, &reply.scan);
		answer(CONFINE_CHANNEL, &reply);
	}
	exit(EXIT_NOTHING);
}
