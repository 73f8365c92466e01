/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/gate.h"

#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left;
static unsigned places, in, waiting;
static bool closed;

bool
gate_start(unsigned n)
{
	pthread_condattr_t attr;

	places = n;
	if ((errno = pthread_condattr_init(&attr)) != 0)
		return false;
	if ((errno = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC)) == 0)
		errno = pthread_cond_init(&left, &attr);
	pthread_condattr_destroy(&attr);
	return errno == 0;
}

/* With the lock: until somebody leaves; false after end. */
static bool
wait_until(long long end)
{
	struct timespec t = { .tv_sec = (time_t)(end / 1000),
	    .tv_nsec = (long)(end % 1000) * 1000000 };

	return pthread_cond_timedwait(&left, &lock, &t) != ETIMEDOUT;
}

enum gate
gate_enter(long long end)
{
	enum gate g = GATE_IN;

	pthread_mutex_lock(&lock);
	if (closed || (in >= places && waiting >= places))
		g = GATE_BUSY;
	else {
		waiting++;
		while (in >= places && !closed && wait_until(end))
			;
		waiting--;
		if (in >= places || closed)
			g = GATE_LATE;
	}
	if (g == GATE_IN)
		in++;
	pthread_mutex_unlock(&lock);
	return g;
}

void
gate_leave(void)
{
	pthread_mutex_lock(&lock);
	in--;
	if (closed)
		pthread_cond_broadcast(&left);
	else
		pthread_cond_signal(&left);
	pthread_mutex_unlock(&lock);
}

bool
gate_close(long long ms)
{
	long long end = clock_ms() + ms;
	bool empty;

	pthread_mutex_lock(&lock);
	closed = true;
	pthread_cond_broadcast(&left);
	while (in > 0 && wait_until(end))
		;
	empty = in == 0;
	pthread_mutex_unlock(&lock);
	return empty;
}
