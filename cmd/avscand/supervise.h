/* SPDX-License-Identifier: ISC */
/*
 * The process that stays: it holds the sockets and starts generations (serve.h).
 * On SIGHUP a new one loads the set beside the old one, and takes over when it
 * is ready; the old one serves its clients to their end.  If the new one does not
 * get ready, the old one stays.
 *
 * It also looks from time to time whether the set is another one by now, and has it
 * loaded where it was the same at two looks: so none is loaded while it changes.
 *
 * Invariant: there are two generations at the most, so two sets in memory.  Before
 * a third loads the older one has to end, with the scans that it has.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include "cmd/avscand/listen.h"

#include <stdint.h>
#include <time.h>

/* What goes between the supervisor and a generation: bytes over a socket. */
enum {
	SUPERVISE_READY = 'y',	/* from the generation: clients can come */
	SUPERVISE_RELOAD = 'l',	/* ... a client wants a new one */
	SUPERVISE_ALIVE = 'a',	/* ... it goes round; said every few seconds */
	SUPERVISE_SERVE = 's',	/* to the generation: clients do come */
	SUPERVISE_DRAIN = 'd',	/* ... no new ones: it is to end with those it has */
	SUPERVISE_HURRY = 'h'	/* ... and with the scans that they wait for now */
};

/* What the supervisor tells all generations, and one that loads tells him; in shared memory. */
struct board {
	uint64_t loading;	/* the mark of the set that it loads, */
	int place;		/* and where it was found; see sigset.h */
	uint64_t seen;		/* by who looks: the set's mark now, or 0 */
	time_t reloaded;	/* when the set was last loaded, or that was tried */
	char trouble[300];	/* why the last one did not load; "": it did */
};

struct supervise {
	struct listener *listener;
	unsigned listening;
	/*
	 * A generation's life: loads the set, says that it is ready, serves.  Runs in
	 * a process of its own, and may end it; tmp is its own folder.
	 */
	void (*live)(void *ctx, struct board *b, const char *tmp);
	/* The mark of the set as it is now, 0: none; in a process of its own. */
	uint64_t (*look)(void *ctx, int place);
	unsigned long seconds;		/* between two looks; 0: there are none */
	void *ctx;
	const char *tmp;		/* where folders for generations are made */
};

/*
 * Until SIGTERM or SIGINT: 0.  What the first generation ended with, where it did
 * not get ready.
 */
int supervise(struct supervise *s);

/*
 * In a generation, for its life: the standard error that is not heard by the
 * supervisor, who waits for the end of what it hears.
 */
int supervise_stderr(void);

/* ... and the socket to the supervisor: at its end the generation ends. */
int supervise_channel(void);

/* Said by a generation, once: clients can come from now on. */
void supervise_ready(void);

#endif
