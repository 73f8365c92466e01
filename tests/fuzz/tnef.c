/* SPDX-License-Identifier: ISC */
/* What is told does not depend on the cut, and is no more than 8 times the input. */
#include "common/tnef.h"
#include "tests/fuzz/replay.h"
#include "tests/told.h"

TOLD_RUN(tnef, (void)0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	told_check(run, (const char *)data, n, 8);
	return 0;
}
