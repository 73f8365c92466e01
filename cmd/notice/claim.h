/* SPDX-License-Identifier: ISC */
/*
 * May there be a notice now?  A file of a fixed size has the time of the last one of
 * each cause, under a hash with a key of its own, and how many there were in this
 * minute; who reads it has it locked.  Of causes that share a place in it the one whose
 * time is longest past is forgotten: it may have a notice too early, none has one too late.
 *
 * A page of it is written at once, so that a kill leaves it whole; it is not fsynced,
 * since what a crash takes is only that there was a notice.  One that is damaged begins
 * anew, with a warning.  What fails ends the process with EXIT_RETRY.
 */
#ifndef NOTICE_CLAIM_H
#define NOTICE_CLAIM_H

#include <stdbool.h>

enum {
	CLAIM_PERIOD = 60,	/* seconds, where -p gives none */
	CLAIM_PERIOD_MAX = 86400,
	CLAIM_MINUTE = 60,	/* of all causes, where -m gives none */
	CLAIM_MINUTE_MAX = 1000
};

struct claim {
	const char *path, *cause;
	unsigned long period, most;
	/* what claim_take tells */
	unsigned long held;	/* of this cause, since its last notice */
	long long since;	/* the first of these, seconds since 1970 */
	bool cause_held;	/* refused for its own cause, not for those of all */
};

/* true: it is this one's turn, and the time begins; false: counted. */
bool claim_take(struct claim *c, long long now);

/* What claim_take gave was not used. */
void claim_undo(const struct claim *c, long long now);

#endif
