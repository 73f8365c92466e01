/* SPDX-License-Identifier: ISC */
/*
 * A server as it is named on the command line, and the host names that may be
 * put into a command.  Pure: nothing is looked up.
 */
#ifndef TARGET_H
#define TARGET_H

#include "common/record.h"

enum { TARGET_HOSTMAX = 200 };	/* bytes of a host name; more leaves no room in a command */

struct target {
	char host[TARGET_HOSTMAX + 1];	/* without the brackets of an IPv6 address */
	char port[6];
	bool literal;		/* host is an address */
	size_t number;		/* among those that were named, from 1 */
};

/*
 * HOST, HOST:PORT, V4, V4:PORT, V6, [V6] or [V6]:PORT, [V4] or [V4]:PORT; the
 * port is 25 where there is none.  A dot at the end of a name is left out.  False: it is none of these.
 */
bool target_parse(struct target *t, struct span text);

/*
 * Is this a host name (RFC 1123) that can only be one: at least two labels, the
 * last of them not all digits, and no more than TARGET_HOSTMAX bytes?
 */
bool target_name(struct span name);

/*
 * The first word of a line into to[TARGET_HOSTMAX + 1], where a server says its
 * name in a greeting; false, and to is as it was: that is no such name.
 */
bool target_said(char *to, struct span line);

#endif
