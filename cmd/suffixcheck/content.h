/* SPDX-License-Identifier: ISC */
/*
 * What a part's content says of it, whatever its names: by its first octets, and
 * by the names in it where it is an archive.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "cmd/suffixcheck/check.h"

/* How the content came here. */
enum origin {
	ORIGIN_GIVEN,		/* by hand: what it carries is not among the parts */
	ORIGIN_PART,		/* what it carries was made parts, as far as it could be read */
	ORIGIN_REREAD		/* another reading of a part, whose names need not fit */
};

/*
 * Between the names of a part and check_end.  fd is a file with all of it; what:
 * for messages.
 */
void content_check(struct check *c, int fd, const char *what, enum origin origin);

/* The names of uuencoded files in a text, to be looked at as its own. */
void content_uu_names(struct check *c, int fd, const char *what);

#endif
