/* SPDX-License-Identifier: ISC */
/*
 * Values of HTTP's header fields (RFC 9110), as they came over the network.
 * Pure: bytes in, values out.
 */
#ifndef RANGES_H
#define RANGES_H

#include "common/record.h"

enum ranges_tag {
	RANGES_NO_TAG,		/* not well formed, or of more than printable ASCII */
	RANGES_WEAK,
	RANGES_STRONG
};

/* An entity tag, whole, with its quotes: "x" or W/"x". */
enum ranges_tag ranges_tag(struct span value);

/* Bytes first to last, both counted, of total: first <= last < total. */
struct ranges_part {
	unsigned long long first, last, total;
};

/*
 * Content-Range: `bytes FIRST-LAST/TOTAL'.  False: it is none, or has a total that is
 * not known: then nobody could tell whether all came.
 */
bool ranges_part(struct span value, struct ranges_part *part);

/* A number without a sign, of at most LLONG_MAX. */
bool ranges_number(struct span value, unsigned long long *number);

/* Can it stand in a header: printable ASCII, one byte or more, no blank at an end? */
bool ranges_text(struct span value);

/*
 * Is this line of a head a Transfer-Encoding that is more than `chunked'?  libcurl
 * undoes what we did not ask for.
 */
bool ranges_coded(struct span line);

#endif
