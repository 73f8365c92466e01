/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/cells.h"
#include "cmd/virtally/table.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

/*
 * A log goes from hour to hour, so what is counted now is counted into few cells: they are
 * in a table that stays in a cache.  When that is full it is emptied into a list, where a
 * cell may stand several times until the list is put in order and summed up.
 */
enum { SLOTS = 4096, FULL = SLOTS / 8 * 5, SUMS = 64, FIRST_LIST = 1 << 14, UNSORTED = 1 << 19 };

/* The bits of a place: 20 of the name, 5 of the hour, 5 of the kind, 12 of the host, 16. */
enum { HOUR = 20, KIND = 25, HOST = 30, DAY = 42 };

struct slot {
	uint64_t key;		/* its place + 1; 0: free */
	uint64_t messages;
	uint64_t findings;
};

struct cells {
	uint64_t secret;
	struct slot sums[SUMS];	/* those of names 0 that were last added to */
	struct slot slots[SLOTS];
	size_t taken;
	struct slot *list;
	size_t n, room;
	size_t sorted;		/* so many of the list are in order, each once */
};

static uint64_t
pack(const struct place *p)
{
	return ((uint64_t)p->day << DAY | (uint64_t)p->host << HOST |
	    (uint64_t)p->kind << KIND | (uint64_t)p->hour << HOUR | p->name) + 1;
}

static void
unpack(struct place *p, uint64_t key)
{
	key--;
	p->day = (int)(key >> DAY);
	p->host = (uint32_t)(key >> HOST & 0xfff);
	p->kind = (enum kind)(key >> KIND & 0x1f);
	p->hour = (int)(key >> HOUR & 0x1f);
	p->name = (uint32_t)(key & 0xfffff);
}

/*
 * A key is made of numbers that we gave, in the order in which things came: a mixer with a
 * secret is enough, so that no order of names is a bad one.
 */
static size_t
hash(const struct cells *c, uint64_t key)
{
	uint64_t h = key ^ c->secret;

	h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
	h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
	return (size_t)(h ^ h >> 32);
}

static void
grow(uint64_t *count, unsigned long long by)
{
	*count = by < CELLS_COUNT - *count ? *count + by : CELLS_COUNT;
}

static struct slot *
new_list(size_t n)
{
	struct slot *list = table_new(n, sizeof *list);

	if (list == NULL)
		err(EXIT_RETRY, "counts");
	return list;
}

/* --- the list -------------------------------------------------------------------------- */

