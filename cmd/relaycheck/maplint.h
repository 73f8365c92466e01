/* SPDX-License-Identifier: ISC */
/*
 * What is dangerous or useless in mapping tables that can be used: man/mappings.5
 * explains each reason.  What is found is so; not all that is so is found.
 */
#ifndef MAPLINT_H
#define MAPLINT_H

#include "cmd/relaycheck/mapfile.h"

/*
 * reason: open, closing, unreachable, ambiguous, dropped, loop, or unfinished (there
 * is too much to compare); text: one line, for the time of the call; line: of an entry or a table.
 */
typedef void maplint_finding(void *to, const char *path, unsigned long line,
    const char *reason, const char *text);

/* Was nothing found?  No memory: EXIT_RETRY. */
bool maplint(const struct mapfile *m, maplint_finding *finding, void *to);

#endif
