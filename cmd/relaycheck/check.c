/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/check.h"
#include "common/clean.h"
#include "common/cli.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Wider than what anybody was ever given. */
enum { WIDE4 = 8, WIDE6 = 16 };

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

static unsigned long
check_wide(const struct conf *c)
{
	unsigned long count = 0;

	for (size_t i = 0; i < c->internal.n; i++) {
		const struct net *net = &c->internal.net[i];

		if (c->internal_rule.rule[i].refuse ||
		    net->bits >= (net->first.v6 ? WIDE6 : WIDE4))
			continue;
		found_word(c, "open", &c->internal_rule.rule[i], net->bits == 0 ?
		    "everybody may relay: this is an open relay" :
		    "a large part of the Internet may relay");
		count++;
	}
	return count;
}

static unsigned long
check_networks(const struct conf *c)
{
	bool *lives = calloc(c->internal.n + 1, sizeof *lives);
	unsigned long count = 0;

	if (lives == NULL)
		err(EXIT_RETRY, "the networks");
	nets_alive(&c->internal, lives);
	for (size_t i = 0; i < c->internal.n; i++) {
		if (lives[i])
			continue;
		found_word(c, "unreachable", &c->internal_rule.rule[i],
		    "is never the first that holds an address: what stands before it does");
		count++;
	}
	free(lives);
	return count;
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

static unsigned long
check_names(const struct conf *c)
{
	const char *path = c->file[0].path;
	struct span host = { c->hostname, strlen(c->hostname) };
	const struct rule *word = domains_find(&c->domains, host);

	if (c->domain_rule.n == 0 && c->self_rule.n == 0) {
		check_found("empty", path, 0, "nothing is ours: no `domains', no `self'");
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
	return check_wide(c) + check_networks(c) + check_domains(c) +
	    check_names(c);
}
