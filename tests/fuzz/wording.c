/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/wording.c
/*
 * Whatever words a server refuses with, they are of a kind that is known, and alike to
 * themselves.
 */
#include "cmd/relayprobe/wording.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct answer a;
	enum refusal kind;

	a.n = n < sizeof a.text ? n : sizeof a.text;
	a.code = n > 0 ? 400 + data[0] % 200 : 550;
	memcpy(a.text, data, a.n);
	kind = wording_refusal(&a, "probe@a.example", "us.example");
	if (kind > REFUSAL_ADDRESS || !wording_alike(&a, "probe@a.example", &a, "probe@a.example"))
		abort();
	(void)wording_sender(&a);
	(void)wording_nullmx(&a);
	return 0;
}
