/* SPDX-License-Identifier: ISC */
/*
 * -k: what is allowed in a configuration, and is hardly meant.  Each is a record on
 * standard output and a line on standard error.
 */
#ifndef CHECK_H
#define CHECK_H

#include "cmd/relaycheck/conf.h"

/* One thing that was found; text is one line. */
void check_found(const char *why, const char *path, unsigned long line, const char *text);

/* How many were found in c, which is good. */
unsigned long check_conf(const struct conf *c);

#endif