/* Sorts a list by a byte of the key into another one; false: all have the same. */
static bool
sort_by_byte(const struct slot *list, size_t n, unsigned shift, struct slot *to)
{
	size_t at[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[list[i].key >> shift & 255]++;
	if (at[list[0].key >> shift & 255] == n)
		return false;
	for (size_t i = 0; i < 256; i++) {
		size_t here = at[i];

		at[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[at[list[i].key >> shift & 255]++] = list[i];
	return true;
}

static void
sort(struct cells *c)
{
	struct slot *other = new_list(c->room), *swap;

	for (unsigned shift = 0; shift < 64; shift += 8)
		if (sort_by_byte(c->list, c->n, shift, other)) {
			swap = c->list;
			c->list = other;
			other = swap;
		}
	table_free(other, c->room, sizeof *other);
}

/* Of cells that stand several times, one. */
static void
sum_up(struct cells *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct slot *s = &c->list[i];

		if (n > 0 && c->list[n - 1].key == s->key) {
			grow(&c->list[n - 1].messages, s->messages);
			grow(&c->list[n - 1].findings, s->findings);
		} else
			c->list[n++] = *s;
	}
	c->n = n;
}

/* Puts the list in order. */
static void
order(struct cells *c)
{
	if (c->n > c->sorted) {
		sort(c);
		sum_up(c);
	}
	c->sorted = c->n;
}

/* There is room for n more. */
static void
more_room(struct cells *c, size_t n)
{
	struct slot *old = c->list;
	size_t room = c->room;

	if (room - c->n >= n)
		return;
	while (c->room - c->n < n)
		c->room = c->room == 0 ? FIRST_LIST : c->room * 2;
	c->list = new_list(c->room);
	if (old == NULL)
		return;
	memcpy(c->list, old, c->n * sizeof *old);
	table_free(old, room, sizeof *old);
}

static void
empty(struct cells *c, struct slot *slots, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slots[i].key != 0) {
			c->list[c->n++] = slots[i];
			slots[i].key = 0;
		}
}

/* All that was counted, into the list. */
static void
empty_all(struct cells *c)
{
	/* what stands several times costs no more than what was counted */
	if (c->n - c->sorted > c->sorted + UNSORTED)
		order(c);
	more_room(c, SLOTS + SUMS);
	empty(c, c->slots, SLOTS);
	empty(c, c->sums, SUMS);
	c->taken = 0;
}

/* --- the whole ------------------------------------------------------------------------- */

struct cells *
cells_new(void)
{
	struct cells *c = calloc(1, sizeof *c);

	if (c == NULL)
		err(EXIT_RETRY, "counts");
	if (getrandom(&c->secret, sizeof c->secret, 0) != sizeof c->secret)
		err(EXIT_RETRY, "getrandom");
	return c;
}

void
cells_free(struct cells *c)
{
	if (c == NULL)
		return;
	if (c->list != NULL)
		table_free(c->list, c->room, sizeof *c->list);
	free(c);
}

static struct slot *
find(struct cells *c, uint64_t key)
{
	size_t i = hash(c, key) % SLOTS;

	while (c->slots[i].key != 0 && c->slots[i].key != key)
		i = (i + 1) % SLOTS;
	return &c->slots[i];
}

/* The slot of a key, taken from now on. */
static struct slot *
take(struct cells *c, uint64_t key)
{
	struct slot *s = find(c, key);

	if (s->key == key)
		return s;
	if (c->taken >= FULL) {
		empty_all(c);
		s = find(c, key);
	}
	c->taken++;
	*s = (struct slot){ .key = key };
	return s;
}

/* The same for a sum: there are few of them at a time, by host and kind. */
static struct slot *
take_sum(struct cells *c, uint64_t key)
{
	struct slot *sum = &c->sums[(key >> KIND ^ key >> HOUR ^ key >> (HOST - 3)) % SUMS], *s;

	if (sum->key == key)
		return sum;
	if (sum->key != 0) {
		s = take(c, sum->key);
		/* which may have emptied this one */
		grow(&s->messages, sum->key != 0 ? sum->messages : 0);
		grow(&s->findings, sum->key != 0 ? sum->findings : 0);
	}
	*sum = (struct slot){ .key = key };
	return sum;
}

void
cells_add(struct cells *c, const struct place *p, unsigned long long messages,
    unsigned long long findings)
{
	uint64_t key = pack(p);
	struct slot *s = p->name == 0 ? take_sum(c, key) : take(c, key);

	grow(&s->messages, messages);
	grow(&s->findings, findings);
}

bool
cells_next(struct cells *c, size_t *at, struct cell *cell)
{
	if (*at == 0) {
		empty_all(c);
		order(c);
	}
	return cells_next_part(c, at, cell);
}

size_t
cells_parts(struct cells *c)
{
	empty_all(c);
	return c->n;
}

bool
cells_next_part(struct cells *c, size_t *at, struct cell *cell)
{
	const struct slot *s;

	if (*at == 0)
		empty_all(c);
	if (*at >= c->n)
		return false;
	s = &c->list[(*at)++];
	unpack(&cell->place, s->key);
	cell->messages = s->messages;
	cell->findings = s->findings;
	return true;
}

void
cells_drop(struct cells *c, int from, int to)
{
	size_t n = 0;

	empty_all(c);
	order(c);
	for (size_t i = 0; i < c->n; i++) {
		int day = (int)((c->list[i].key - 1) >> DAY);

		if (day < from || day > to)
			c->list[n++] = c->list[i];
	}
	c->n = c->sorted = n;
}
