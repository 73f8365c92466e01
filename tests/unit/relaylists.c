/* SPDX-License-Identifier: ISC */
// with: cmd/relaycheck/domains.c
/* Long lists answer as a walk through them does, first match first. */
#include "cmd/relaycheck/domains.h"
#include "common/nets.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static unsigned long long seed = 42;

static unsigned
random_below(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* --- networks -------------------------------------------------------------------------- */

static const char *
wrong(const char *text)
{
	struct net net;
	const char *what = net_parse(&net, span(text));

	return what == NULL ? "" : what;
}

static const char *
parsed(const char *text)
{
	static char to[IPADDR_TEXT + 4];
	struct net net;

	if (net_parse(&net, span(text)) != NULL)
		return "none";
	net_text(to, &net);
	return to;
}

static void
network_texts(void)
{
	static const char *const BAD[] = { "", "/", "/24", "1.2.3/24", "1.2.3.4/", "1.2.3.4/33",
	    "1.2.3.4/024", "1.2.3.4/-1", "1.2.3.4/ 8", "1.2.3.4/24", "1.2.3.0/255.255.255.0",
	    "::/129", "2001:db8::1/64", "::ffff:1.2.3.4/112", "1.2.3.4/32x", "a.example",
	    "1.2.3.0/99999999999", "fe80::1%eth0", "::ffff:0:0/95" };

	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		OK(wrong(BAD[i])[0] != '\0');
	OK(strcmp(parsed("1.2.3.4"), "1.2.3.4/32") == 0);
	OK(strcmp(parsed("0.0.0.0/0"), "0.0.0.0/0") == 0);
	OK(strcmp(parsed("10.0.0.0/8"), "10.0.0.0/8") == 0);
	OK(strcmp(parsed("2001:DB8::/32"), "2001:db8::/32") == 0);
	OK(strcmp(parsed("::/0"), "::/0") == 0);
	OK(strcmp(parsed("::1"), "::1/128") == 0);
	OK(strcmp(parsed("::ffff:10.0.0.0/104"), "10.0.0.0/8") == 0);
	OK(strcmp(parsed("::ffff:0:0/96"), "0.0.0.0/0") == 0);
}

/* The first that holds it, by a walk. */
static uint32_t
walk(const struct nets *all, const struct ipaddr *a)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->net[i].first.v6 == a->v6 && ipaddr_order(&all->net[i].first, a) <= 0 &&
		    ipaddr_order(a, &all->net[i].last) <= 0)
			return (uint32_t)i;
	return NETS_NONE;
}

/* Of a small world, so that they lie in one another and beside. */
static struct net
random_net(bool v6)
{
	char text[80];
	struct net net;
	unsigned bits = random_below(v6 ? 129 : 33);

	do {
		if (v6)
			snprintf(text, sizeof text, "%x::%x/%u", random_below(4) << 14,
			    random_below(8), bits);
		else
			snprintf(text, sizeof text, "%u.%u.%u.%u/%u", random_below(4) << 6,
			    random_below(2) * 128, random_below(3) * 64, random_below(4) * 64, bits);
		bits = random_below(4) == 0 ? random_below(v6 ? 129 : 33) : v6 ? 128 : 32;
	} while (net_parse(&net, span(text)) != NULL);
	return net;
}

static struct ipaddr
near(const struct ipaddr *a)
{
	struct ipaddr b = *a;
	int step = (int)random_below(3) - 1;

	if (b.v6) {
		b.lo += (uint64_t)(int64_t)step;
		if (step == 1 && b.lo == 0)
			b.hi++;
		if (step == -1 && b.lo == UINT64_MAX)
			b.hi--;
	} else
		b.lo = (b.lo + (uint64_t)(int64_t)step) & 0xffffffff;
	return b;
}

/* Ten questions at the edges of each. */
static bool
as_a_walk(unsigned n)
{
	struct nets all = { .n = 0 };
	double won[64];
	bool good = true, live[64] = { false };

	for (unsigned i = 0; i < n; i++) {
		struct net net = random_net(random_below(2) == 0);

		good &= nets_add(&all, &net);
	}
	good &= nets_seal(&all);
	nets_won(&all, won);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < 10; k++) {
			struct ipaddr a = near(k % 2 == 0 ? &all.net[i].first : &all.net[i].last);
			uint32_t found = nets_find(&all, &a);

			good &= found == walk(&all, &a);
			if (found != NETS_NONE)
				live[found] = true;
		}
	/* what was the first for some address has won it */
	for (unsigned i = 0; i < n; i++)
		good &= !live[i] || won[i] > 0;
	nets_free(&all);
	return good;
}

