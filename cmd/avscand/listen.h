/* SPDX-License-Identifier: ISC */
/*
 * The sockets to listen on.  A unix socket appears whole, by rename, once it
 * can be connected to; so a stale one is replaced, and one that another
 * process still serves is refused.  Its mode follows the umask: the folder
 * around it decides who may connect.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include "common/address.h"

#include <sys/types.h>

#include <stdbool.h>

struct listener {
	int fd;
	bool local;
	char path[ADDRESS_PATHMAX + 1];	/* local: what to remove at the end */
	dev_t dev;
	ino_t ino;
};

/* Listens, without blocking in accept; ends the process with EXIT_RETRY. */
void listen_on(struct listener *l, const char *text, const struct address *a);

/* Closes it, and removes the socket's name if it is still this one's. */
void listen_end(struct listener *l);

#endif
