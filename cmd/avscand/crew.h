/* SPDX-License-Identifier: ISC */
/*
 * The workers of a generation: processes that share the loaded engine
 * copy-on-write, each confined, with a private temporary folder.  One that died
 * is buried, its folder wiped, and another one takes its place.
 *
 * Invariant: a worker with a pid has a socket; scanning says that it was handed
 * a descriptor and has not answered yet.
 */
#ifndef CREW_H
#define CREW_H

#include "cmd/avscand/engine.h"
#include "cmd/avscand/job.h"
#include "cmd/avscand/nursery.h"

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>

struct crew_settings {
	const char *tmp;	/* where the workers' folders are made; no links */
	bool change_user;	/* started as root: they become uid, gid */
	uid_t uid;
	gid_t gid;
	unsigned long seconds;	/* a scan */
	unsigned long long filesize;	/* larger ones are a limit reached */
	int stderr_fd;		/* what is the workers' standard error */
};

struct worker {
	pid_t pid;		/* 0: none is running */
	int socket;
	bool first;		/* the generation's first: it says what is missing */
	bool failed;		/* none can be started in its place */
	bool scanning;
	bool ending;		/* was told to end */
	bool late;		/* ... because its scan took too long */
	long long ended;	/* clock_ms: when it was told to */
	unsigned number;	/* of its last request */
	unsigned long scans;	/* that it was handed */
	long long due;		/* clock_ms: when to end it, or to start one */
	long long started;
	unsigned pause;		/* ms before the next one; grows while none can start */
	_Atomic int *denied;	/* shared with it: see confine.h */
	char tmpdir[PATH_MAX];
};

struct crew {
	struct engine *engine;
	const struct crew_settings *settings;
	struct nursery *nursery;	/* owned */
	unsigned n;
	unsigned undead;	/* were killed, do not end, and were given up */
	struct worker *worker;	/* owned */
};

/* Room for n workers, none of them running; ends the process with EXIT_RETRY. */
void crew_open(struct crew *c, unsigned n);

/* Starts those that are due, and ends those that scan too long. */
void crew_tend(struct crew *c);

/* When crew_tend is wanted next. */
long long crew_due(const struct crew *c);

/* Can it be handed something? */
bool crew_ready(const struct worker *w);

/*
 * Hands a descriptor to a worker that is ready; false: it did not take it, and ends,
 * or (not ending) nobody could be handed one.
 */
bool crew_hand(struct crew *c, struct worker *w, int fd, bool all);

/*
 * Its answer; one that is in doubt is its last.  False: it had none, or none that
 * makes sense, and is ended.
 */
bool crew_answer(struct worker *w, struct scan *s);

/* Ends a worker; it is buried like one that died. */
void crew_dismiss(struct worker *w);

/*
 * Buries one that is dead, and says why it died in words ("signal 11"); or gives one
 * up that does not die of SIGKILL: a file system does not answer it.  NULL: there
 * is none.  own: the end was its content's doing, as far as one can see.
 */
struct worker *crew_bury(struct crew *c, char *why, size_t size, bool *own);

/* Ends all, and wipes their folders. */
void crew_close(struct crew *c);

#endif
