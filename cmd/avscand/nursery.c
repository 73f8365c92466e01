/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* unshare, close_range */
#include "cmd/avscand/nursery.h"
#include "common/cli.h"
#include "common/passing.h"

#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { STACK = 16 << 20 };	/* a scan's */

struct nursery {
	int ours, its;		/* the ends of a socket; its: in the thread's table */
	int error;
	void (*life)(void *arg, int socket);
	pthread_t thread;
};

struct answer {
	pid_t pid;
	int error;
};

/* A table of its own, with no more in it than it needs. */
static bool
clear_table(const struct nursery *n)
{
	int null;

	if (unshare(CLONE_FILES) < 0 || dup2(n->error, STDERR_FILENO) < 0 ||
	    (null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0 ||
	    dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return false;
	return (n->its == 3 || close_range(3, (unsigned)n->its - 1, 0) == 0) &&
	    close_range((unsigned)n->its + 1, UINT_MAX, 0) == 0;
}

static void *
work(void *arg)
{
	const struct nursery *n = arg;
	struct answer a = { 0, 0 };
	struct passing p;
	void *what;

	if (!clear_table(n))
		a.error = errno;
	/* The first answer says that it has begun. */
	while (send(n->its, &a, sizeof a, MSG_NOSIGNAL) == sizeof a && a.error == 0) {
		if (passing_receive(n->its, &what, sizeof what, 0, &p) != sizeof what ||
		    p.n != 1)
			break;
		if ((a.pid = fork()) == 0) {
			close(n->its);
			n->life(what, p.fd[0]);
		}
		a.error = a.pid < 0 ? errno : 0;
		close(p.fd[0]);
	}
	close(n->its);
	return NULL;
}

static bool
hear(struct nursery *n, struct answer *a)
{
	ssize_t got;

	do
		got = recv(n->ours, a, sizeof *a, 0);
	while (got < 0 && errno == EINTR);
	return got == sizeof *a;
}

struct nursery *
nursery_start(int error, void (*life)(void *arg, int socket))
{
	struct nursery *n = calloc(1, sizeof *n);
	pthread_attr_t stack;
	sigset_t all, before;
	struct answer a;
	int pair[2];

	if (n == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		err(EXIT_RETRY, "nursery");
	*n = (struct nursery){ .ours = pair[0], .its = pair[1], .error = error,
	    .life = life };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&stack);
	pthread_attr_setstacksize(&stack, STACK);
	errno = pthread_create(&n->thread, &stack, work, n);
	if (errno != 0 || !hear(n, &a) || (errno = a.error) != 0)
		err(EXIT_RETRY, "a thread to fork from");
	pthread_attr_destroy(&stack);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(n->its);		/* here; the thread has it in its own table */
	return n;
}

pid_t
nursery_fork(struct nursery *n, void *arg, int socket)
{
	struct answer a;

	if (passing_send(n->ours, &arg, sizeof arg, socket, 0) != sizeof arg)
		return -1;
	if (!hear(n, &a)) {
		errno = EPIPE;
		return -1;
	}
	errno = a.error;
	return a.pid;
}

void
nursery_end(struct nursery *n)
{
	close(n->ours);
	pthread_join(n->thread, NULL);
	free(n);
}
