/* SPDX-License-Identifier: ISC */
/* A valid record decodes and codes back to the same bytes; any bytes make one. */
#include "common/record.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
back_and_forth(const char *line, size_t n)
{
	static struct record r;
	static char value[RECORD_MAX];
	struct word w;
	size_t at = 0, len;
	char key[RECORD_KEYMAX + 1];

	record_start(&r);
	while (record_word(line, n, &at, &w)) {
		memcpy(key, w.key.p, w.key.n);
		key[w.key.n] = '\0';
		len = record_decode(value, w.value);
		record_add(&r, key, value, len);
	}
	if (n < RECORD_MAX / 2 && (r.len != n || memcmp(r.text, line, n) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct record r;

	if (record_valid((const char *)data, n))
		back_and_forth((const char *)data, n);
	record_start(&r);
	record_addnum(&r, "part", n);
	record_addtagged(&r, "name", "filename", data, n / 2);
	record_add(&r, "text", data + n / 2, n - n / 2);
	if (!record_valid(r.text, r.len))
		abort();
	record_end(&r);
	if (r.len > RECORD_MAX)
		abort();
	return 0;
}
