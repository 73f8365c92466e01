/* SPDX-License-Identifier: ISC */
/* A kind has one class; what is told first is told among all; a signature that
   is found stands there, and none before it. */
#include "common/magic.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static bool
stands(const uint8_t *p, size_t n)
{
	return (n >= 4 && memcmp(p, "PK\5\6", 4) == 0) ||
	    (n >= 7 && memcmp(p, "Rar!\x1a\7\0", 7) == 0) ||
	    (n >= 8 && memcmp(p, "Rar!\x1a\7\1\0", 8) == 0) ||
	    (n >= 6 && memcmp(p, "7z\xbc\xaf\x27\x1c", 6) == 0);
}

static void
signatures(const uint8_t *data, size_t n)
{
	struct span s = { (const char *)data, n };
	enum magic m;
	size_t at = 0, found;

	do {
		found = magic_next(s, at, &m);
		if (found < at || found > n || (found == n) != (m == MAGIC_NONE))
			abort();
		for (; at < found; at++)
			if (stands(data + at, n - at))
				abort();
		if (found < n && !stands(data + found, n - found))
			abort();
		at = found + 1;
	} while (found < n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = { (const char *)data, n };
	enum magic m = magic_of(s);
	uint64_t all = magic_all(s);
	const char *suffix = magic_suffix(s);

	if (m == MAGIC_NONE ? all != 0 : (all >> m & 1) == 0)
		abort();
	if (magic_archive(m) + magic_compressor(m) + magic_unlistable(m) >
	    1 + (m == MAGIC_BRIDGE))
		abort();
	if (*magic_word(m) == '\0' || (suffix != NULL && *suffix != '.'))
		abort();
	signatures(data, n);
	return 0;
}
