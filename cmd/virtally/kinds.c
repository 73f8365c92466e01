/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/kinds.h"

#include <string.h>

static const char *const POSTFIX[KIND_N - LOGKIND_N] = {
	[KIND_RECEIVED - LOGKIND_N] = "received",
	[KIND_DELIVERED - LOGKIND_N] = "delivered",
	[KIND_RBL - LOGKIND_N] = "rbl",
	[KIND_DENIED - LOGKIND_N] = "denied",
	[KIND_REFUSED - LOGKIND_N] = "refused",
	[KIND_WAITED - LOGKIND_N] = "waited",
	[KIND_BOUNCED - LOGKIND_N] = "bounced",
	[KIND_PASSED - LOGKIND_N] = "passed",
	[KIND_DUPLICATE - LOGKIND_N] = "duplicate",
	[KIND_STRANGE - LOGKIND_N] = "strange",
	[KIND_HEARTBEAT - LOGKIND_N] = "heartbeat",
	[KIND_MISSED - LOGKIND_N] = "missed"
};

const char *
kind_name(enum kind kind)
{
	if ((int)kind < LOGKIND_N)
		return logkind_name((enum logkind)kind);
	return POSTFIX[kind - LOGKIND_N];
}

bool
kind_find(struct span name, enum kind *kind)
{
	for (int k = 0; k < KIND_N; k++) {
		const char *s = kind_name((enum kind)k);

		if (strlen(s) == name.n && memcmp(s, name.p, name.n) == 0) {
			*kind = (enum kind)k;
			return true;
		}
	}
	return false;
}
