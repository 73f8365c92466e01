/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* close_range */
#include "cmd/multiscan-milter/spawn.h"

#include "common/cli.h"

#include <sys/prctl.h>

#include <linux/close_range.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

/* One that waits for its process; the first of those who do is served first. */
struct request {
	char *const *argv;
	const int *fd;
	pid_t pid;
	int error;
	bool done;
	struct request *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static struct request *first, **last = &first;
static pid_t self;

/* In the new process, which has our memory until it execs: nothing of it is written. */
static _Noreturn void
become(const struct request *r)
{
	sigset_t none;

	sigemptyset(&none);
	if (signal(SIGXFSZ, SIG_DFL) == SIG_ERR ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != self)
		_exit(EXIT_RETRY);
	for (int i = 0; i < 3; i++)
		if (dup2(r->fd[i], i) < 0)
			_exit(EXIT_RETRY);
	/* libmilter's own, which a policy's background process would keep */
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve(r->argv[0], r->argv, environ);
	_exit(EXIT_RETRY);
}

/* vfork: a copy of what maps our memory would cost more than all else of a start. */
static void
serve(struct request *r)
{
	r->pid = vfork();
	if (r->pid == 0)
		become(r);
	r->error = errno;
}

static void *
spawner(void *unused)
{
	struct request *r;

	(void)unused;
	pthread_mutex_lock(&lock);
	for (;;) {
		while ((r = first) == NULL)
			pthread_cond_wait(&asked, &lock);
		if ((first = r->next) == NULL)
			last = &first;
		pthread_mutex_unlock(&lock);
		serve(r);
		pthread_mutex_lock(&lock);
		r->done = true;
		pthread_cond_broadcast(&done);
	}
	return NULL;
}

int
spawn_start(void)
{
	sigset_t all, old;
	pthread_t t;

	self = getpid();
	sigfillset(&all);
	if ((errno = pthread_sigmask(SIG_SETMASK, &all, &old)) != 0)
		return -1;
	errno = pthread_create(&t, NULL, spawner, NULL);
	if (errno == 0)
		errno = pthread_detach(t);
	if (pthread_sigmask(SIG_SETMASK, &old, NULL) != 0)
		return -1;
	return errno == 0 ? 0 : -1;
}

pid_t
spawn(char *const argv[], const int fd[3])
{
	struct request r = { .argv = argv, .fd = fd };

	pthread_mutex_lock(&lock);
	*last = &r;
	last = &r.next;
	pthread_cond_signal(&asked);
	while (!r.done)
		pthread_cond_wait(&done, &lock);
	pthread_mutex_unlock(&lock);
	errno = r.error;
	return r.pid;
}
