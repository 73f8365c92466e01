/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/delimiter.h"

#include <string.h>

static uint64_t
step(uint64_t h, char c)
{
	h = (h ^ (unsigned char)c) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static struct boundary **
slot(const struct boundaries *b, uint64_t hash)
{
	return (struct boundary **)&b->slot[hash % DELIMITER_SLOTS];
}

void
boundaries_add(struct boundaries *b, struct boundary *one)
{
	struct boundary **at;

	one->hash = b->key;
	for (size_t i = 0; i < one->n; i++)
		one->hash = step(one->hash, one->p[i]);
	at = slot(b, one->hash);
	one->next = *at;
	*at = one;
	one->held = true;
	b->length[one->n]++;
	b->count++;
}

void
boundaries_remove(struct boundaries *b, struct boundary *one)
{
	struct boundary **at = slot(b, one->hash);

	if (!one->held)
		return;
	while (*at != one)
		at = &(*at)->next;
	*at = one->next;
	one->held = false;
	b->length[one->n]--;
	b->count--;
}

/* From `one' on, the first with this text. */
static struct boundary *
first(struct boundary *one, uint64_t hash, const char *p, size_t n)
{
	while (one != NULL && (one->hash != hash || one->n != n ||
	    memcmp(one->p, p, n) != 0))
		one = one->next;
	return one;
}

struct boundary *
boundaries_find(const struct boundaries *b, const char *p, size_t n)
{
	uint64_t hash = b->key;

	if (n > DELIMITER_MAX || b->length[n] == 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		hash = step(hash, p[i]);
	return first(*slot(b, hash), hash, p, n);
}

struct boundary *
boundaries_outer(const struct boundary *one)
{
	return first(one->next, one->hash, one->p, one->n);
}

struct boundary *
boundaries_prefix(const struct boundaries *b, const char *p, size_t n)
{
	struct boundary *longest = NULL, *one;
	uint64_t hash = b->key;

	for (size_t i = 0; i < n && i < DELIMITER_MAX; i++) {
		hash = step(hash, p[i]);
		if (b->length[i + 1] > 0 &&
		    (one = first(*slot(b, hash), hash, p, i + 1)) != NULL)
			longest = one;
	}
	return longest;
}
