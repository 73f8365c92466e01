/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/seen.h"
#include "cmd/virtally/calendar.h"
#include "cmd/virtally/table.h"
#include "common/cli.h"
#include "common/little.h"

#include <endian.h>
#include <err.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 1024,
	SMALL = 1 << 18,	/* up to here a table grows by more than it needs */
	BITS = 15,		/* values of n that have a bit */
	WITHOUT = 1 << BITS,	/* the bit of a line without n, of the first name */
	PACKED = 14,		/* bytes of an entry in a record */
	ENTRIES = 3072,		/* in a record; a multiple of three */
	BYTES = ENTRIES * PACKED,
	AGES = SEEN_DAYS + 1
};

/* A message's kind; or a further name of it, or an n of it over 14, with no bit. */
struct entry {
	uint64_t print;		/* 0: free */
	uint32_t name;		/* of the message's first name */
	uint16_t numbers;	/* a bit each */
	uint16_t day;		/* on which something was last counted of it */
};

struct seen {
	unsigned char key[SEEN_KEY];
	struct entry *entries;	/* at most five eighths of them are taken */
	size_t mask, n;
	size_t max;
	unsigned bit;		/* of those that stayed when a day was halved */
};

_Static_assert(sizeof(struct entry) == 16, "as seen.h says");
_Static_assert(SEEN_KEY == crypto_shorthash_KEYBYTES, "the key of a shorthash");

static uint64_t
hash(const struct seen *s, const void *p, size_t n)
{
	uint64_t h;

	crypto_shorthash((unsigned char *)&h, p, n, s->key);
	return h;
}

static void
make_entries(struct seen *s, size_t n)
{
	if ((s->entries = table_new(n, sizeof *s->entries)) == NULL)
		err(EXIT_RETRY, "what was seen");
	s->mask = n - 1;
	s->n = 0;
}

static struct entry *
find(const struct seen *s, uint64_t print)
{
	size_t i = print & s->mask;

	while (s->entries[i].print != 0 && s->entries[i].print != print)
		i = (i + 1) & s->mask;
	return &s->entries[i];
}

static void
more_entries(struct seen *s)
{
	struct entry *old = s->entries;
	size_t n = s->mask + 1;

	make_entries(s, n * (n < SMALL ? 8 : 2));
	for (size_t i = 0; i < n; i++)
		if (old[i].print != 0) {
			*find(s, old[i].print) = old[i];
			s->n++;
		}
	table_free(old, n, sizeof *old);
}

/* Does it stay, where those of the oldest day go, or of one day alone each second one? */
static bool
stays(const struct entry *e, unsigned first, unsigned last, unsigned bit)
{
	if (e->print == 0)
		return false;
	return first == last ? (e->print >> bit & 1) != 0 : e->day > first;
}

/* Without those of its oldest day; where it has but one, without half of them. */
static void
forget_day(struct seen *s)
{
	struct entry *old = s->entries;
	size_t n = s->mask + 1;
	unsigned first = UINT16_MAX, last = 0;

	for (size_t i = 0; i < n; i++)
		if (old[i].print != 0) {
			first = old[i].day < first ? old[i].day : first;
			last = old[i].day > last ? old[i].day : last;
		}
	/* those that stayed the last time all have the bit of that time */
	if (first == last)
		s->bit = (s->bit + 63) % 64;
	make_entries(s, n);
	for (size_t i = 0; i < n; i++)
		if (stays(&old[i], first, last, s->bit)) {
			*find(s, old[i].print) = old[i];
			s->n++;
		}
	table_free(old, n, sizeof *old);
}

/* So many that it is not to be done again soon: it costs as much as all that there is. */
static void
forget_some(struct seen *s)
{
	do
		forget_day(s);
	while (s->n > s->max - s->max / 4);
}

