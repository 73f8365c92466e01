/* SPDX-License-Identifier: ISC */
/*
 * An IP address as somebody wrote it.  Pure.
 *
 * A v4 address and the v6 address that maps it (::ffff:a.b.c.d, RFC 4291 2.5.5.2)
 * are two values; who wants them to be one asks ipaddr_unmap.
 */
#ifndef IPADDR_H
#define IPADDR_H

#include "common/record.h"

#include <stdint.h>

struct ipaddr {
	bool v6;
	uint64_t hi, lo;	/* host order; of a v4 address 32 bits in lo */
};

enum { IPADDR_TEXT = 46 };	/* bytes of the longest, its NUL counted */

/* Four decimal numbers from 0 to 255 without leading zeros, and nothing more. */
bool ipaddr_v4(struct ipaddr *a, struct span text);

/* Any spelling of RFC 4291 2.2, and nothing more. */
bool ipaddr_v6(struct ipaddr *a, struct span text);

/* A v4 address where it maps one. */
void ipaddr_unmap(struct ipaddr *a);

/* Either; behind a v6 address %ZONE may stand, and is left out.  Unmapped. */
bool ipaddr_client(struct ipaddr *a, struct span text);

/* Dotted, or as RFC 5952 has it. */
void ipaddr_text(char to[IPADDR_TEXT], const struct ipaddr *a);

/* Before: < 0, the same: 0, behind: > 0, within one family. */
int ipaddr_order(const struct ipaddr *a, const struct ipaddr *b);

bool ipaddr_same(const struct ipaddr *a, const struct ipaddr *b);

#endif
