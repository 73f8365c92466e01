/* SPDX-License-Identifier: ISC */
/*
 * Starts processes, from one thread that lives as long as we do: the kernel tells a
 * process that the thread which made it is gone, and libmilter's threads come and go.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

/*
 * Starts the thread; once, before any other thread that takes signals.  -1 and errno.
 */
int spawn_start(void);

/*
 * A new process, with fd as its 0, 1 and 2 and no other descriptor, that is sent SIGTERM
 * when we end in whatever way.  No signal is blocked, and none ignored but SIGPIPE: a shell
 * that is told to end when we have says so on a pipe that nobody reads, and must live to
 * take its things away.
 * argv[0] is a path.  -1 and errno; where the program itself cannot be run, the process
 * ends with 75.
 */
pid_t spawn(char *const argv[], const int fd[3]);

#endif
