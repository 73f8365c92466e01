/* SPDX-License-Identifier: ISC */
/*
 * Bytes to a server by TCP, with its end of the connection as the sign that it has read
 * them.  A server that ends its sending without having read gives the same sign: nothing
 * in TCP tells that from reading.
 */
#ifndef NET_H
#define NET_H

#include "common/address.h"

#include <stddef.h>

/* Is a's host the number of an IPv4 or IPv6 address?  Nothing else is sent to. */
bool net_numeric(const struct address *a);

/*
 * Connects to a, sends n bytes and waits for the server's end of the connection, which
 * comes when it has read them; all within *left milliseconds, from which what it took is
 * taken.  A server that says anything is none of syslog's.  NULL; or what was wrong, in
 * memory that is not the caller's: the server may have read none, some or all of them.
 */
const char *net_send(const struct address *a, const void *bytes, size_t n, long long *left);

#endif
