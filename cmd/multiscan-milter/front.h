/* SPDX-License-Identifier: ISC */
/*
 * What Postfix says of its sessions, and what it is answered: libmilter's callbacks.
 *
 * A message is begun with its first field, when Postfix has all of it; until then only its
 * envelope is kept.  Each message that was begun is ended once, whatever happens: its run
 * is over, its place at the gate is free, its work directory is removed.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdbool.h>

struct front {
	const char *guard, *multiscan;	/* what is run */
	const char *channel;		/* or NULL */
	unsigned long seconds;		/* for a message */
	bool verbose;
};

/* *f lives as long as the process.  False: libmilter does not take it. */
bool front_register(const struct front *f);

#endif
