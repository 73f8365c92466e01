/* SPDX-License-Identifier: ISC */
/*
 * From the clients to the workers: who is scanned for next, by whom, and the steps
 * of a second try.
 *
 * A client that scans has a worker to itself until it ends, or rests while others
 * wait, or another has waited for long: so the engine's cache answers for the
 * leaves when the message follows.
 *
 * Invariant: a worker is at most one guest's; who scans has one.
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "cmd/avscand/client.h"
#include "cmd/avscand/crew.h"

enum { DISPATCH_CLIENTS = 2048 };	/* at most */

/* A client and its way to a worker. */
struct guest {
	struct client *client;
	struct worker *worker;	/* its own, for now, or NULL */
	bool scanning;		/* the worker has its content, or a canary */
	enum { STEP_CONTENT, STEP_FRESH, STEP_MAIL, STEP_CLEAN } step;
	unsigned long turn;	/* when it began to wait; lower is earlier */
	long long since;	/* clock_ms: when it began to wait */
	long long rested;	/* clock_ms: since when its worker is idle */
};

struct dispatch {
	struct crew crew;
	const char *set;	/* its name, for what is said */
	int canary[2];		/* a mail that is infected, and a clean text */
	unsigned long turn;
	size_t n;
	struct guest guest[DISPATCH_CLIENTS];
};

/*
 * Starts n workers, and has one of them show that it finds what it should and
 * nothing else.  What is wrong is said on stderr; ends the process with
 * EXIT_RETRY.
 */
void dispatch_open(struct dispatch *d, struct engine *e, const struct crew_settings *s,
    unsigned n, const char *set);

/* A new guest, who owns the connection; there is room for it.  false: no memory. */
bool dispatch_admit(struct dispatch *d, const struct client_host *h, int connection);

/* Not one that scans. */
void dispatch_dismiss(struct dispatch *d, struct guest *g);

/* Its turn begins: it wants a scan now. */
void dispatch_queue(struct dispatch *d, struct guest *g);

/*
 * How many scans are under way or wait.  Paths, which have one file after another,
 * count as no more than there are workers: some room is left for others.
 */
unsigned dispatch_in_flight(const struct dispatch *d);

/* Does anybody wait who has no worker? */
bool dispatch_waits(struct dispatch *d);

/* When a guest's worker can be lent, which others wait for; LLONG_MAX: never. */
long long dispatch_lends(const struct guest *g);

/* A worker has answered, or what it said is none. */
void dispatch_answered(struct dispatch *d, struct worker *w);

/* Buries the dead, and tells those whose scans they had. */
void dispatch_bury(struct dispatch *d);

/* Starts workers that are wanted, ends those that are late, begins scans. */
void dispatch_begin(struct dispatch *d);

/* Ends the workers and the guests. */
void dispatch_close(struct dispatch *d);

#endif
