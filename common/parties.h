/* SPDX-License-Identifier: ISC */
/*
 * Who sent a message to whom, from where, as conditions of a site ask for it: one address
 * or name, decoded, is held against a pattern, a client against a network.
 *
 * What is not known matches nothing, and neither does what has more than PARTIES_TEXT
 * bytes.  Pure.
 */
#ifndef PARTIES_H
#define PARTIES_H

#include "common/nets.h"
#include "common/wild.h"

enum { PARTIES_TEXT = 1024 };

/* The envelope, decoded.  Of host and user the empty one is not known. */
struct parties {
	struct span from, host, user;
	const struct span *to;
	size_t count;		/* of to */
	bool known;		/* client is one */
	struct ipaddr client;
};

/* steps: those of wild_match; at 0 the answer is no. */
bool parties_from(const struct parties *p, struct wild w, unsigned long long *steps);
bool parties_user(const struct parties *p, struct wild w, unsigned long long *steps);

/* A name that was not verified, `unknown' or [ADDRESS], is not known. */
bool parties_host(const struct parties *p, struct wild w, unsigned long long *steps);

/* Every recipient, and there is one. */
bool parties_to(const struct parties *p, struct wild w, unsigned long long *steps);

bool parties_client(const struct parties *p, const struct net *net);

#endif
