/* SPDX-License-Identifier: ISC */
/* What is told does not depend on the cut, and is no more than was fed. */
#include "common/openpgp.h"
#include "tests/fuzz/replay.h"
#include "tests/told.h"

TOLD_RUN(openpgp, d.bare = n % 2 == 1)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	told_check(run, (const char *)data, n, 1);
	return 0;
}
