/* SPDX-License-Identifier: ISC */
/*
 * Canaries: files for which the right answer of an engine is known.  They are
 * made when they are asked for: no program of ours holds EICAR's bytes, for
 * which a scanner would remove it.
 */
#ifndef CANARY_H
#define CANARY_H

#include "common/record.h"

enum canary {
	CANARY_CLEAN,		/* an ordinary text */
	CANARY_MAIL,		/* a mail with EICAR in base64: libclamav writes it
				   into its temporary folder */
	CANARY_EICAR,		/* the 68 bytes */
	CANARY_ENCRYPTED,	/* an encrypted zip */
	CANARY_DEEP,		/* zips in zips, deeper than any engine is set to go */
	CANARIES
};

enum { CANARY_MAX = 16384 };	/* bytes */

/* Its bytes; how many. */
size_t canary_make(enum canary which, char to[CANARY_MAX]);

/*
 * A file in memory, read from its start, that nobody can change any more; the
 * caller closes it.  -1 with errno.
 */
int canary_open(enum canary which);

/* What it is, for people: "a harmless text". */
const char *canary_name(enum canary which);

/* Is that the right answer?  sig: the signature found; n = 0: it is clean. */
bool canary_right(enum canary which, struct span sig);

#endif
