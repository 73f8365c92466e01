/* SPDX-License-Identifier: ISC */
/* What was cleaned is clean: no control byte, no longer, no change by more. */
#include "common/clean.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(size_t clean(char *, size_t), const char *more, const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1), *copy = malloc(n + 1);
	size_t len, cut;

	if (text == NULL || copy == NULL)
		abort();
	memcpy(text, data, n);
	len = clean(text, n);
	if (len > n)
		abort();
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' &&
		    (text[i] == '\0' || strchr(more, text[i]) == NULL))
			abort();
	memcpy(copy, text, len);
	if (clean(copy, len) != len || memcmp(copy, text, len) != 0)
		abort();
	cut = clean_cut(text, len, n / 2);
	if (cut > len || cut > n / 2 || cut + 3 < (len < n / 2 ? len : n / 2))
		abort();
	free(text);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check(clean_text, "\n\t", data, n);
	check(clean_line, "", data, n);
	return 0;
}
