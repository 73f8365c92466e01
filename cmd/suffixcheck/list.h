/* SPDX-License-Identifier: ISC */
/* The suffixes that are looked for: from files and from the command line. */
#ifndef LIST_H
#define LIST_H

#include "cmd/suffixcheck/suffix.h"

/*
 * Adds what a person wrote; false: no name can end in it.  No memory ends the
 * process with EXIT_RETRY.
 */
bool list_add(struct suffixes *list, struct fold *f, const char *text, size_t n);

/*
 * Adds the lines of a file, # begins a comment.  Ends the process: EXIT_RETRY if
 * it cannot be read, EXIT_CALL, with its number, for a line that is no suffix.
 */
void list_read(struct suffixes *list, struct fold *f, const char *path);

#endif
