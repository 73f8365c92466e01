/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c cmd/suffixcheck/odd.c
/*
 * The first line is a suffix, the second an exception, the rest a name.  An item
 * made from an item is one; a hit is in the list;
 * an exception makes no hit; a name that is excepted by itself is none by its
 * whole; a form of a form is no longer.
 */
#include "cmd/suffixcheck/odd.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static struct fold fold, again;

/* How it hits, or NULL. */
static const char *
why(const struct suffixes *list, struct span name)
{
	struct hit hit;
	enum odd odd;
	int got = suffix_hit(list, name, &fold, &hit);

	if (got < 0 || !odd_name(list, name, &fold, &odd))
		abort();
	if (got > 0 && (hit.item.p != list->item->p || hit.item.n != list->item->n ||
	    hit.why == NULL))
		abort();
	return got > 0 ? hit.why : NULL;
}

static struct wild
exception(struct span text)
{
	struct wild made;

	if (!suffix_exception(&fold, text, &made))
		abort();
	return made;
}

/* Only without its blanks may it hit. */
static void
try_itself(struct span item, struct span name)
{
	struct span last = nameform_component(name);
	struct wild made = exception(last);
	struct suffixes list = { &item, 1, &made, 1 };
	struct hit hit;

	if (made.n > 0 && made.n <= 1024) {
		if (!fold_name(&again, last))
			abort();
		if (again.form[0].n == again.form[1].n &&
		    suffix_hit(&list, last, &fold, &hit) > 0 && strcmp(hit.why, "suffix") == 0)
			abort();
	}
	free((uint16_t *)(size_t)made.p);
}

static void
try_name(struct span item, struct wild except, const uint8_t *data, size_t n)
{
	struct suffixes list = { &item, 1, NULL, 0 };
	const char *bare;
	char *bytes = malloc(n + item.n + 1);
	struct span name = { bytes, n };

	if (bytes == NULL)
		abort();
	memcpy(bytes, data, n);
	bare = why(&list, name);
	try_itself(item, name);
	list.except = &except;
	list.excepts = except.n > 0;
	if (why(&list, name) != NULL && bare == NULL)
		abort();
	memcpy(bytes + n, item.p, item.n);
	name.n += item.n;
	/* it may end in what makes one character with the item's first */
	why(&list, name);
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

/* Takes a line off. */
static struct span
line(const uint8_t **data, size_t *n)
{
	const uint8_t *end = *n > 0 ? memchr(*data, '\n', *n) : NULL;
	struct span s = { (const char *)*data, end == NULL ? *n : (size_t)(end - *data) };

	*data += s.n + (end != NULL);
	*n -= s.n + (end != NULL);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = line(&data, &n), item, same;
	struct wild except;

	try_fold(data, n);
	if (!suffix_item(&fold, text, &item))
		abort();
	except = exception(line(&data, &n));
	if (item.n > 0) {
		if (!suffix_item(&fold, item, &same))
			abort();
		free((char *)(size_t)same.p);
		try_name(item, except, data, n);
	}
	free((uint16_t *)(size_t)except.p);
	free((char *)(size_t)item.p);
	return 0;
}
