/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/names.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, FIRST_TEXT = 65536, RECENT = 2048, ENDS = 8 };

/*
 * A text that came lately.  Up to twice ENDS bytes its first and its last bytes are all of
 * it; of a longer one the rest is compared.
 */
struct recent {
	uint64_t first, last;
	uint32_t n;		/* 0: free */
	uint32_t number;
	uint64_t unused;	/* so that two are a line of a cache */
};


struct text {
	size_t at;		/* in bytes */
	uint32_t n;
	uint32_t hash;
};

struct names {
	unsigned char key[crypto_shorthash_KEYBYTES];
	uint32_t *slots;	/* a number + 1; 0: free.  At most half of them are taken */
	size_t mask;
	struct text *texts;	/* by number */
	size_t n, room;
	char *bytes;
	size_t used, size;
	_Alignas(64) struct recent recent[RECENT][2];
};

static _Noreturn void
no_memory(void)
{
	err(EXIT_RETRY, "names");
}

static uint32_t
hash_of(const struct names *n, const char *p, size_t len)
{
	uint64_t h;

	crypto_shorthash((unsigned char *)&h, (const unsigned char *)p, len, n->key);
	return (uint32_t)h;
}

/* The slot of a text, or the free one where it would be. */
static uint32_t *
slot_of(const struct names *n, uint32_t hash, const char *p, size_t len)
{
	size_t i = hash & n->mask;

	for (; n->slots[i] != 0; i = (i + 1) & n->mask) {
		const struct text *t = &n->texts[n->slots[i] - 1];

		if (t->hash == hash && t->n == len && memcmp(n->bytes + t->at, p, len) == 0)
			break;
	}
	return &n->slots[i];
}

static void
more_slots(struct names *n)
{
	size_t slots = n->slots == NULL ? FIRST_SLOTS : (n->mask + 1) * 2;

	free(n->slots);
	if ((n->slots = calloc(slots, sizeof *n->slots)) == NULL)
		no_memory();
	n->mask = slots - 1;
	for (size_t k = 0; k < n->n; k++) {
		size_t i = n->texts[k].hash & n->mask;

		while (n->slots[i] != 0)
			i = (i + 1) & n->mask;
		n->slots[i] = (uint32_t)k + 1;
	}
}

static void
more_room(struct names *n, size_t len)
{
	if (n->n == n->room) {
		n->room = n->room == 0 ? FIRST_SLOTS : n->room * 2;
		if ((n->texts = realloc(n->texts, n->room * sizeof *n->texts)) == NULL)
			no_memory();
	}
	if (n->bytes == NULL || n->size - n->used < len) {
		do
			n->size = n->size == 0 ? FIRST_TEXT : n->size * 2;
		while (n->size - n->used < len);
		if ((n->bytes = realloc(n->bytes, n->size)) == NULL)
			no_memory();
	}
	if (n->slots == NULL || n->n * 2 > n->mask)
		more_slots(n);
}

static uint32_t
add(struct names *n, uint32_t hash, const char *p, size_t len)
{
	more_room(n, len);
	memcpy(n->bytes + n->used, p, len);
	n->texts[n->n] = (struct text){ n->used, (uint32_t)len, hash };
	n->used += len;
	*slot_of(n, hash, p, len) = (uint32_t)++n->n;
	return (uint32_t)n->n - 1;
}

struct names *
names_new(void)
{
	struct names *n = aligned_alloc(64, (sizeof *n + 63) / 64 * 64);

	if (n == NULL)
		err(EXIT_RETRY, "names");
	memset(n, 0, sizeof *n);
	if (getrandom(n->key, sizeof n->key, 0) != sizeof n->key)
		err(EXIT_RETRY, "getrandom");
	add(n, hash_of(n, "", 0), "", 0);
	add(n, hash_of(n, "%2A", 3), "%2A", 3);
	return n;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	free(n->slots);
	free(n->texts);
	free(n->bytes);
	free(n);
}

/* How many bytes at p are one unit of a coded value; 0: none, it must be coded. */
static size_t
unit(const char *p, size_t n)
{
	char word[] = { 'x', '=', p[0], n > 1 ? p[1] : ' ', n > 2 ? p[2] : ' ' };
	size_t len = p[0] == '%' ? 3 : 1;

	return len <= n && record_valid(word, 2 + len) ? len : 0;
}

