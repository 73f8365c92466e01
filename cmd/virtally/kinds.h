/* SPDX-License-Identifier: ISC */
/* What is counted: the table in virtally(1), in its order.  Pure. */
#ifndef KINDS_H
#define KINDS_H

#include "common/logkind.h"

/* The first ones are virlog's own, in the order of logkind.h. */
enum kind {
	KIND_VIRUS = LOGKIND_VIRUS,
	KIND_CONVERSION = LOGKIND_CONVERSION,
	KIND_SUFFIX = LOGKIND_SUFFIX,
	KIND_ODD = LOGKIND_ODD,
	KIND_UNSCANNED = LOGKIND_UNSCANNED,
	KIND_IGNORED = LOGKIND_IGNORED,
	KIND_RELAY = LOGKIND_RELAY,
	KIND_SIGNATURES = LOGKIND_SIGNATURES,
	KIND_CLEAN = LOGKIND_CLEAN,
	KIND_ACTION = LOGKIND_ACTION,
	KIND_OTHER = LOGKIND_OTHER,
	KIND_RECEIVED = LOGKIND_N,
	KIND_DELIVERED,
	KIND_RBL,
	KIND_DENIED,
	KIND_REFUSED,
	KIND_WAITED,
	KIND_BOUNCED,
	KIND_PASSED,
	KIND_DUPLICATE,
	KIND_STRANGE,
	KIND_HEARTBEAT,
	KIND_MISSED,
	KIND_N
};

/* The word of the tally, and of the page. */
const char *kind_name(enum kind kind);

/* False: no kind has this name. */
bool kind_find(struct span name, enum kind *kind);

#endif
