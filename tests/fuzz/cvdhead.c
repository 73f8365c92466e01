/* SPDX-License-Identifier: ISC */
// with: cmd/sigupdate/cvdhead.c cmd/sigupdate/filename.c
/* The head of a container, and its bytes as a name too. */
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/filename.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span bytes = { (const char *)data, n };
	struct cvdhead h;

	if (cvdhead_parse(&h, bytes) && (n < CVDHEAD_BYTES || memcmp(data, "ClamAV", 6) != 0 ||
	    h.made < 0))
		abort();
	if (filename_wrong(bytes) == NULL && (n > FILENAME_MAX_BYTES || data[0] == '.' ||
	    memchr(data, '/', n) != NULL || memchr(data, '\0', n) != NULL))
		abort();
	if (!filename_same(bytes, bytes))
		abort();
	return 0;
}
