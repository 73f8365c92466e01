/* SPDX-License-Identifier: ISC */
/* What is told does not depend on the cut, and stays below 96 times the input. */
#include "common/binhex.h"
#include "tests/fuzz/replay.h"
#include "tests/told.h"

TOLD_RUN(binhex, d.bare = n % 2 == 1)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	told_check(run, (const char *)data, n, 96);
	return 0;
}
