/* SPDX-License-Identifier: ISC */
/*
 * One host, in a process of its own: a record for each form that was asked, for
 * each control, and a last one, on the descriptor fd.
 *
 * A control shows what a taken form is worth.  Where its domain is the server's
 * own, an address that nobody has is asked about in the same domain: if that is
 * taken too, nothing is proved.  And where everything is refused, so may be we:
 * where the words do not say what it is, the server's postmaster is asked about,
 * and in any case a stranger again.
 */
#ifndef PROBE_H
#define PROBE_H

#include "cmd/relayprobe/ask.h"

void probe(const struct target *target, const struct plan *plan, int fd);

#endif
