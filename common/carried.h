/* SPDX-License-Identifier: ISC */
/*
 * What a decoder of a carrier (yEnc, BinHex, TNEF, CMS, data: URIs) tells of
 * the files it finds, as it finds them: file, then name and data in any order
 * and as often as need be, then end.  A decoder calls end for each file, also
 * where its input stops in the middle; what could be decoded is always told.
 * n is never 0.
 */
#ifndef CARRIED_H
#define CARRIED_H

#include <stddef.h>

struct carried {
	void *ctx;
	void (*file)(void *ctx);
	/* A name as it stands there, octets of any kind. */
	void (*name)(void *ctx, const char *p, size_t n);
	void (*data)(void *ctx, const char *p, size_t n);
	void (*end)(void *ctx);
};

#endif
