/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/ranges.c
/* A value of a header field, read as each of those that sigupdate reads. */
#include "cmd/sigupdate/ranges.h"
#include "tests/fuzz/replay.h"

#include <limits.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span value = { (const char *)data, n };
	struct ranges_part part;
	unsigned long long number;
	enum ranges_tag tag = ranges_tag(value);

	if (tag != RANGES_NO_TAG && (n < 2 || data[n - 1] != '"' || !ranges_text(value)))
		abort();
	if (ranges_part(value, &part) && (part.first > part.last || part.last >= part.total))
		abort();
	if (ranges_number(value, &number) && number > LLONG_MAX)
		abort();
	if (ranges_text(value) && (n == 0 || data[0] == ' ' || data[n - 1] == ' '))
		abort();
	(void)ranges_coded(value);
	return 0;
}