/* The entry of this fingerprint, made where it is not there or is too old: *made. */
static struct entry *
entry(struct seen *s, int today, uint64_t print, bool *made)
{
	struct entry *e;

	print += print == 0;
	e = find(s, print);
	*made = e->print == 0 || today - e->day > SEEN_DAYS;
	if (e->print == 0) {
		if (s->n >= s->max)
			forget_some(s);
		else if (s->n >= (s->mask + 1) / 8 * 5)
			more_entries(s);
		e = find(s, print);
		s->n++;
	}
	if (*made)
		*e = (struct entry){ .print = print, .day = (uint16_t)today };
	return e;
}

struct seen *
seen_new_of(const unsigned char key[SEEN_KEY], size_t max)
{
	struct seen *s = calloc(1, sizeof *s);

	if (s == NULL)
		err(EXIT_RETRY, "what was seen");
	memcpy(s->key, key, SEEN_KEY);
	s->max = max;
	make_entries(s, FIRST_SLOTS);
	return s;
}

struct seen *
seen_new(const unsigned char key[SEEN_KEY])
{
	return seen_new_of(key, SEEN_MAX);
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	table_free(s->entries, s->mask + 1, sizeof *s->entries);
	free(s);
}

size_t
seen_count(const struct seen *s)
{
	return s->n;
}

uint64_t
seen_message(const struct seen *s, enum kind kind, struct span id)
{
	uint64_t print = hash(s, id.p, id.n) + (uint64_t)(kind + 1) * 0x9e3779b97f4a7c15u;

	__builtin_prefetch(&s->entries[print & s->mask], 1);
	return print;
}

uint32_t
seen_name(const struct seen *s, struct span name)
{
	return (uint32_t)(hash(s, name.p, name.n) >> 32);
}

/* The bit of a number; 0: it has none. */
static uint16_t
bit_of(struct span number)
{
	int n = 0;

	if (number.n > 2 || (number.n == 2 && number.p[0] == '0'))
		return 0;
	for (size_t i = 0; i < number.n; i++) {
		if (number.p[i] < '0' || number.p[i] > '9')
			return 0;
		n = n * 10 + (number.p[i] - '0');
	}
	if (n >= BITS)
		return 0;
	return (uint16_t)(1u << n);
}

/* A further name or a number of a message, on its own; false: it is there. */
static bool
add_other(struct seen *s, int today, uint64_t message, uint64_t what, uint64_t value)
{
	uint64_t all[3] = { message, what, value };
	bool made;

	entry(s, today, hash(s, all, sizeof all), &made);
	return made;
}

enum seen_new
seen_add(struct seen *s, int today, uint64_t message, struct span number, uint32_t name)
{
	bool made, new_name, other;
	struct entry *e = entry(s, today, message, &made);
	uint16_t bit = number.n == 0 ? WITHOUT : bit_of(number);

	if (made)
		e->name = name;
	new_name = e->name != name;
	if (number.n == 0 && new_name)
		bit = 0;
	if ((bit & e->numbers) != 0)
		return SEEN_DUPLICATE;
	if (bit != 0) {
		e->numbers |= bit;
		e->day = (uint16_t)today;
	} else {
		/* From here on e may have moved. */
		other = number.n == 0 ? add_other(s, today, message, 3, name) :
		    add_other(s, today, message, 1, hash(s, number.p, number.n));
		if (!other)
			return SEEN_DUPLICATE;
	}
	if (made)
		return SEEN_MESSAGE;
	if (new_name)
		new_name = add_other(s, today, message, 2, name);
	return new_name ? SEEN_NAME : SEEN_FINDING;
}

/* --- the records ----------------------------------------------------------------------- */

static const char DIGITS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/*
 * n bytes, in base64 (RFC 4648, without padding); how many characters.  Not into its caller,
 * where each two bytes would be checked against the room there.
 */
