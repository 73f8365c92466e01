/* SPDX-License-Identifier: ISC */
/*
 * A set is tried by `avscand -k -D FOLDER', the one beside our program, in a child: it
 * verifies, loads and asks in processes of its own with limits.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "cmd/sigupdate/filename.h"

#include <stdbool.h>
#include <time.h>

struct trial_file {
	char name[FILENAME_MAX_BYTES + 1];
	char bad[32];			/* why=; "": it is good, was passed over, or nothing is known of it */
	bool older;			/* passed over: beside it is a newer one of its stem */
	unsigned long long number, sigs, level;	/* of a container; else 0 */
	time_t made;			/* from its age= */
};

struct trial {
	bool good;			/* check= was there and the exit status 0 */
	bool lost;			/* nothing is known of the set: killed, no time, no memory,
					   no room, what it said makes no sense.  Neither: it is bad */
	char why[32];			/* the set's own why=, where it is not good: file, empty,
					   together, answer, died, memory, system, time; "": not said */
	unsigned long long sigs;	/* of the whole set */
	unsigned long long level;	/* of the engine; 0: not said */
	char engine[32];		/* its version */
	struct trial_file *file;	/* owned */
	size_t files;
	char said[4096];		/* what it said, in lines, the last without an end: printable
					   ASCII; of a file "NAME: ...", of the whole "the set: ..." */
};

enum trial_how {
	TRIAL_WHOLE,
	TRIAL_FILES		/* each file by itself alone: avscand -k -n; sigs and engine are not told */
};

/*
 * Ends the process with EXIT_RETRY where it cannot be run at all.  Files are in the
 * order of their names; those with names that filename_wrong would refuse for their
 * length or letters are left out, but count for the whole.
 */
void trial_run(struct trial *t, const char *folder, unsigned long seconds, enum trial_how how);
/* NULL: it said nothing of it. */
const struct trial_file *trial_file(const struct trial *t, const char *name);
/* The line that was said of a file, "NAME: TEXT"; p NULL: there is none. */
struct span trial_said(const struct trial *t, const char *name);
void trial_free(struct trial *t);

#endif
