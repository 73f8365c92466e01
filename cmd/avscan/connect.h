/* SPDX-License-Identifier: ISC */
/* Which engine is asked: one that listens somewhere, or an avscand of our own. */
#ifndef CONNECT_H
#define CONNECT_H

#include "common/address.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

enum { ENGINES_MAX = 32 };

struct engine {
	struct address address;
	bool own;		/* an avscand that we start */
	const char *signatures;	/* of our own, or NULL */
	bool down;		/* it was tried, and is not tried again */
	bool plain;		/* a clamd: knows neither RETRY nor ALLMATCH */
	char name[sizeof "tcp:[]:" + 256 + 6];	/* in messages and in by= */
};

/* Engines in the order in which they are tried. */
struct engines {
	size_t n;
	struct engine list[ENGINES_MAX];
};

/* False: text is no address, or there are too many. */
bool engines_add(struct engines *e, const char *text);

/* An avscand of our own; signatures may be NULL. */
void engines_add_own(struct engines *e, const char *signatures);

/* How many are not down. */
size_t engines_usable(const struct engines *e);

/*
 * A connected, blocking socket, or -1 after a message.  An avscand of our own
 * is started, the one beside our program, else the one in PATH: it serves one
 * connection, so it can be started once.  It is ended when this process ends,
 * however it does.
 */
int engine_connect(const struct engine *e);

/*
 * Waits until the avscand of our own has ended, whose connection is closed
 * already; ends the process with EXIT_RETRY if it did not end well.
 */
void avscand_wait(void);

#endif
