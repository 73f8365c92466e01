/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/cells.h"
#include "cmd/virtally/table.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024, SMALL = 1 << 16, SUMS = 64 };

/* The bits of a place: 20 of the name, 5 of the hour, 5 of the kind, 12 of the host, 16. */
enum { HOUR = 20, KIND = 25, HOST = 30, DAY = 42 };

struct slot {
	uint64_t key;		/* its place + 1; 0: free */
	uint64_t messages;
	uint64_t findings;
};

struct cells {
	uint64_t secret;
	struct slot *slots;	/* at most five eighths of them are taken */
	size_t mask, n;
	struct {
		uint64_t key;
		size_t at;
	} sums[SUMS];		/* those that were last added to, and their slots; key 0: none */
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
 * secret is enough, so that no order of names is a bad one.  Names that came one after the
 * other stay together, four at a time: they are wanted together.
 */
static size_t
hash(const struct cells *c, uint64_t key)
{
	uint64_t h = key >> 2 ^ c->secret;

	h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
	h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
	return (size_t)((h ^ h >> 32) << 2 | (key & 3));
}

static size_t
find(const struct cells *c, uint64_t key)
{
	size_t i = hash(c, key) & c->mask;

	while (c->slots[i].key != 0 && c->slots[i].key != key)
		i = (i + 1) & c->mask;
	return i;
}

static void
make_slots(struct cells *c, size_t slots)
{
	if ((c->slots = table_new(slots, sizeof *c->slots)) == NULL)
		err(EXIT_RETRY, "counts");
	c->mask = slots - 1;
	memset(c->sums, 0, sizeof c->sums);
	c->n = 0;
}

static bool
is_of(uint64_t key, int from, int to)
{
	int day = (int)((key - 1) >> DAY);

	return day >= from && day <= to;
}

/* All into a new table, without those of the days from..to. */
static void
rebuild(struct cells *c, size_t slots, int from, int to)
{
	struct slot *old = c->slots;
	size_t n = c->mask + 1;

	make_slots(c, slots);
	for (size_t i = 0; i < n; i++)
		if (old[i].key != 0 && !is_of(old[i].key, from, to)) {
			c->slots[find(c, old[i].key)] = old[i];
			c->n++;
		}
	table_free(old, n, sizeof *old);
}

struct cells *
cells_new(void)
{
	struct cells *c = calloc(1, sizeof *c);

	if (c == NULL)
		err(EXIT_RETRY, "counts");
	if (getrandom(&c->secret, sizeof c->secret, 0) != sizeof c->secret)
		err(EXIT_RETRY, "getrandom");
	make_slots(c, FIRST_SLOTS);
	return c;
}

void
cells_free(struct cells *c)
{
	if (c == NULL)
		return;
	table_free(c->slots, c->mask + 1, sizeof *c->slots);
	free(c);
}

static void
grow(uint64_t *count, unsigned long long by)
{
	*count = by < CELLS_COUNT - *count ? *count + by : CELLS_COUNT;
}

void
cells_expect(const struct cells *c, const struct place *p)
{
	__builtin_prefetch(&c->slots[hash(c, pack(p)) & c->mask], 1);
}

/* The slot of a key, taken from now on. */
static size_t
take(struct cells *c, uint64_t key)
{
	size_t i = find(c, key);

	if (c->slots[i].key != 0)
		return i;
	if (c->n >= (c->mask + 1) / 8 * 5) {
		rebuild(c, (c->mask + 1) * (c->mask < SMALL ? 8 : 2), -1, -1);
		i = find(c, key);
	}
	c->n++;
	c->slots[i].key = key;
	return i;
}

/* The same for a sum: there are few of them at a time, by host and kind. */
static size_t
take_sum(struct cells *c, uint64_t key)
{
	size_t k = (key >> KIND ^ key >> HOUR) % SUMS;

	if (c->sums[k].key != key) {
		c->sums[k].at = take(c, key);
		c->sums[k].key = key;
	}
	return c->sums[k].at;
}

void
cells_add(struct cells *c, const struct place *p, unsigned long long messages,
    unsigned long long findings)
{
	uint64_t key = pack(p);
	size_t i = p->name == 0 ? take_sum(c, key) : take(c, key);

	grow(&c->slots[i].messages, messages);
	grow(&c->slots[i].findings, findings);
}

bool
cells_next(const struct cells *c, size_t *at, struct cell *cell)
{
	for (; *at <= c->mask; (*at)++)
		if (c->slots[*at].key != 0) {
			const struct slot *s = &c->slots[(*at)++];

			unpack(&cell->place, s->key);
			cell->messages = s->messages;
			cell->findings = s->findings;
			return true;
		}
	return false;
}

void
cells_drop(struct cells *c, int from, int to)
{
	rebuild(c, c->mask + 1, from, to);
}
