/* SPDX-License-Identifier: ISC */
/*
 * Descriptors that go with bytes over a unix socket (unix(7), SCM_RIGHTS).
 *
 * Who receives owns what came, and has not chosen it: only its user knows what it
 * may do with one (close(2) can wait for as long as a file system, or a socket
 * that lingers, likes).
 */
#ifndef PASSING_H
#define PASSING_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

enum { PASSING_MAX = 253 };	/* as many as one message has room for */

struct passing {
	int fd[PASSING_MAX];
	size_t n;
	bool cut;		/* there were more: there was no room for them */
};

/* Sends n bytes, not 0, with the descriptor; the bytes that went, or -1. */
ssize_t passing_send(int socket, const void *data, size_t n, int fd, int flags);

/*
 * Receives up to size bytes and the descriptors that come with them, which are not
 * kept over an exec; what recvmsg(2) returns.
 */
ssize_t passing_receive(int socket, void *data, size_t size, int flags,
    struct passing *p);

#endif
