/* SPDX-License-Identifier: ISC */
#include "common/nets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- one network ---------------------------------------------------------------- */

static bool
parse_bits(struct span text, unsigned *bits)
{
	*bits = 0;
	if (text.n == 0 || text.n > 3 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*bits = *bits * 10 + (unsigned)(text.p[i] - '0');
	}
	return true;
}

/* The bits of the host, as a mask. */
static struct ipaddr
host_mask(bool v6, unsigned bits)
{
	unsigned host = (v6 ? 128 : 32) - bits;

	return (struct ipaddr){ v6,
	    host <= 64 ? 0 : host == 128 ? ~0ull : (1ull << (host - 64)) - 1,
	    host >= 64 ? ~0ull : (1ull << host) - 1 };
}

const char *
net_parse(struct net *net, struct span text)
{
	const char *slash = text.n > 0 ? memchr(text.p, '/', text.n) : NULL;
	struct span host = { text.p, slash == NULL ? text.n : (size_t)(slash - text.p) };
	struct ipaddr *a = &net->first, mask;
	unsigned full;

	if (!ipaddr_v4(a, host) && !ipaddr_v6(a, host))
		return "is no network: write ADDRESS or ADDRESS/BITS";
	full = a->v6 ? 128 : 32;
	net->bits = full;
	if (slash != NULL && !parse_bits((struct span){ slash + 1,
	    text.n - host.n - 1 }, &net->bits))
		return "is no network: behind the slash stands how many bits it has";
	if (net->bits > full)
		return a->v6 ? "has a mask of more than 128 bits" :
		    "has a mask of more than 32 bits";
	mask = host_mask(a->v6, net->bits);
	if (((a->hi & mask.hi) | (a->lo & mask.lo)) != 0)
		return "has bits set behind its mask";
	ipaddr_unmap(a);
	if (full == 128 && !a->v6)
		net->bits -= 96;	/* no fewer: those of ::ffff are not behind the mask */
	mask = host_mask(a->v6, net->bits);
	net->last = (struct ipaddr){ a->v6, a->hi | mask.hi, a->lo | mask.lo };
	return NULL;
}

bool
net_holds(const struct net *net, const struct ipaddr *a)
{
	return net->first.v6 == a->v6 && ipaddr_order(&net->first, a) <= 0 &&
	    ipaddr_order(&net->last, a) >= 0;
}

void
net_text(char to[IPADDR_TEXT + 4], const struct net *net)
{
	char text[IPADDR_TEXT];

	ipaddr_text(text, &net->first);
	snprintf(to, IPADDR_TEXT + 4, "%s/%u", text, net->bits);
}

/* --- the list --------------------------------------------------------------------- */

bool
nets_add(struct nets *all, const struct net *net)
{
	if (all->n == all->room) {
		size_t room = all->room == 0 ? 16 : 2 * all->room;
		struct net *more = reallocarray(all->net, room, sizeof *more);

		if (more == NULL)
			return false;
		all->net = more;
		all->room = room;
	}
	all->net[all->n++] = *net;
	return true;
}

/* --- the pieces ------------------------------------------------------------------- */

/* By value: a sort that follows pointers takes twice as long. */
struct piece {
	uint64_t hi, lo;	/* where it begins */
	uint32_t bits;
	uint32_t rule;
};

/* By where they begin; of two that begin there, the wider first. */
static int
by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* The networks that are open at one place, each within the one before. */
struct nest {
	struct {
		struct ipaddr last;
		uint32_t rule;	/* the first in the list of this and those around */
	} in[130];		/* no two are equal: 129 prefixes, and none */
	size_t depth;
};

static uint32_t
winner(const struct nest *nest)
{
	return nest->depth == 0 ? NETS_NONE : nest->in[nest->depth - 1].rule;
}

static void
put_stop(struct stop *stop, size_t *n, const struct ipaddr *at, uint32_t rule)
{
	if (*n > 0 && stop[*n - 1].hi == at->hi && stop[*n - 1].lo == at->lo)
		--*n;
	if ((*n > 0 ? stop[*n - 1].rule : NETS_NONE) != rule)
		stop[(*n)++] = (struct stop){ at->hi, at->lo, rule };
}

/* Closes what ends before `at', NULL: everything. */
static void
leave(struct nest *nest, struct stop *stop, size_t *n, const struct ipaddr *at)
{
	while (nest->depth > 0) {
		struct ipaddr next = nest->in[nest->depth - 1].last;
		bool end = next.v6 ? next.hi == UINT64_MAX && next.lo == UINT64_MAX :
		    next.lo == UINT32_MAX;

		if (at != NULL && ipaddr_order(&next, at) >= 0)
			return;
		nest->depth--;
		next.hi += ++next.lo == 0;
		if (!end)
			put_stop(stop, n, &next, winner(nest));
	}
}

