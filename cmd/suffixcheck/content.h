/* SPDX-License-Identifier: ISC */
/*
 * What a part's content says of it, whatever its names: by its first octets, and
 * by the names in it where it is an archive.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "cmd/suffixcheck/check.h"

/*
 * Between the names of a part and check_end.  fd is a file with all of it; what:
 * for messages.  reread: it is another reading of a part whose names it has, so
 * that they need not fit.
 */
void content_check(struct check *c, int fd, const char *what, bool reread);

/* The names of uuencoded files in a text, to be looked at as its own. */
void content_uu_names(struct check *c, int fd, const char *what);

#endif
