/* SPDX-License-Identifier: ISC */
/*
 * Where workers are forked: a thread whose table of descriptors is its own, so that
 * no worker is born with what clients have handed over.  It would have to close it,
 * and close(2) can wait for ever.
 */
#ifndef NURSERY_H
#define NURSERY_H

#include <sys/types.h>

struct nursery;

/*
 * Starts the thread, before there are clients.  In a child it calls life, which
 * does not return, with what nursery_fork was given; the child's descriptors are
 * 0 to 2, of which 2 is error, and the socket.  Ends the process with EXIT_RETRY.
 */
struct nursery *nursery_start(int error, void (*life)(void *arg, int socket));

/* Forks; the child has a copy of the socket.  Its pid, or -1 with errno. */
pid_t nursery_fork(struct nursery *n, void *arg, int socket);

/* Ends the thread. */
void nursery_end(struct nursery *n);

#endif