static void
enter(struct nest *nest, struct stop *stop, size_t *n, const struct net *net, uint32_t own)
{
	uint32_t around = winner(nest), rule = own < around ? own : around;

	/* one that does not win changes nothing; so each on the nest is another prefix */
	if (rule == around)
		return;
	nest->in[nest->depth].last = net->last;
	nest->in[nest->depth++].rule = rule;
	put_stop(stop, n, &net->first, rule);
}

static bool
seal_family(struct nets *all, bool v6, struct piece *piece)
{
	struct stop *stop = reallocarray(NULL, 2 * all->n + 1, sizeof *stop);
	struct nest nest = { .depth = 0 };
	size_t pieces = 0, n = 0;

	if (stop == NULL)
		return false;
	for (size_t i = 0; i < all->n; i++) {
		const struct net *net = &all->net[i];

		if (net->first.v6 == v6)
			piece[pieces++] = (struct piece){ net->first.hi, net->first.lo,
			    net->bits, (uint32_t)i };
	}
	qsort(piece, pieces, sizeof *piece, by_place);
	for (size_t i = 0; i < pieces; i++) {
		const struct net *net = &all->net[piece[i].rule];

		leave(&nest, stop, &n, &net->first);
		enter(&nest, stop, &n, net, piece[i].rule);
	}
	leave(&nest, stop, &n, NULL);
	all->stop[v6] = stop;
	all->stops[v6] = n;
	return true;
}

bool
nets_seal(struct nets *all)
{
	struct piece *piece = reallocarray(NULL, all->n + 1, sizeof *piece);
	bool good = piece != NULL && seal_family(all, false, piece) &&
	    seal_family(all, true, piece);

	free(piece);
	all->near = good ? reallocarray(NULL, all->stops[0] + 1, sizeof *all->near) : NULL;
	for (size_t i = 0; all->near != NULL && i < all->stops[0]; i++)
		all->near[i] = (uint32_t)all->stop[0][i].lo;
	return all->near != NULL;
}

/* How many stops of v4 are not behind a. */
static size_t
count_v4(const struct nets *all, uint32_t a)
{
	const uint32_t *low = all->near;
	size_t n = all->stops[0];

	while (n > 1) {
		size_t half = n / 2;

		low += low[half] <= a ? half : 0;
		n -= half;
	}
	return (size_t)(low - all->near) + (n == 1 && *low <= a);
}

static size_t
count_v6(const struct nets *all, const struct ipaddr *a)
{
	const struct stop *stop = all->stop[1];
	size_t low = 0, high = all->stops[1];

	while (low < high) {
		size_t mid = (low + high) / 2;
		bool behind = stop[mid].hi > a->hi ||
		    (stop[mid].hi == a->hi && stop[mid].lo > a->lo);

		if (behind)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

uint32_t
nets_find(const struct nets *all, const struct ipaddr *a)
{
	size_t n = a->v6 ? count_v6(all, a) : count_v4(all, (uint32_t)a->lo);

	return n == 0 ? NETS_NONE : all->stop[a->v6][n - 1].rule;
}

/* From stop i to the next one, or to the end of all addresses. */
static double
width(const struct nets *all, bool v6, size_t i)
{
	const double two64 = 18446744073709551616.0;
	const struct stop *a = &all->stop[v6][i], *b = a + 1;

	if (i + 1 == all->stops[v6])
		return v6 ? (two64 - (double)a->hi) * two64 - (double)a->lo :
		    4294967296.0 - (double)a->lo;
	return b->hi == a->hi ? (double)(b->lo - a->lo) :
	    (double)(b->hi - a->hi) * two64 - (double)a->lo + (double)b->lo;
}

void
nets_won(const struct nets *all, double *won)
{
	for (size_t i = 0; i < all->n; i++)
		won[i] = 0;
	for (int v6 = 0; v6 < 2; v6++)
		for (size_t i = 0; i < all->stops[v6]; i++)
			if (all->stop[v6][i].rule != NETS_NONE)
				won[all->stop[v6][i].rule] += width(all, v6 == 1, i);
}

void
nets_free(struct nets *all)
{
	free(all->net);
	free(all->stop[0]);
	free(all->stop[1]);
	free(all->near);
	*all = (struct nets){ .n = 0 };
}