/* As a record has it, in to, which has room for NAMES_LEN bytes. */
static size_t
code(char *to, struct span text)
{
	static const char HEX[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < text.n; ) {
		size_t len = unit(text.p + i, text.n - i);
		unsigned char c = (unsigned char)text.p[i];

		if (n + (len == 0 ? 3 : len) > NAMES_LEN)
			break;
		if (len == 0) {
			memcpy(to + n, (char[]){ '%', HEX[c >> 4], HEX[c & 15] }, 3);
			n += 3;
			i++;
		} else {
			memcpy(to + n, text.p + i, len);
			n += len;
			i += len;
		}
	}
	return n;
}

/* Kept apart, since its buffer would cost each text that came lately. */
static __attribute__((noinline)) uint32_t
number(struct names *n, struct span text)
{
	char coded[NAMES_LEN];
	uint32_t hash, found;
	size_t len;

	/* What is there already was coded: nearly all that comes. */
	if (text.n <= NAMES_LEN) {
		hash = hash_of(n, text.p, text.n);
		if ((found = *slot_of(n, hash, text.p, text.n)) != 0)
			return found - 1;
	}
	len = code(coded, text);
	hash = hash_of(n, coded, len);
	if ((found = *slot_of(n, hash, coded, len)) != 0)
		return found - 1;
	return n->n < NAMES_MAX ? add(n, hash, coded, len) : NAMES_MANY;
}

/* The first and the last bytes of a text. */
static inline void
take_ends(struct recent *r, struct span text)
{
	uint32_t a, b;

	r->last = 0;
	if (text.n >= ENDS) {
		memcpy(&r->first, text.p, ENDS);
		memcpy(&r->last, text.p + text.n - ENDS, ENDS);
	} else if (text.n >= ENDS / 2) {
		memcpy(&a, text.p, sizeof a);
		memcpy(&b, text.p + text.n - sizeof b, sizeof b);
		r->first = (uint64_t)a << 32 | b;
	} else
		r->first = (uint64_t)(unsigned char)text.p[0] << 16 |
		    (uint64_t)(unsigned char)text.p[text.n / 2] << 8 |
		    (unsigned char)text.p[text.n - 1];
}

/* Is it this one? */
static inline bool
same(const struct names *n, const struct recent *r, const struct recent *new, struct span text)
{
	return r->first == new->first && r->last == new->last && r->n == text.n &&
	    (text.n <= 2 * ENDS || memcmp(n->bytes + n->texts[r->number].at + ENDS,
	    text.p + ENDS, text.n - 2 * ENDS) == 0);
}

/* Where a text is that came lately, of 1 to NAMES_LEN bytes. */
static inline size_t
place(const struct recent *r, struct span text)
{
	return ((r->first ^ r->last * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u + text.n) >> 53;
}

void
names_expect(const struct names *n, struct span text)
{
	struct recent r;

	if (text.n == 0 || text.n > NAMES_LEN)
		return;
	take_ends(&r, text);
	__builtin_prefetch(n->recent[place(&r, text)]);
}

/* Texts that were made to meet at one place cost what any costs that did not come lately. */
uint32_t
names_number(struct names *n, struct span text)
{
	struct recent new, *r;

	if (text.n == 0)
		return NAMES_EMPTY;
	if (text.n > NAMES_LEN)
		return number(n, text);
	take_ends(&new, text);
	r = n->recent[place(&new, text)];
	if (same(n, &r[0], &new, text))
		return r[0].number;
	if (same(n, &r[1], &new, text))
		return r[1].number;
	new.n = (uint32_t)text.n;
	new.number = number(n, text);
	/* what had to be coded, or is one of too many, has other bytes here */
	if (n->texts[new.number].n == text.n &&
	    memcmp(n->bytes + n->texts[new.number].at, text.p, text.n) == 0) {
		r[1] = r[0];
		r[0] = new;
	}
	return new.number;
}

uint32_t
names_count(const struct names *n)
{
	return (uint32_t)n->n;
}

struct span
names_text(const struct names *n, uint32_t number)
{
	const struct text *t = &n->texts[number];

	return (struct span){ n->bytes + t->at, t->n };
}
