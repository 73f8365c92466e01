/* SPDX-License-Identifier: ISC */
/* A work directory: its parts, then the message itself. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "cmd/avscan/finding.h"

/*
 * Scans it, ends the session, and prints its check= record.  deadline: seconds.
 * Ends the process with EXIT_RETRY where anything of it cannot be looked at.
 */
void message_scan(struct findings *f, const char *dir, unsigned long deadline);

#endif
