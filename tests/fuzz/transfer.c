/* SPDX-License-Identifier: ISC */
/*
 * Decoding does not depend on how the bytes were cut; and what a reading says it
 * needs to differ from the usual one, it does need.
 */
#include "common/transfer.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

struct decoded {
	size_t n;
	unsigned odd;
};

static struct decoded
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
	o += transfer_end(&t, out + o);
	return (struct decoded){ o, t.odd };
}

/* Where nothing odd asks for the other reading, it is the same. */
static void
check_other(enum transfer_coding usual, enum transfer_coding other, const char *p,
    size_t n)
{
	char *a = malloc(n + 2 * TRANSFER_KEPT), *b = malloc(n + 2 * TRANSFER_KEPT);
	struct decoded da, db;

	if (a == NULL || b == NULL)
		abort();
	da = decode(usual, p, n, n + 1, a);
	db = decode(other, p, n, n + 1, b);
	if ((transfer_others(usual, da.odd) & 1u << other) == 0 &&
	    (da.n != db.n || memcmp(a, b, da.n) != 0))
		abort();
	free(a);
	free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *whole = malloc(n + 2 * TRANSFER_KEPT), *cut = malloc(n + 2 * TRANSFER_KEPT);

	if (whole == NULL || cut == NULL)
		abort();
	for (int coding = TRANSFER_NONE; coding < TRANSFER_CODINGS; coding++) {
		enum transfer_coding c = (enum transfer_coding)coding;
		struct decoded a = decode(c, (const char *)data, n, n + 1, whole);
		struct decoded b = decode(c, (const char *)data, n, n % 7 + 1, cut);

		if (a.n != b.n || memcmp(whole, cut, a.n) != 0 || a.n > n || a.odd != b.odd)
			abort();
	}
	check_other(TRANSFER_BASE64, TRANSFER_BASE64_TOKEN, (const char *)data, n);
	check_other(TRANSFER_QP, TRANSFER_QP_JOIN, (const char *)data, n);
	free(whole);
	free(cut);
	return 0;
}
