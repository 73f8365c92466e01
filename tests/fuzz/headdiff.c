/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-milter/headdiff.c
/*
 * Of two heads with an empty line between: the edits are few enough, in order, within the
 * heads, and what they leave alone is the same in both.
 */
#include "cmd/multiscan-milter/headdiff.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
must(bool good)
{
	if (!good)
		abort();
}

/* From the last to the first: what is between two edits is the same. */
static void
check(const struct edits *e, const struct fields *old, const struct fields *new)
{
	size_t i = old->count, j = new->count;

	must(e->count <= old->count + new->count);
	for (size_t n = 0; n <= e->count; n++) {
		const struct edit *one = &e->edit[n];
		size_t oldend = n < e->count ? one->kind == EDIT_INSERT ? one->at : one->old + 1 : 0;
		size_t newend = n < e->count ? one->kind == EDIT_DELETE ? one->new : one->new + 1 : 0;

		must(oldend <= i && newend <= j);
		while (i > oldend && j > newend) {
			i--, j--;
			must(old->field[i].n == new->field[j].n &&
			    memcmp(old->field[i].p, new->field[j].p, old->field[i].n) == 0);
		}
		must(i == oldend && j == newend);
		if (n == e->count)
			return;
		i -= one->kind != EDIT_INSERT;
		j -= one->kind != EDIT_DELETE;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	size_t first = head_end(text, n), second;
	struct fields old = { 0 }, new = { 0 };
	struct edits e;

	must(first <= n);
	second = head_end(text + first, n - first);
	if (fields_split(&old, text, first, 1000) &&
	    fields_split(&new, text + first, second, 1000) && headdiff(&e, &old, &new)) {
		check(&e, &old, &new);
		free(e.edit);
	}
	fields_free(&old);
	fields_free(&new);
	return 0;
}
