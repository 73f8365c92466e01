/* SPDX-License-Identifier: ISC */
/* Which engine is asked: one that listens somewhere, or an avscand of our own. */
#ifndef CONNECT_H
#define CONNECT_H

#include "common/address.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

enum { ENGINES_MAX = 32 };

/* Engines in the order in which they are tried. */
struct engines {
	size_t n;
	struct address list[ENGINES_MAX];
};

/* False: text is no address, or there are too many. */
bool engines_add(struct engines *e, const char *text);

/*
 * Connects to the first that takes the connection; *used is which.  What the
 * others say is on stderr; ends the process with EXIT_RETRY if there is none.
 */
int engines_connect(const struct engines *e, const struct address **used);

/*
 * Starts an avscand that serves one connection: the one beside our own
 * program, else the one in PATH.  signatures may be NULL.  It is ended when
 * this process ends, however it does.
 */
int avscand_start(const char *signatures);

/* Waits until it has ended; its connection is closed already. */
void avscand_wait(void);

#endif
