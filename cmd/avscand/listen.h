/* SPDX-License-Identifier: ISC */
/*
 * The sockets to listen on.  A unix socket appears whole, by rename, once there
 * is somebody to answer; so a stale one is replaced, and one that another
 * process serves is refused: of two that start at once the second to be ready
 * is.  Who may connect is who may write to it.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include "common/address.h"

#include <sys/types.h>

#include <stdbool.h>

struct listener {
	int fd;
	bool local;
	bool open;		/* clients can come */
	bool inherited;		/* systemd's: its name is not ours */
	int mode;		/* local: of the socket; or -1: as the umask says */
	char path[ADDRESS_PATHMAX + 1];	/* local: what to remove at the end */
	dev_t dev;
	ino_t ino;
};

/*
 * Takes the address, as far as it can be before clients come; accept will not
 * block.  Ends the process with EXIT_RETRY.
 */
void listen_on(struct listener *l, const char *text, const struct address *a, int mode);

/* From now on clients come; false, and it is said: somebody else has the address. */
bool listen_open(struct listener *l);

/*
 * The sockets that systemd hands over (sd_listen_fds(3)), at most n; how many
 * there are.  They are open already.  Ends the process with EXIT_RETRY where one of
 * them is no socket that listens.
 */
unsigned listen_inherit(struct listener *l, unsigned n);

/* Closes it, and removes the socket's name if it is still this one's. */
void listen_end(struct listener *l);

#endif
