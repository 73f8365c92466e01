/* SPDX-License-Identifier: ISC */
/*
 * Networks in the order of a list, of which the first that holds an address
 * decides.  Asked, it is one search in a sorted array, however many they are:
 * where networks lie in one another, the first of them wins each piece.
 *
 * A v4 network holds no v6 address, and the other way round; one within
 * ::ffff:0:0/96 is the v4 network that it maps.
 *
 * Pure, but for its memory: false means that there is none.
 */
#ifndef NETS_H
#define NETS_H

#include "common/ipaddr.h"

struct net {
	struct ipaddr first, last;
	unsigned bits;		/* of the prefix: 0 to 32, or to 128 */
};

/* From `first' up to the next stop it is `rule', an index into net; NETS_NONE: none. */
struct stop {
	uint64_t hi, lo;
	uint32_t rule;
};
#define NETS_NONE UINT32_MAX

struct nets {
	struct net *net;	/* in the order of the list */
	size_t n, room;
	struct stop *stop[2];	/* of v4, of v6 */
	size_t stops[2];
	uint32_t *near;		/* where those of v4 begin, so close that they stay near */
};

/* ADDRESS or ADDRESS/BITS; NULL, or in a few words what is wrong with it. */
const char *net_parse(struct net *net, struct span text);

/* Does it hold the address, unmapped? */
bool net_holds(const struct net *net, const struct ipaddr *a);

void net_text(char to[IPADDR_TEXT + 4], const struct net *net);

bool nets_add(struct nets *all, const struct net *net);

/* After the last one, before the first question. */
bool nets_seal(struct nets *all);

/* The index of the first network that holds it, or NETS_NONE. */
uint32_t nets_find(const struct nets *all, const struct ipaddr *a);

/*
 * For each network how many addresses it is the first for, into won, all->n of them;
 * rounded above 2^53.
 */
void nets_won(const struct nets *all, double *won);

void nets_free(struct nets *all);

#endif
