/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* pipe2 */
#include "cmd/avscand/closer.h"
#include "common/cli.h"

#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4 };	/* so many closes may hang, and the next is not kept up */

/* The numbers go through a pipe: it has room for more than there can be. */
struct closer {
	int pipe[2];
	unsigned given;
	atomic_uint begun;	/* of those */
	int last;
};

static void *
work(void *arg)
{
	struct closer *c = arg;
	int fd;

	for (;;) {
		if (read(c->pipe[0], &fd, sizeof fd) == sizeof fd) {
			atomic_fetch_add(&c->begun, 1);
			close(fd);
		} else if (errno != EINTR)
			return NULL;
	}
}

struct closer *
closer_start(void)
{
	struct closer *c = calloc(1, sizeof *c);
	pthread_attr_t small;
	pthread_t thread;
	sigset_t all, before;

	if (c == NULL || pipe2(c->pipe, O_CLOEXEC) < 0 ||
	    fcntl(c->pipe[1], F_SETFL, O_NONBLOCK) < 0)
		err(EXIT_RETRY, "closer");
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	for (int i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&thread, &small, work, c)) != 0)
			err(EXIT_RETRY, "a thread");
	pthread_attr_destroy(&small);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return c;
}

void
closer_close(struct closer *c, int fd)
{
	static const struct linger none;

	if (fd < 0)
		return;
	/* The common cause by far, and the one that needs no thread. */
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	/* Where the pipe were full, an open descriptor is the lesser evil. */
	if (write(c->pipe[1], &fd, sizeof fd) != sizeof fd) {
		warn("a descriptor stays open");
		return;
	}
	c->given++;
	c->last = fd;
}

void
closer_settle(const struct closer *c)
{
	const struct timespec pause = { .tv_nsec = 500 * 1000 };

	/* close(2) takes the number away first, then waits. */
	for (int i = 0; i < 20 && c->given > 0; i++) {
		if (atomic_load(&c->begun) == c->given && fcntl(c->last, F_GETFD) < 0)
			return;
		nanosleep(&pause, NULL);
	}
}
