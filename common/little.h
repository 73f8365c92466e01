/* SPDX-License-Identifier: ISC */
/* Numbers as little-endian octets, at any address.  The octets must be there. */
#ifndef LITTLE_H
#define LITTLE_H

#include <stdint.h>

static inline unsigned
little16(const void *octets)
{
	const unsigned char *p = octets;

	return p[0] | (unsigned)p[1] << 8;
}

static inline uint32_t
little32(const void *octets)
{
	const unsigned char *p = octets;

	return little16(p) | (uint32_t)little16(p + 2) << 16;
}

static inline uint64_t
little64(const void *octets)
{
	const unsigned char *p = octets;

	return little32(p) | (uint64_t)little32(p + 4) << 32;
}

#endif
