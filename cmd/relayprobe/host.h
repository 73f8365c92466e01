/* SPDX-License-Identifier: ISC */
/*
 * A host, to which there is a connection whenever one is needed: a new one where
 * the last was lost, or much was refused on it.
 */
#ifndef HOST_H
#define HOST_H

#include "cmd/relayprobe/ask.h"

#include <arpa/inet.h>

struct addrinfo;

struct host {
	const struct target *target;
	const struct plan *plan;
	struct link link;
	struct addrinfo *list;		/* its addresses, */
	unsigned addresses;		/* how many, */
	const struct addrinfo *chosen;	/* and the one that was connected to, or NULL */
	unsigned refusals;		/* on this connection */
	char address[INET6_ADDRSTRLEN];
	char literal[INET6_ADDRSTRLEN + 8];	/* the same in brackets */
	char name[TARGET_HOSTMAX + 1];	/* that it says it has, or "" */
	char hello[TARGET_HOSTMAX + INET6_ADDRSTRLEN];	/* how we greet */
	struct dialogue greeting;	/* the first, or one that failed */
	struct answer end;		/* why there is no connection */
};

/* target and plan are set, all else is zero.  False: end says why not. */
bool host_resolve(struct host *h);

bool host_time_left(const struct host *h);

/* False: there is no connection. */
bool host_ready(struct host *h);

/*
 * ask_form, or where f is NULL ask_address; once more where the connection was
 * lost.  The dialogue is link.said.  False: there is no connection, and a is not
 * set.
 */
bool host_ask(struct host *h, const struct form *f, const char *from, const char *to,
    bool data, struct answer *a);

void host_leave(struct host *h);

#endif
