/* SPDX-License-Identifier: ISC */
/*
 * The first 512 bytes of a .cvd or .cld: "ClamAV-VDB:" and fields between colons:
 * date, number, signatures, functionality level, MD5, signature, builder, seconds
 * since 1970; blanks to the end.  Not believed but for whether to fetch: libclamav
 * verifies the whole.  Pure.
 */
#ifndef CVDHEAD_H
#define CVDHEAD_H

#include "common/record.h"

#include <time.h>

enum { CVDHEAD_BYTES = 512 };

struct cvdhead {
	unsigned long long number, signatures, level;
	time_t made;		/* 0: not said */
};

/* False: it does not begin as a container does. */
bool cvdhead_parse(struct cvdhead *h, struct span first);

#endif
