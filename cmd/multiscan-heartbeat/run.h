/* SPDX-License-Identifier: ISC */
/* A run, and what came of it.  Pure. */
#ifndef RUN_H
#define RUN_H

#include "cmd/multiscan-heartbeat/arrival.h"
#include "cmd/multiscan-heartbeat/sighting.h"
#include "cmd/multiscan-heartbeat/talk.h"

/* The worst first; their words are those of the metric. */
enum reason {
	REASON_LOCAL,
	REASON_PASSED,
	REASON_CONNECT,
	REASON_REFUSED,
	REASON_CHANGED,
	REASON_LATE,
	REASON_UNSEEN,
	REASON_N,
	REASON_NONE = REASON_N
};

/* What is known of a mail. */
struct fate {
	struct talk talk;
	bool arrived;
	struct arrival arrival;		/* valid once arrived */
	enum sighting seen;		/* of the virus, in a log */
	bool done;			/* nothing more has to be known of it */
	long long ms;			/* from the start until all was well with it; 0: not yet */
};

const char *run_reason(enum reason reason);

/* All is well with it, and will stay so; over: nothing more will come. */
bool run_good(const struct fate *f, bool over);

/* Nothing can be well with it any more. */
bool run_lost(const struct fate *f);

/* "refused", "removed", ...: man multiscan-heartbeat */
const char *run_word(const struct fate *f);

/* When the run is over. */
enum reason run_judge(const struct fate fate[MAIL_N]);

#endif
