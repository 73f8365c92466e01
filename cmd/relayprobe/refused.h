/* SPDX-License-Identifier: ISC */
/*
 * What the refusals of a server come to.  That it refuses is claimed only if it
 * has refused each form because it does not relay, wants a login or knows no
 * such address, and a plain stranger for one of the first two.  Pure.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include "cmd/relayprobe/wording.h"

enum { REFUSED_MAX = 16 };	/* different words that are remembered */

struct refused_as {
	enum refusal what;
	struct answer answer;
	const char *to;
};

struct refused {
	size_t n, odd;
	bool many;		/* more than are remembered */
	bool login;		/* a login was asked for, each time */
	struct refused_as plain[REFUSED_MAX];	/* strangers as they are, */
	struct refused_as others[REFUSED_MAX];	/* and others, in words that say nothing */
};

/*
 * A form that was not taken: what its refusal is worth, as the answer's verdict
 * and why.  The form is to stay where it is.
 */
void refused_add(struct refused *r, const struct form *f, struct answer *a, const char *hello);

/* A plain refusal that shows the most, NULL: there is none. */
const struct refused_as *refused_plain(const struct refused *r);

/* Does it show that relaying is refused? */
bool refused_shown(const struct refused_as *as);

/* Can it, if the server's postmaster is taken? */
bool refused_showable(const struct refused_as *as);

/* One that could be about anything, and is not as a plain one is; NULL: there is none. */
const struct answer *refused_unclear(const struct refused *r);

#endif
