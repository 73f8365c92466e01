/* SPDX-License-Identifier: ISC */
/* A program that is run beside us: what its child needs before exec, and its end. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A pipe whose ends are no standard descriptors, which a child loses by dup2, and are
 * closed by exec.  False: errno says why, and there is none.
 */
bool child_pipe(int ends[2]);

/*
 * In the child: signals as a new program expects them, and the end of the parent is its
 * own; false: errno says why, or the parent has ended already.
 */
bool child_ready(pid_t parent);

/* Becomes the program argv[0] beside our own, or in PATH; on return errno says why. */
void child_exec(const char *const argv[]);

/*
 * Waits until then, ms of clock_ms, and kills it if it is still there; at once where it
 * is not in_time.  How it ended, as waitpid tells; -1: errno says why.
 */
int child_end(pid_t pid, bool in_time, long long until);

#endif
