/* SPDX-License-Identifier: ISC */
/* Records about a host, on a descriptor; see relayprobe(1). */
#ifndef TELL_H
#define TELL_H

#include "cmd/relayprobe/ask.h"

struct teller {
	int fd;
	const struct target *target;
	const char *address;	/* that is connected to, or "" */
	const struct letter *letter;	/* what is sent */
	unsigned addresses;	/* that its name has, of which one is asked */
};

/* The record of a form. */
void tell_form(const struct teller *t, const struct form *f, const struct answer *a,
    const struct dialogue *d);

/* That of an address that shows what an answer to a form is worth. */
void tell_control(const struct teller *t, const char *to, const struct answer *a,
    const struct dialogue *d);

/* The last one, with the greeting; a NULL: all forms were asked. */
void tell_end(const struct teller *t, const struct answer *a, const struct dialogue *d);

#endif
