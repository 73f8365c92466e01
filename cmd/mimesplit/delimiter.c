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

/*
 * A text can only go on to be a boundary if, wherever a power of four bytes were
 * read, one begins so: there the hash has left a mark.
 */
static bool
marked_at(size_t n)
{
	return n > 0 && (n & (n - 1)) == 0 && (n & 0x5555) != 0;
}

static void
mark(struct boundaries *b, struct boundary *one, bool add)
{
	uint32_t change = add ? 1 : UINT32_MAX;
	uint64_t hash = b->key;
	size_t n = one->n - one->dashes;

	for (size_t i = 0; i < n; i++) {
		hash = step(hash, one->p[one->dashes + i]);
		if (marked_at(i + 1))
			b->mark[hash % DELIMITER_SLOTS] += change;
	}
	b->rests[n] += change;
	b->sought += change;
	one->rest = hash;
	one->sought = add;
}

/* An empty one would be sought in vain: every "--" is one. */
static void
seek(struct boundaries *b, struct boundary *one)
{
	struct boundary **at;

	if (one->n == 0)
		return;
	while (one->dashes < one->n && one->p[one->dashes] == '-')
		one->dashes++;
	mark(b, one, true);
	at = &b->rest[one->rest % DELIMITER_SLOTS];
	one->beside = *at;
	*at = one;
}

void
boundaries_seen(struct boundaries *b, struct boundary *one)
{
	struct boundary **at = &b->rest[one->rest % DELIMITER_SLOTS];

	if (!one->sought)
		return;
	while (*at != one)
		at = &(*at)->beside;
	*at = one->beside;
	mark(b, one, false);
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
	seek(b, one);
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
	boundaries_seen(b, one);
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

/* Nothing in the line but blanks. */
static bool
ends(struct boundaries *b, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	b->steps += i;
	return i == n || p[i] == '\n' || p[i] == '\r';
}

/* The longest one with this rest for which there are dashes enough, or NULL. */
static struct boundary *
rests(struct boundaries *b, uint64_t hash, const char *p, size_t n, size_t dashes)
{
	struct boundary *one = b->rest[hash % DELIMITER_SLOTS], *longest = NULL;

	for (; one != NULL; one = one->beside) {
		b->steps += 1 + n / 16;
		if (one->rest == hash && one->n - one->dashes == n &&
		    one->dashes + 2 <= dashes &&
		    (longest == NULL || one->dashes > longest->dashes) &&
		    memcmp(one->p + one->dashes, p, n) == 0)
			longest = one;
	}
	return longest;
}

/* The longest one that stands at the end of so many dashes, or NULL. */
static struct boundary *
behind(struct boundaries *b, const char *p, size_t n, size_t dashes)
{
	struct boundary *longest = NULL, *one;
	uint64_t hash = b->key;

	for (size_t i = 0; i <= n && i <= DELIMITER_MAX; i++) {
		b->steps++;
		if (b->rests[i] > 0 && (one = rests(b, hash, p, i, dashes)) != NULL &&
		    ends(b, p + i, n - i) && (longest == NULL || one->n > longest->n))
			longest = one;
		if (i == n || p[i] == '\n' ||
		    (marked_at(i) && b->mark[hash % DELIMITER_SLOTS] == 0))
			break;
		hash = step(hash, p[i]);
	}
	return longest;
}

bool
boundaries_sight(struct boundaries *b, const char *p, size_t from, size_t n,
    size_t have, struct sight *s)
{
	while (from < n && b->sought > 0 && !b->tired) {
		const char *dash = memchr(p + from, '-', n - from);
		size_t first, i;

		first = i = dash == NULL ? n : (size_t)(dash - p);
		while (i < have && p[i] == '-')
			i++;
		b->looked += i - from;
		from = s->next = i;
		if (i < first + 2)
			continue;
		s->one = behind(b, p + i, have - i, i - first);
		b->tired = b->steps > DELIMITER_STEPS * b->looked + DELIMITER_MORE;
		if (s->one == NULL)
			continue;
		s->at = s->one->dashes == s->one->n ? first : i - s->one->dashes - 2;
		if (s->at < n)
			return true;
	}
	return false;
}