static void
add(struct nets *all, const char *text)
{
	struct net net;

	if (net_parse(&net, span(text)) != NULL || !nets_add(all, &net))
		abort();
}

static void
shares(void)
{
	struct nets all = { .n = 0 };
	double won[10];

	add(&all, "10.0.0.0/9");
	add(&all, "10.128.0.0/9");
	add(&all, "10.0.0.0/8");	/* all of it is taken */
	add(&all, "10.0.0.0/7");
	add(&all, "10.0.0.0/9");
	add(&all, "255.255.255.255");
	add(&all, "0.0.0.0/0");
	add(&all, "2001:db8::/65");
	add(&all, "2001:db8::/63");
	add(&all, "::/0");
	OK(nets_seal(&all));
	nets_won(&all, won);
	OK(won[0] == 1 << 23 && won[1] == 1 << 23 && won[2] == 0 && won[3] == 1 << 24 &&
	    won[4] == 0 && won[5] == 1);
	OK(won[6] == 4294967296.0 - (1 << 25) - 1);
	OK(won[7] == 9223372036854775808.0 && won[8] == 3 * 9223372036854775808.0);
	OK(won[9] > 3.4e38);
	nets_free(&all);
}

static void
networks(void)
{
	struct nets none = { .n = 0 };
	struct ipaddr a = { .lo = 1 };
	unsigned good = 0;

	OK(nets_seal(&none) && nets_find(&none, &a) == NETS_NONE);
	nets_free(&none);
	for (unsigned i = 0; i < 2000; i++)
		good += as_a_walk(1 + random_below(40));
	OK(good == 2000);
}

/* --- domains ------------------------------------------------------------------------------ */

struct listed {
	char name[40];
	bool below;
};

static bool
matches(const struct listed *l, const char *name)
{
	size_t n = strlen(name), m = strlen(l->name);

	if (!l->below)
		return strcmp(l->name, name) == 0;
	return n > m + 1 && name[n - m - 1] == '.' && strcmp(name + n - m, l->name) == 0;
}

static void
random_name(char name[40])
{
	static const char *const LABEL[] = { "a", "b", "company", "com", "xn--a", "b" };
	size_t n = 0;

	for (unsigned labels = 1 + random_below(4); labels > 0; labels--)
		n += (size_t)sprintf(name + n, "%s%s", n > 0 ? "." : "", LABEL[random_below(6)]);
}

static bool
domains_as_a_walk(unsigned n)
{
	static struct listed list[64];
	struct domains all = { .names = 0 };
	bool good = true;

	for (unsigned i = 0; i < n; i++) {
		struct rule r = { .index = i, .line = i + 1 };

		random_name(list[i].name);
		list[i].below = r.below = random_below(2) == 0;
		good &= domains_add(&all, span(list[i].name), &r);
		good &= domains_name(&all, &r).n == strlen(list[i].name);
	}
	for (unsigned k = 0; k < 100; k++) {
		char name[40];
		unsigned want = 0;
		const struct rule *got;

		random_name(name);
		while (want < n && !matches(&list[want], name))
			want++;
		got = domains_find(&all, span(name));
		good &= want == n ? got == NULL : got != NULL && got->index == want &&
		    got->line == want + 1;
	}
	domains_free(&all);
	return good;
}

static void
names(void)
{
	struct domains none = { .names = 0 };
	unsigned good = 0;

	OK(domains_find(&none, span("a")) == NULL);
	for (unsigned i = 0; i < 2000; i++)
		good += domains_as_a_walk(1 + random_below(60));
	OK(good == 2000);
}

/* Many, so that the table grows, and each is found. */
static void
many(void)
{
	struct domains all = { .names = 0 };
	unsigned good = 0, count = 30000;
	char name[40];

	for (unsigned i = 0; i < count; i++) {
		struct rule r = { .index = i, .below = i % 2 };

		snprintf(name, sizeof name, "d%u.example", i);
		good += domains_add(&all, span(name), &r);
	}
	for (unsigned i = 0; i < count; i++) {
		const struct rule *r;

		snprintf(name, sizeof name, "%sd%u.example", i % 2 ? "x." : "", i);
		r = domains_find(&all, span(name));
		good += r != NULL && r->index == i;
	}
	OK(good == 2 * count);
	OK(domains_find(&all, span("d1.example")) == NULL);	/* .d1.example is below it */
	OK(domains_find(&all, span("x.d2.example")) == NULL);
	OK(domains_find(&all, span("xd2.example")) == NULL);
	OK(domains_find(&all, span("")) == NULL);
	domains_free(&all);
}

int
main(void)
{
	network_texts();
	networks();
	shares();
	names();
	many();
	return done();
}
