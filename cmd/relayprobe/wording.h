/* SPDX-License-Identifier: ISC */
/*
 * What the words of a refusal say beyond its code, whichever server it is.  Its
 * text is not trusted: at worst a server is judged by what it claims.  Pure.
 */
#ifndef WORDING_H
#define WORDING_H

#include "cmd/relayprobe/ask.h"

enum refusal {
	REFUSAL_UNKNOWN,
	REFUSAL_CLIENT,		/* it is us: our address, our greeting, what we did */
	REFUSAL_SENDER,
	REFUSAL_TLS,		/* TLS is asked for, after which it might relay */
	REFUSAL_LOGIN,		/* a login is */
	REFUSAL_DOMAIN,		/* the recipient's domain cannot be sent to by anybody */
	REFUSAL_RELAY,		/* relaying is refused */
	REFUSAL_ADDRESS		/* the recipient is no address, or nobody's */
};

/*
 * What is it that is refused?  Of several things said the one that shows least.
 * to: the recipient, hello: how we greeted.
 */
enum refusal wording_refusal(const struct answer *a, const char *to, const char *hello);

/* May it be the sender, not the recipient, that is refused? */
bool wording_sender(const struct answer *a);

/* RFC 7505: the recipient's domain takes no mail, so nobody would send it there. */
bool wording_nullmx(const struct answer *a);

/* The same code and the same words, but for addresses, numbers and the like? */
bool wording_alike(const struct answer *a, const char *to, const struct answer *b,
    const char *other);

#endif
