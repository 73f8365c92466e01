/* SPDX-License-Identifier: ISC */
#include "common/ipaddr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* inet_pton wants its end marked, and would stop at a NUL of somebody else's. */
static bool
convert(int family, struct span text, unsigned char octets[16])
{
	char copy[IPADDR_TEXT];

	if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, '\0', text.n) != NULL)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(family, copy, octets) == 1;
}

static uint64_t
big(const unsigned char *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

bool
ipaddr_v4(struct ipaddr *a, struct span text)
{
	unsigned char octets[16];

	if (!convert(AF_INET, text, octets))
		return false;
	*a = (struct ipaddr){ .lo = big(octets, 4) };
	return true;
}

bool
ipaddr_v6(struct ipaddr *a, struct span text)
{
	unsigned char octets[16];

	if (!convert(AF_INET6, text, octets))
		return false;
	*a = (struct ipaddr){ true, big(octets, 8), big(octets + 8, 8) };
	return true;
}

void
ipaddr_unmap(struct ipaddr *a)
{
	if (a->v6 && a->hi == 0 && a->lo >> 32 == 0xffff)
		*a = (struct ipaddr){ .lo = a->lo & 0xffffffff };
}

static bool
is_zone(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] == 0x7f || strchr("/[]%", p[i]) != NULL)
			return false;
	return n > 0;
}

bool
ipaddr_client(struct ipaddr *a, struct span text)
{
	const char *zone;

	if (ipaddr_v4(a, text))
		return true;
	zone = text.n > 0 ? memchr(text.p, '%', text.n) : NULL;
	if (zone != NULL) {
		if (!is_zone(zone + 1, (size_t)(text.p + text.n - zone - 1)))
			return false;
		text.n = (size_t)(zone - text.p);
	}
	if (!ipaddr_v6(a, text))
		return false;
	ipaddr_unmap(a);
	return true;
}

void
ipaddr_text(char to[IPADDR_TEXT], const struct ipaddr *a)
{
	unsigned char octets[16];

	for (int i = 0; i < 8; i++) {
		octets[i] = (unsigned char)(a->hi >> (56 - 8 * i));
		octets[8 + i] = (unsigned char)(a->lo >> (56 - 8 * i));
	}
	if (!a->v6)
		inet_ntop(AF_INET, octets + 12, to, IPADDR_TEXT);
	else if (a->hi == 0 && a->lo >> 32 == 0 && a->lo >> 16 != 0)
		/* inet_ntop takes it for a v4 address in v6 */
		snprintf(to, IPADDR_TEXT, "::%x:%x", (unsigned)(a->lo >> 16),
		    (unsigned)(a->lo & 0xffff));
	else
		inet_ntop(AF_INET6, octets, to, IPADDR_TEXT);
}

int
ipaddr_order(const struct ipaddr *a, const struct ipaddr *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

bool
ipaddr_same(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->v6 == b->v6 && ipaddr_order(a, b) == 0;
}
