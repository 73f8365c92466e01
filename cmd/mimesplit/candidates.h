/* SPDX-License-Identifier: ISC */
/*
 * What the fields that decide how a body is read may mean: every reading that
 * some client takes of a Content-Type (RFC 2045 5, RFC 2231) or a
 * Content-Transfer-Encoding (RFC 2045 6), the most usual first, the same bytes
 * told once.
 *
 * plain: the field says one thing, and every client reads it so.  Where it is
 * false the readings are all those we know of, however odd.
 *
 * Scratch memory is static: on the stack each call would touch all of it.  Takes
 * raw values as head.h keeps them, of any length; time is linear
 * in it.
 */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "common/record.h"

enum {
	CANDIDATES = 16,	/* kept of one field */
	CANDIDATE_MAX = 8192	/* bytes of one; RFC 2046 allows 70 */
};

struct candidates {
	size_t count;
	struct {
		size_t at, n;	/* in bytes */
	} one[CANDIDATES];
	bool full;		/* there were more, or longer ones */
	char bytes[CANDIDATES * CANDIDATE_MAX];
};

/*
 * The boundaries in a Content-Type.  None: no parameter comes near that name
 * (plain is false).  One may be empty; none holds a line end.  Of one longer than
 * RFC 2046 allows there is also as much as it does.
 */
void boundary_candidates(struct candidates *c, struct span type, bool *plain);

/*
 * The media types in it: lower case, mostly "type/subtype".  Never none: to a
 * client that cannot read it, it is text/plain (RFC 2045 5.2), told last where
 * it is not plain.  A type without a subtype is told as it is and with the
 * subtype that is the default of it; one that is missing, as multipart/mixed
 * where the field names a boundary.
 */
void type_candidates(struct candidates *c, struct span type, bool *plain);

enum {
	CODING_NONE = 1,	/* 7bit, 8bit, binary */
	CODING_BASE64 = 2,
	CODING_QP = 4,
	CODING_UU = 8,		/* x-uuencode and its like */
	CODING_YENC = 16,
	CODING_BINHEX = 32,
	CODING_UNKNOWN = 64	/* some client knows none: the bytes as they are */
};

/*
 * The transfer codings named in a Content-Transfer-Encoding, as bits; first is
 * the most usual one under its usual name (static), NULL where none is known.
 * CODING_UNKNOWN stands with the others whenever the value is not plain.
 */
unsigned coding_candidates(struct span coding, const char **first, bool *plain);

/* For the functions above: adds one unless it is there. */
void candidates_add(struct candidates *c, const char *p, size_t n);

#endif
