/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/candidates.c cmd/mimesplit/boundary.c
/* Readings stay within the field they are of; one at least where it is plain. */
#include "cmd/mimesplit/candidates.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(const struct candidates *c, size_t n, bool plain)
{
	size_t at = 0;

	if (c->count > CANDIDATES || (plain && (c->count != 1 || c->full)))
		abort();
	for (size_t i = 0; i < c->count; at += c->one[i++].n) {
		if (c->one[i].at != at || c->one[i].n > CANDIDATE_MAX)
			abort();
		/* decoded twice from Latin-1; and a default type is longer */
		if (c->one[i].n > 4 * n + 15)
			abort();
		for (size_t k = 0; k < i; k++)
			if (c->one[k].n == c->one[i].n && memcmp(c->bytes + at,
			    c->bytes + c->one[k].at, c->one[i].n) == 0)
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct candidates c;
	struct span v = { (const char *)data, n };
	const char *first;
	bool plain;
	unsigned bits;

	boundary_candidates(&c, v, &plain);
	check(&c, n, plain);
	for (size_t i = 0; i < c.count; i++)
		if (memchr(c.bytes + c.one[i].at, '\n', c.one[i].n) != NULL && plain)
			abort();
	type_candidates(&c, v, &plain);
	check(&c, n, plain);
	if (c.count == 0)
		abort();
	bits = coding_candidates(v, &first, &plain);
	if (bits == 0 || plain == ((bits & CODING_UNKNOWN) != 0) ||
	    (bits == CODING_UNKNOWN) != (first == NULL))
		abort();
	return 0;
}