static __attribute__((noinline)) size_t
encode(char *to, const unsigned char *p, size_t n)
{
	static char pairs[64 * 64][2];
	char *start = to;
	size_t i = 0;

	for (size_t k = 0; pairs[0][0] == '\0' && k < 64 * 64; k++) {
		pairs[64 * 64 - 1 - k][0] = DIGITS[63 - k / 64];
		pairs[64 * 64 - 1 - k][1] = DIGITS[63 - k % 64];
	}
	for (; n - i >= 3; i += 3, to += 4) {
		memcpy(to, pairs[p[i] << 4 | p[i + 1] >> 4], 2);
		memcpy(to + 2, pairs[(p[i + 1] & 15) << 8 | p[i + 2]], 2);
	}
	if (n - i > 0) {
		uint32_t x = (uint32_t)p[i] << 16 | (n - i > 1 ? (uint32_t)p[i + 1] << 8 : 0);

		for (unsigned k = 0; k < n - i + 1; k++)
			*to++ = DIGITS[x >> (18 - 6 * k) & 63];
	}
	return (size_t)(to - start);
}

/* The bytes; false: it is none. */
static bool
decode(unsigned char *to, size_t room, struct span text, size_t *n)
{
	unsigned char value[256];
	uint32_t x = 0;

	memset(value, 255, sizeof value);
	for (unsigned char i = 0; i < 64; i++)
		value[(unsigned char)DIGITS[i]] = i;
	*n = text.n / 4 * 3 + (text.n % 4) * 3 / 4;
	if (text.n % 4 == 1 || *n > room)
		return false;
	for (size_t i = 0, out = 0; i < text.n; i++) {
		if (value[(unsigned char)text.p[i]] == 255)
			return false;
		x = x << 6 | value[(unsigned char)text.p[i]];
		if (i % 4 > 0)
			to[out++] = (unsigned char)(x >> (6 - 2 * (i % 4)));
	}
	return true;
}

bool
seen_load(struct seen *s, int day, struct span ids)
{
	unsigned char bytes[BYTES];
	size_t n;
	bool made;

	if (!decode(bytes, sizeof bytes, ids, &n) || n == 0 || n % PACKED != 0)
		return false;
	for (size_t i = 0; i < n; i += PACKED) {
		struct entry *e = entry(s, day, little64(bytes + i), &made);

		if (made) {
			e->name = little32(bytes + i + 8);
			e->numbers = (uint16_t)little16(bytes + i + 12);
		}
	}
	return true;
}

static void
write_record(int day, const unsigned char *bytes, size_t n, FILE *f)
{
	char date[CALENDAR_TEXT], text[BYTES / 3 * 4 + 4];
	size_t len = encode(text, bytes, n);

	calendar_text(date, day);
	fprintf(f, "seen=%s ids=", date);
	fwrite(text, 1, len, f);
	putc('\n', f);
}

/* PACKED bytes; see tally(5). */
static __attribute__((noinline)) void
pack(unsigned char *to, const struct entry *e)
{
	uint64_t print = htole64(e->print);
	uint32_t name = htole32(e->name);
	uint16_t numbers = htole16(e->numbers);

	memcpy(to, &print, 8);
	memcpy(to + 8, &name, 4);
	memcpy(to + 12, &numbers, 2);
}

void
seen_save(const struct seen *s, int today, FILE *f)
{
	static struct { size_t n; unsigned char bytes[BYTES]; } pages[AGES], *p;

	for (size_t i = 0; i <= s->mask; i++) {
		const struct entry *e = &s->entries[i];
		int age = e->day < today ? today - e->day : 0;

		if (e->print == 0 || age > SEEN_DAYS)
			continue;
		p = &pages[age];
		pack(p->bytes + p->n, e);
		if ((p->n += PACKED) == BYTES) {
			write_record(today - age, p->bytes, p->n, f);
			p->n = 0;
		}
	}
	for (int age = 0; age < AGES; age++)
		if (pages[age].n > 0) {
			write_record(today - age, pages[age].bytes, pages[age].n, f);
			pages[age].n = 0;
		}
}
