/* SPDX-License-Identifier: ISC */
/*
 * Domains in the order of a list, of which the first that matches one decides:
 * `d' matches d, `.d' what is below d.  Asked, it is a look into a table for each
 * label, however many they are.
 *
 * Pure, but for its memory: false means that there is none.
 */
#ifndef DOMAINS_H
#define DOMAINS_H

#include "cmd/relaycheck/rule.h"
#include "common/record.h"

/* A name, and the first words of the list that are it, and .it; by value: few misses. */
struct domain {
	struct rule exact, below;	/* index RULE_NONE: there is none */
	uint32_t n;
	char text[];
};

struct domain_slot {
	uint32_t hash;
	uint32_t name;		/* its place in memory, counted from 1; 0: free */
};

struct domains {
	uint32_t *memory;	/* of struct domain, one behind the other */
	size_t used, room;	/* of memory, in its own unit */
	size_t names;
	struct domain_slot *slot;	/* a power of two of them, an eighth is free */
	size_t slots;
};

/*
 * The next word of the list: a domain in lower case and A-labels, of at most 253
 * octets, less its ! and dot.  w->index, line, file, refuse and below are set; text
 * and domain are set here.
 */
bool domains_add(struct domains *all, struct span domain, struct rule *w);

/* The text of a word, less its ! and dot; valid until the next one is added. */
struct span domains_name(const struct domains *all, const struct rule *w);

/* The first word that matches all that `domain', or `.domain', does; NULL: none. */
const struct rule *domains_first(const struct domains *all, struct span domain, bool below);

/* The first word that matches it, or NULL. */
const struct rule *domains_find(const struct domains *all, struct span domain);

void domains_free(struct domains *all);

#endif
