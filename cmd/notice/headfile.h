/* SPDX-License-Identifier: ISC */
/* The head of a message, read a field at a time.  Lines end with LF, CR or both. */
#ifndef NOTICE_HEADFILE_H
#define NOTICE_HEADFILE_H

#include "cmd/notice/unfold.h"

#include <stdio.h>

enum { HEADFILE_MAX = 1 << 20 };	/* bytes of it that are read */

/* Begin with f alone set. */
struct headfile {
	FILE *f;		/* the caller's; ferror says whether it failed */
	size_t bytes;
	bool end, cut;		/* there is no more; there was, beyond HEADFILE_MAX */
	struct unfold unfold;
};

bool headfile_next(struct headfile *h, struct field *field);

#endif
