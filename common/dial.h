/* SPDX-License-Identifier: ISC */
/* A connection to an engine, at an address as address.h has it. */
#ifndef DIAL_H
#define DIAL_H

#include "common/address.h"

#include <stdint.h>

/*
 * A connected, blocking socket: each address of the host has so many seconds.  -1, and *why says
 * what is wrong, in memory that is not the caller's.
 */
int dial(const struct address *a, unsigned seconds, const char **why);

/* So, but to a server in 127.0.0.0/8 from the address us, of that net, too; host order. */
int dial_as(uint32_t us, const struct address *a, unsigned seconds, const char **why);

#endif
