/* SPDX-License-Identifier: ISC */
/* Where a log is to be read on: see "Logs that grow, rotate, shrink" in virtally(1). */
#ifndef RESUME_H
#define RESUME_H

#include "cmd/virtally/input.h"
#include "cmd/virtally/logs.h"

enum resume {
	RESUME_NEW,		/* from its beginning */
	RESUME_MORE,		/* from where it was left */
	RESUME_OLDER,		/* it is the beginning of a log of which more was counted */
	RESUME_LATER,		/* what it begins like is not there: among other logs, it may be */
	RESUME_NOTHING,		/* ... and is a pipe, of which nothing is to be remembered */
	RESUME_LOST		/* it cannot be told; that was said */
};

/*
 * Brings an input that was just opened to where it is to be read on; of what is OLDER to its
 * end, or to its last line where that may still be written.  The places before that are in
 * past.  Says so where lines may be counted again.  LATER only where that may be, then it is
 * to be opened anew.
 */
enum resume resume(struct logs *l, const char *name, struct input *in, bool later,
    struct logpast *past);

#endif
