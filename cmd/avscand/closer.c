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
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* So many closes may hang, and the next is not kept up. */
enum { THREADS_MAX = 64 };

/* The numbers go through a pipe: it has room for more than there can be. */
struct closer {
	int pipe[2];
	unsigned given, threads;
	atomic_uint done;	/* of those given */
};

static void *
work(void *arg)
{
	struct closer *c = arg;
	int fd;

	for (;;) {
		if (read(c->pipe[0], &fd, sizeof fd) == sizeof fd) {
			close(fd);
			atomic_fetch_add(&c->done, 1);
		} else if (errno != EINTR)
			return NULL;
	}
}

/* One more, where those there are may all hang; false: errno. */
static bool
start_thread(struct closer *c)
{
	pthread_attr_t small;
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	errno = pthread_create(&thread, &small, work, c);
	if (errno == 0) {
		pthread_detach(thread);
		c->threads++;
	}
	pthread_attr_destroy(&small);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return errno == 0;
}

struct closer *
closer_start(void)
{
	struct closer *c = calloc(1, sizeof *c);

	if (c == NULL || pipe2(c->pipe, O_CLOEXEC) < 0 ||
	    fcntl(c->pipe[1], F_SETFL, O_NONBLOCK) < 0 || !start_thread(c))
		err(EXIT_RETRY, "closer");
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
	if (c->given - atomic_load(&c->done) >= c->threads && c->threads < THREADS_MAX)
		start_thread(c);
}
