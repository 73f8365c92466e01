/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/names.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, FIRST_TEXT = 65536, RECENT = 4096 };

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
	uint32_t recent[RECENT];	/* a number that a text of this place had */
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
	struct names *n = calloc(1, sizeof *n);

	if (n == NULL)
		err(EXIT_RETRY, "names");
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

/* A guess at the number of a text, by its last bytes: most come again and again. */
static uint32_t *
recent(struct names *n, struct span text)
{
	uint64_t last = text.n;

	memcpy(&last, text.p + (text.n < 8 ? 0 : text.n - 8), text.n < 8 ? text.n : 8);
	return &n->recent[(last * 0x9e3779b97f4a7c15u + text.n) >> 52];
}

static uint32_t
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

uint32_t
names_number(struct names *n, struct span text)
{
	const struct text *t;
	uint32_t *guess;

	if (text.n == 0)
		return NAMES_EMPTY;
	guess = recent(n, text);
	t = &n->texts[*guess];
	if (t->n != text.n || memcmp(n->bytes + t->at, text.p, text.n) != 0)
		*guess = number(n, text);
	return *guess;
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
