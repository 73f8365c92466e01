/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/domains.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a from the end, so that one walk has the hash of a name and of all above. */
enum { HASH_PRIME = 16777619 };
static const uint32_t HASH_START = 2166136261;

static uint32_t
hash_more(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * HASH_PRIME;
}

/* Its low bits are the slot. */
static uint32_t
hash_mixed(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x7feb352d;
	return h ^ h >> 15;
}

static uint32_t
hash_name(struct span s)
{
	uint32_t h = HASH_START;

	for (size_t i = s.n; i > 0; i--)
		h = hash_more(h, s.p[i - 1]);
	return hash_mixed(h);
}

static struct domain *
at(const struct domains *all, uint32_t name)
{
	return (struct domain *)(void *)(all->memory + (name - 1));
}

/* The slot that has it, or the free one where it would be. */
static struct domain_slot *
find_slot(const struct domains *all, uint32_t hash, struct span s)
{
	size_t mask = all->slots - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct domain_slot *slot = &all->slot[i];
		const struct domain *d;

		if (slot->name == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		d = at(all, slot->name);
		if (d->n == s.n && memcmp(d->text, s.p, s.n) == 0)
			return slot;
	}
}

/* --- the list ---------------------------------------------------------------------- */

static bool
grow_slots(struct domains *all)
{
	size_t slots = all->slots == 0 ? 64 : 2 * all->slots;
	struct domain_slot *old = all->slot, *slot = calloc(slots, sizeof *slot);

	if (slot == NULL)
		return false;
	for (size_t i = 0; i < all->slots; i++) {
		size_t place = old[i].hash & (slots - 1);

		while (old[i].name != 0 && slot[place].name != 0)
			place = (place + 1) & (slots - 1);
		if (old[i].name != 0)
			slot[place] = old[i];
	}
	free(old);
	all->slot = slot;
	all->slots = slots;
	return true;
}

static bool
grow(struct domains *all, size_t words)
{
	if (all->room - all->used < words) {
		size_t room = 2 * all->room + words + 1024;
		uint32_t *more = reallocarray(all->memory, room, sizeof *more);

		if (more == NULL || room >= UINT32_MAX)
			return false;
		all->memory = more;
		all->room = room;
	}
	return all->names + 1 <= all->slots / 8 * 7 || grow_slots(all);
}

/* Its place in memory; 0: none. */
static uint32_t
get(struct domains *all, struct span s)
{
	size_t words = (sizeof(struct domain) + s.n + 3) / 4;
	uint32_t hash = hash_name(s);
	struct domain_slot *slot;
	struct domain *d;

	if (!grow(all, words))
		return 0;
	slot = find_slot(all, hash, s);
	if (slot->name != 0)
		return slot->name;
	*slot = (struct domain_slot){ hash, (uint32_t)all->used + 1 };
	d = at(all, slot->name);
	d->exact.index = d->below.index = RULE_NONE;
	d->n = (uint32_t)s.n;
	memcpy(d->text, s.p, s.n);
	all->used += words;
	all->names++;
	return slot->name;
}

bool
domains_add(struct domains *all, struct span s, struct rule *w)
{
	struct rule *place;

	w->domain = true;
	if ((w->text = get(all, s)) == 0)
		return false;
	place = w->below ? &at(all, w->text)->below : &at(all, w->text)->exact;
	if (place->index == RULE_NONE)
		*place = *w;
	return true;
}

struct span
domains_name(const struct domains *all, const struct rule *w)
{
	return (struct span){ at(all, w->text)->text, at(all, w->text)->n };
}

/* --- questions ------------------------------------------------------------------------ */

const struct rule *
domains_first(const struct domains *all, struct span s, bool below)
{
	const struct rule *first = NULL, *one;
	uint32_t hash = HASH_START;

	for (size_t i = all->slots == 0 ? 0 : s.n; i > 0; i--) {
		const struct domain_slot *slot;

		hash = hash_more(hash, s.p[i - 1]);
		if (i > 1 && s.p[i - 2] != '.')
			continue;
		slot = find_slot(all, hash_mixed(hash),
		    (struct span){ s.p + i - 1, s.n - i + 1 });
		if (slot->name == 0)
			continue;
		/* of all that is above it only what is below that */
		one = i > 1 || below ? &at(all, slot->name)->below : &at(all, slot->name)->exact;
		if (one->index != RULE_NONE && (first == NULL || one->index < first->index))
			first = one;
	}
	return first;
}

const struct rule *
domains_find(const struct domains *all, struct span s)
{
	return domains_first(all, s, false);
}

void
domains_free(struct domains *all)
{
	free(all->memory);
	free(all->slot);
	*all = (struct domains){ .names = 0 };
}
