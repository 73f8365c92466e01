/* SPDX-License-Identifier: ISC */
/*
 * An address given by hand, by a setting or by the MTA, which hands over a
 * local part without its quotes, as it has to stand in a field.  Pure.
 */
#ifndef NOTICE_ADDRESS_H
#define NOTICE_ADDRESS_H

#include "common/record.h"

#include <stdbool.h>

enum { ADDRESS_MAX = 320 };	/* bytes of an address as it is given */

struct address {
	char name[256];			/* "" where there is none; cut */
	char spec[2 * ADDRESS_MAX + 3];	/* local@domain, the local part quoted if needed */
};

/*
 * "local@domain", "local" or "Name <local@domain>".  false: empty, too long,
 * control or hidden characters (clean.h), no UTF-8, or a domain that cannot
 * stand in a field.
 */
bool address_parse(struct address *a, const char *text);

/*
 * A Message-ID as a sender wrote it, without its angle brackets, into to[n];
 * false: not `<', printable ASCII with one @, `>', or no room.
 */
bool msgid_parse(char *to, size_t n, const char *text);

#endif
