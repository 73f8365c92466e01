/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/given.h"

struct tally *
given_tally(const struct options *o)
{
	struct tally *t = tally_new();

	if (o->argc == 0)
		tally_read(t, o->state);
	for (int i = 0; i < o->argc; i++)
		tally_read(t, o->argv[i]);
	tally_conflicts(t);
	return t;
}
