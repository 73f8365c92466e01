/* SPDX-License-Identifier: ISC */
/* What came of a transfer, and why, for people. */
#ifndef VERDICT_H
#define VERDICT_H

#include "cmd/sigupdate/answer.h"

enum { VERDICT_CONNECT = 30, VERDICT_REDIRECTS = 5 };	/* seconds; how many */

/* After libcurl ended with rc.  conditional: 304 is an answer. */
void verdict(struct transfer *t, CURLcode rc, bool conditional);

/* Into why: printable ASCII, cut to what there is room for. */
void verdict_because(struct fetched *got, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
