/* SPDX-License-Identifier: ISC */
/* What is told does not depend on the cut, and is no more than was fed. */
#include "common/macfile.h"
#include "tests/fuzz/replay.h"
#include "tests/told.h"

TOLD_RUN(macfile, (void)0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	told_check(run, (const char *)data, n, 1);
	return 0;
}
