/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c cmd/suffixcheck/fold.c cmd/suffixcheck/odd.c
/*
 * The first line is a suffix, the rest a name.  An item made from an item is
 * the same; a name with the item put behind it hits; a hit is in the list; a form
 * of a form is the same.
 */
#include "cmd/suffixcheck/odd.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static struct fold fold, again;

static void
try_name(struct span item, const uint8_t *data, size_t n)
{
	struct suffixes list = { &item, 1 };
	char *bytes = malloc(n + item.n + 1);
	struct span name = { bytes, n };
	struct hit hit;
	enum odd odd;
	int got;

	if (bytes == NULL)
		abort();
	memcpy(bytes, data, n);
	if ((got = suffix_hit(&list, name, &fold, &hit)) < 0 ||
	    !odd_name(&list, name, &fold, &odd))
		abort();
	if (got > 0 && (hit.item.p != item.p || hit.item.n != item.n || hit.why == NULL))
		abort();
	memcpy(bytes + n, item.p, item.n);
	name.n += item.n;
	/* it may end in what makes one character with the item's first */
	if (suffix_hit(&list, name, &fold, &hit) < 0)
		abort();
	free(bytes);
}

static void
try_fold(const uint8_t *data, size_t n)
{
	if (!fold_name(&fold, (struct span){ (const char *)data, n }))
		abort();
	for (int i = 0; i < 2; i++) {
		struct span s = fold.form[i];

		if (!fold_name(&again, s) || again.form[i].n > s.n)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = n > 0 ? memchr(data, '\n', n) : NULL;
	size_t len = end == NULL ? n : (size_t)(end - data);
	struct span text = { (const char *)data, len }, item, same;

	try_fold(data + len, n - len);
	if (!suffix_item(&fold, text, &item))
		abort();
	if (item.n > 0) {
		if (!suffix_item(&fold, item, &same))
			abort();
		free((char *)(size_t)same.p);
		try_name(item, data + len, n - len);
	}
	free((char *)(size_t)item.p);
	return 0;
}
