/* SPDX-License-Identifier: ISC */
/* The message that -S sends: what it is, and by which way it went. */
#ifndef LETTER_H
#define LETTER_H

#include "cmd/relayprobe/target.h"

enum { LETTER_IDMAX = 600 };

/* What all those that one host is asked to take have in common. */
struct letter {
	const char *from, *to;
	const char *token;	/* of this run; with the host's number, of the host */
	const struct target *target;
	const char *address;	/* that was connected to */
};

/* Its Message-ID without the brackets, into id[LETTER_IDMAX]. */
void letter_id(const struct letter *l, const char *form, char *id);

/* malloc'd, n bytes of ASCII, its lines ending in LF; NULL: no memory. */
char *letter_make(const struct letter *l, const char *form, size_t *n);

#endif
