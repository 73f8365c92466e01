/* SPDX-License-Identifier: ISC */
/*
 * One run of multiscan under guard: it is fed a message, and then says something.
 *
 * Whatever it does, or does not, nothing here waits longer than until its end (clock_ms)
 * and the seconds that a kill takes.  A run is used by one thread at a time.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { RUN_BUFFER = 16384, RUN_COMPLAINTS = 20, RUN_COMPLAINT = 500 };

struct run {
	const char *name;	/* of the message, on standard error; the caller's */
	pid_t pid;		/* of guard, not reaped yet; or -1 */
	int pidfd;		/* all four are -1 where closed */
	int in, out, err;
	long long end;
	bool cr;		/* a CR was held back */
	bool late;		/* it did not take what it was fed in time */
	bool odd;		/* it said too much */
	bool unfed;		/* it was not fed all: what it says is not of the message */
	size_t buffered;
	char *buffer;		/* RUN_BUFFER bytes */
	size_t len, room;
	char *said;		/* len bytes of its standard output, at most RECORD_MAX */
	size_t heard;		/* bytes of its standard error */
	unsigned complaints;
	size_t complaint;	/* bytes of the line that is not whole yet */
	char line[RUN_COMPLAINT];
	struct run *next, *before;	/* all that there are; of run.c */
};

/* A run that is none: run_stop and run_free do nothing. */
void run_none(struct run *r);

/* False, with errno: there is no run. */
bool run_start(struct run *r, const char *name, char *const argv[], long long end);

/*
 * n bytes of the message, each line end LF or CR LF, in any cut; it is given LF, and any
 * other CR.  What it no longer takes is let go: its answer tells.
 */
void run_feed(struct run *r, const char *p, size_t n);

/*
 * The message is whole.  Waits for its end: its exit status, or -1, said on standard
 * error.  What it said is in said, len bytes; none where that was too much.
 */
int run_finish(struct run *r);

/* It is to end at once, with what it started; waits until it has. */
void run_stop(struct run *r);

/* After finish or stop. */
void run_free(struct run *r);

/* Every run that there is, whoever has it, is told to end. */
void run_end_all(void);

#endif
