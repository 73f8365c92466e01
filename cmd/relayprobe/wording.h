/* SPDX-License-Identifier: ISC */
/*
 * What the words of a refusal say beyond its code, whichever server it is.  Its
 * text is not trusted: at worst a server is judged by what it claims.  Pure.
 */
#ifndef WORDING_H
#define WORDING_H

#include "cmd/relayprobe/ask.h"

/* Is it relaying that is refused?  The word, but not within a name or an address. */
bool wording_relaying(const struct answer *a, const char *to);

/* May it be the sender, not the recipient, that is refused? */
bool wording_sender(const struct answer *a);

/* A login is asked for: 530, but not for want of TLS, after which it might relay. */
bool wording_login(const struct answer *a);

/* TLS is asked for. */
bool wording_tls(const struct answer *a);

/* RFC 7505: the recipient's domain takes no mail, so nobody would send it there. */
bool wording_nullmx(const struct answer *a);

/* Are two recipients refused at the same stage in the same words, but for themselves? */
bool wording_alike(const struct answer *a, const char *to, const struct answer *b,
    const char *other);

#endif
