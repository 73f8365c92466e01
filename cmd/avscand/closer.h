/* SPDX-License-Identifier: ISC */
/*
 * Closes descriptors that clients handed over, in threads of its own: close(2) may
 * wait for as long as a file system that does not answer, or a socket that
 * lingers, likes.
 */
#ifndef CLOSER_H
#define CLOSER_H

struct closer;

/*
 * Starts the threads, once a process; a fork has none of them.  Ends the process
 * with EXIT_RETRY.
 */
struct closer *closer_start(void);

/* Never waits; fd is not the caller's any more.  A negative fd is none. */
void closer_close(struct closer *c, int fd);

#endif
