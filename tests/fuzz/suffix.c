/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c
/*
 * The first line is a suffix, the rest a name.  An item made from an item is
 * the same; a name with the item put behind it hits; a hit is in the list.
 */
#include "cmd/suffixcheck/suffix.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void *
room_for(size_t n)
{
	void *p = malloc(n + 1);

	if (p == NULL)
		abort();
	return p;
}

static void
try_name(struct span item, const uint8_t *data, size_t n)
{
	struct suffixes list = { &item, 1 };
	char *bytes = room_for(n + item.n), *room = room_for(n + item.n);
	struct span name = { bytes, n };
	struct hit hit;

	memcpy(bytes, data, n);
	if (suffix_hit(&list, name, room, &hit) &&
	    (hit.item.p != item.p || hit.item.n != item.n || hit.why == NULL))
		abort();
	memcpy(bytes + n, item.p, item.n);
	name.n += item.n;
	if (!suffix_hit(&list, name, room, &hit))
		abort();
	free(bytes);
	free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = n > 0 ? memchr(data, '\n', n) : NULL;
	size_t len = end == NULL ? n : (size_t)(end - data);
	struct span text = { (const char *)data, len }, item;
	char *first = room_for(len + 1), *again = room_for(len + 2);

	item.p = first;
	item.n = suffix_item(first, text);
	if (item.n > 0) {
		if (suffix_item(again, item) != item.n ||
		    memcmp(again, first, item.n) != 0)
			abort();
		try_name(item, data + len, n - len);
	}
	free(first);
	free(again);
	return 0;
}
