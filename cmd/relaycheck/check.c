/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/check.h"
#include "common/clean.h"
#include "common/cli.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * More than anybody was ever given: a /8, and of IPv6 a /16; and more than a site has
 * in all, with the networks that are nobody's: four /8.
 */
static const double WIDE4 = 16777216.0, WIDE6 = 5192296858534827628530496329220096.0;
static const double WIDE4_ALL = 4 * 16777216.0, MOST4 = 3.9e9, MOST6 = 3e38;

enum { SHOWN = 120 };

void
check_found(const char *why, const char *path, unsigned long line, const char *text)
{
	static struct record r;
	char place[PATH_MAX + 32];

	snprintf(place, sizeof place, line > 0 ? "%s:%lu" : "%s", path, line);
	record_start(&r);
	record_addstr(&r, "why", why);
	record_addstr(&r, "rule", place);
	record_addstr(&r, "text", text);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
	fprintf(stderr, "relaycheck: %s: %s\n", place, text);
}

/* "WORD: text" */
static void
found_word(const struct conf *c, const char *why, const struct rule *w,
    const char *text)
{
	char word[SHOWN], all[2 * SHOWN + 200];

	conf_rule(word, sizeof word, c, w);
	snprintf(all, sizeof all, "%.*s: %s", (int)clean_line(word, strlen(word)), word, text);
	check_found(why, c->file[w->file].path, w->line, all);
}

/* In them are all IPv4 addresses: NAT64 (RFC 6052) and 6to4 (RFC 3056). */
static bool
holds_v4(const struct net *net)
{
	static const struct ipaddr NAT64 = { true, 0x0064ff9b00000000, 0 };
	static const struct ipaddr SIX_TO_FOUR = { true, 0x2002000000000000, 0 };

	return net->first.v6 && ((net->bits <= 96 && ipaddr_order(&net->first, &NAT64) <= 0 &&
	    ipaddr_order(&NAT64, &net->last) <= 0) || (net->bits <= 16 &&
	    ipaddr_order(&net->first, &SIX_TO_FOUR) <= 0 &&
	    ipaddr_order(&SIX_TO_FOUR, &net->last) <= 0));
}

/* Of a network that lets in what it has won: NULL, or why that is too much. */
static const char *
too_wide(const struct net *net, double won)
{
	if (won > (net->first.v6 ? MOST6 : MOST4))
		return "everybody may relay: this is an open relay";
	if (won > (net->first.v6 ? WIDE6 : WIDE4))
		return "a large part of the Internet may relay";
	return won > 0 && holds_v4(net) ? "by NAT64 or 6to4 all of IPv4 may relay" : NULL;
}

static unsigned long
check_network(const struct conf *c, size_t i, double won)
{
	const char *wide = too_wide(&c->internal.net[i], won);

	if (won == 0)
		found_word(c, "unreachable", &c->internal_rule.rule[i],
		    "is never the first that holds an address: what stands before it does");
	else if (wide != NULL && !c->internal_rule.rule[i].refuse)
		found_word(c, "open", &c->internal_rule.rule[i], wide);
	else
		return 0;
	return 1;
}

static unsigned long
check_networks(const struct conf *c)
{
	double *won = calloc(c->internal.n + 1, sizeof *won), all = 0;
	unsigned long count = 0, found;
	bool told = false;

	if (won == NULL)
		err(EXIT_RETRY, "the networks");
	nets_won(&c->internal, won);
	for (size_t i = 0; i < c->internal.n; i++) {
		bool in = !c->internal_rule.rule[i].refuse;

		found = check_network(c, i, won[i]);
		told |= found > 0 && in && won[i] > 0;
		count += found;
		all += in && !c->internal.net[i].first.v6 ? won[i] : 0;
	}
	free(won);
	if (told || all <= WIDE4_ALL)
		return count;
	check_found("open", c->file[0].path, 0,
	    "the networks of `internal' together are a large part of the Internet");
	return count + 1;
}

/* .com */
static bool
is_top(const struct rule *w, struct span name)
{
	return !w->refuse && w->below && memchr(name.p, '.', name.n) == NULL;
}

static unsigned long
check_domains(const struct conf *c)
{
	char word[SHOWN], text[SHOWN + 60];
	unsigned long count = 0;

	for (size_t i = 0; i < c->domain_rule.n; i++) {
		const struct rule *w = &c->domain_rule.rule[i];
		struct span name = domains_name(&c->domains, w);
		const struct rule *first = domains_first(&c->domains, name, w->below);

		if (first->index != w->index) {
			conf_rule(word, sizeof word, c, first);
			snprintf(text, sizeof text, "is never reached: %s answers before it", word);
			found_word(c, "unreachable", w, text);
			count++;
		}
		if (is_top(w, name)) {
			found_word(c, "open", w, "a whole top-level domain is ours");
			count++;
		}
	}
	return count;
}

static bool
has_ours(const struct conf *c)
{
	for (size_t i = 0; i < c->domain_rule.n; i++)
		if (!c->domain_rule.rule[i].refuse)
			return true;
	return c->self_rule.n > 0;
}

static unsigned long
check_names(const struct conf *c)
{
	const char *path = c->file[0].path;
	struct span host = { c->hostname, strlen(c->hostname) };
	const struct rule *word = domains_find(&c->domains, host);

	if (!has_ours(c)) {
		check_found("empty", path, 0, "nothing is ours by `domains' or `self'");
		return 1;
	}
	if (host.n == 0) {
		check_found("hostname", path, 0,
		    "no `hostname': where bare postmaster goes is not said");
		return 1;
	}
	if (word == NULL || word->refuse) {
		check_found("hostname", path, c->hostname_line,
		    "the hostname is none of the domains: mail to it is refused");
		return 1;
	}
	return 0;
}

unsigned long
check_conf(const struct conf *c)
{
	if (c->cut != NULL)
		check_found("cut", c->cut, 0, CONF_CUT);
	return (c->cut != NULL) + check_networks(c) + check_domains(c) + check_names(c);
}
