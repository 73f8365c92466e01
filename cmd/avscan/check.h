/* SPDX-License-Identifier: ISC */
/* Does an engine alert on what it must alert on? */
#ifndef CHECK_H
#define CHECK_H

#include "cmd/avscan/connect.h"

/*
 * Hands the samples to each engine: a record each on standard output, on
 * standard error what to do.  True, with a check= record: all was proved.
 */
bool check_engines(const struct engines *e);

#endif
