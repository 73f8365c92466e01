/* SPDX-License-Identifier: ISC */
#include "common/parties.h"
#include "common/fieldtext.h"

static const struct span UNKNOWN = { "unknown", 7 };

static bool
matches(struct wild w, struct span text, unsigned long long *steps)
{
	return text.n <= PARTIES_TEXT && *steps > 0 && wild_match(w, text, steps);
}

bool
parties_from(const struct parties *p, struct wild w, unsigned long long *steps)
{
	return matches(w, p->from, steps);
}

bool
parties_user(const struct parties *p, struct wild w, unsigned long long *steps)
{
	return p->user.n > 0 && matches(w, p->user, steps);
}

bool
parties_host(const struct parties *p, struct wild w, unsigned long long *steps)
{
	if (p->host.n == 0 || p->host.p[0] == '[')
		return false;
	if (p->host.n == UNKNOWN.n && fieldtext_at(p->host, 0, UNKNOWN.p))
		return false;
	return matches(w, p->host, steps);
}

bool
parties_to(const struct parties *p, struct wild w, unsigned long long *steps)
{
	for (size_t i = 0; i < p->count; i++)
		if (!matches(w, p->to[i], steps))
			return false;
	return p->count > 0;
}

bool
parties_client(const struct parties *p, const struct net *net)
{
	return p->known && net_holds(net, &p->client);
}
