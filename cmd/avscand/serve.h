/* SPDX-License-Identifier: ISC */
/*
 * One generation: a set of signatures, its workers, and the clients that it
 * serves.  One process, one loop: it accepts, speaks the protocol, hands
 * descriptors to workers and keeps the clocks; it never looks into content.
 *
 * At most four times as many scans as there are workers are under way or wait; who asks
 * for more is told that it is busy.
 */
#ifndef SERVE_H
#define SERVE_H

#include "cmd/avscand/crew.h"
#include "cmd/avscand/listen.h"
#include "cmd/avscand/supervise.h"

struct serve_settings {
	struct crew_settings crew;
	unsigned workers;
	unsigned long long streamsize;
	const char *set;	/* the set's name */
	time_t newest;		/* when its newest file was changed */
	const char *version;	/* the answer to VERSION */
	const struct board *board;	/* NULL: there is no supervisor */
	int channel;		/* to the supervisor, see supervise.h; or -1 */
};

struct serve;

/* Starts the workers, and proves them: see dispatch_open. */
struct serve *serve_start(struct engine *e, const struct serve_settings *s);

/*
 * Serves what the listeners accept until SIGTERM, SIGINT or the supervisor's end;
 * once he says so only those clients that are there, until they have ended.
 */
void serve_run(struct serve *v, const struct listener *l, unsigned n);

/* Serves the one connection; false: the worker did not last. */
bool serve_one(struct serve *v, int connection);

/* Ends the workers, and wipes their folders. */
void serve_end(struct serve *v);

#endif
