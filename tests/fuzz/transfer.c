/* SPDX-License-Identifier: ISC */
/* Decoding does not depend on how the bytes were cut. */
#include "common/transfer.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static size_t
decode(enum transfer_coding coding, const char *p, size_t n, size_t step, char *out)
{
	struct transfer t;
	size_t o = 0;

	transfer_start(&t, coding);
	for (size_t i = 0; i < n; i += step) {
		size_t part = n - i < step ? n - i : step;
		char *room = malloc(part + TRANSFER_KEPT);

		if (room == NULL)
			abort();
		part = transfer_feed(&t, p + i, part, room);
		memcpy(out + o, room, part);
		o += part;
		free(room);
	}
	return o + transfer_end(&t, out + o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *whole = malloc(n + 2 * TRANSFER_KEPT), *cut = malloc(n + 2 * TRANSFER_KEPT);

	if (whole == NULL || cut == NULL)
		abort();
	for (int coding = TRANSFER_NONE; coding < TRANSFER_CODINGS; coding++) {
		enum transfer_coding c = (enum transfer_coding)coding;
		size_t a = decode(c, (const char *)data, n, n + 1, whole);
		size_t b = decode(c, (const char *)data, n, n % 7 + 1, cut);

		if (a != b || memcmp(whole, cut, a) != 0 || a > n)
			abort();
	}
	free(whole);
	free(cut);
	return 0;
}
