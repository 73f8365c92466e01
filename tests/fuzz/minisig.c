/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/minisig.c
/*
 * A signature of a text by a key that is known: nothing but the bytes that were signed
 * is ever taken, whatever the file looks like.
 */
#include "cmd/sigupdate/minisig.h"
#include "tests/fuzz/replay.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char PUBLIC[] = "RWTm+4/eEYwwQO8m1SPG9AoZIByZMvoef9Bi43udGkwqMTwS1jTD8OOQ";
static const char SIGNED[] = "manifest=ours generation=1\n";
static const char OTHER[] = "manifest=ours generation=2\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span bytes = { (const char *)data, n };
	struct minisig_key key, other;
	struct minisig m;

	if (sodium_init() < 0 || !minisig_key(&key, (struct span){ PUBLIC, strlen(PUBLIC) }))
		abort();
	if (minisig_key(&other, bytes) && n != strlen(PUBLIC))
		abort();
	if (minisig_parse(&m, bytes) != NULL)
		return 0;
	if (m.n > MINISIG_COMMENT || memchr(m.comment, '\0', m.n) != NULL)
		abort();
	if (minisig_verify(&m, (struct span){ OTHER, strlen(OTHER) }, &key, 1) == NULL)
		abort();
	if (minisig_verify(&m, (struct span){ SIGNED, strlen(SIGNED) }, &key, 1) != NULL)
		return 0;
	if (m.n != 8 || memcmp(m.comment, "a set, 1", m.n) != 0)
		abort();
	return 0;
}
