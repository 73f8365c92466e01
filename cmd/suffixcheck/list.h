/* SPDX-License-Identifier: ISC */
/* The suffixes that are looked for: from files and from the command line. */
#ifndef LIST_H
#define LIST_H

#include "cmd/suffixcheck/suffix.h"

/*
 * Adds the suffix that a person wrote; false: no name can end in it.  No memory
 * ends the process with EXIT_RETRY.
 */
bool list_add(struct suffixes *list, struct fold *f, const char *text, size_t n);

/*
 * Adds the lines of a list: a suffix each, or behind a ! an exception; # begins a
 * comment.  A list with a slash is a file; one without is looked for by its name
 * in /etc/multiscan/suffixes, then among those shipped, beside the program in
 * ../share/multiscan/suffixes.  Ends the process: EXIT_RETRY if it cannot be read,
 * EXIT_CALL if there is none of that name, for a line that is neither, and for more
 * than 1 MiB.
 */
void list_read(struct suffixes *list, struct fold *f, const char *name);

#endif
