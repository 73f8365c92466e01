/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/judge.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *word, *code, *text;
} WHY[WHY_COUNT] = {
	[WHY_BAD_CONFIG] = { "bad-config", "4.3.5", "the rules for relaying cannot be read" },
	[WHY_CHANGING] = { "changing", "4.3.5", "the rules for relaying are being changed" },
	[WHY_BAD_CLIENT] = { "bad-client", "4.3.5", "the address of the client cannot be read" },
	[WHY_BAD_LINE] = { "bad-line", "4.3.5", "the question cannot be read" },
	[WHY_LIMIT] = { "limit", "4.3.5", "the mapping tables come to no end" },
	[WHY_SYNTAX] = { "syntax", "5.1.3", "bad recipient address" },
	[WHY_LENGTH] = { "length", "5.1.3", "recipient address too long" },
	[WHY_BAD_SENDER] = { "bad-sender", "5.1.7", "bad sender address" },
	[WHY_UNQUALIFIED] = { "unqualified", "5.1.3", "recipient address without a domain" },
	[WHY_QUOTED_ROUTE] = { "quoted-route", "5.7.1", "no relaying by quoted addresses" },
	[WHY_BANG_ROUTE] = { "bang-route", "5.7.1", "no relaying by ! in an address" },
	[WHY_PERCENT_ROUTE] = { "percent-route", "5.7.1", "no relaying by % in an address" },
	[WHY_SOURCE_ROUTE] = { "source-route", "5.7.1", "no relaying by source routes" },
	[WHY_RELAY_DENIED] = { "relay-denied", "5.7.1", "relaying denied" },
	[WHY_MAPPING] = { "mapping", "5.7.1", "relaying denied" },
	[WHY_POSTMASTER] = { "postmaster", "2.1.5", "" },
	[WHY_PERCENT_HOP] = { "percent-hop-ours", "2.1.5", "" },
	[WHY_ROUTE_STRIPPED] = { "source-route-stripped", "2.1.5", "" },
	[WHY_OWN_LITERAL] = { "own-literal", "2.1.5", "" },
	[WHY_OUR_DOMAIN] = { "our-domain", "2.1.5", "" },
	[WHY_AUTHENTICATED] = { "authenticated", "2.1.5", "" },
	[WHY_INTERNAL] = { "client-internal", "2.1.5", "" },
};

const char *
why_word(enum why why)
{
	return WHY[why].word;
}

const char *
why_code(enum why why)
{
	return WHY[why].code;
}

const char *
why_text(enum why why)
{
	return WHY[why].text;
}

const char *
relay_word(enum relay relay)
{
	static const char *const WORD[] = { "local", "relay", "reject", "tempfail" };

	return WORD[relay];
}

static bool
answer(struct answer *a, unsigned step, enum relay relay, enum why why)
{
	a->step = step;
	a->relay = relay;
	a->why = why;
	return true;
}

/* --- who, and whose ------------------------------------------------------------------ */

static bool
find_client(const struct conf *c, const struct question *q, struct answer *a)
{
	struct ipaddr client;
	uint32_t network;

	if (!ipaddr_client(&client, q->client))
		return false;
	network = nets_find(&c->internal, &client);
	if (network != NETS_NONE)
		a->network = &c->internal_rule.rule[network];
	a->inside = q->auth || (a->network != NULL && !a->network->refuse);
	return true;
}

static bool
is_our_domain(const struct conf *c, struct span name, const struct rule **word)
{
	*word = domains_find(&c->domains, name);
	return *word != NULL && !(*word)->refuse;
}

static bool
is_ours(const struct conf *c, const struct mailbox *m, struct answer *a)
{
	if (m->host == MAILBOX_LITERAL)
		return (a->self = conf_self(c, &m->literal)) != NULL;
	return is_our_domain(c, (struct span){ m->domain, m->domainn }, &a->domain);
}

/* --- the steps, by their number in relaycheck(1) ----------------------------------------- */

/* 5 */
static void
no_domain(const struct conf *c, const struct mailbox *m, struct answer *a)
{
	static const char bare[] = "postmaster";
	struct span local = { m->local, m->localn };

	if (!m->route && !m->quoted && m->localn == sizeof bare - 1 &&
	    strncasecmp(m->local, bare, m->localn) == 0) {
		local.p = bare;
		a->ton = mailbox_put(a->to, local,
		    (struct span){ c->hostname, strlen(c->hostname) });
		answer(a, 5, RELAY_LOCAL, WHY_POSTMASTER);
	} else
		answer(a, 5, RELAY_REJECT,
		    m->quoted && (m->at || m->percent || m->bang) ? WHY_QUOTED_ROUTE :
		    m->bang ? WHY_BANG_ROUTE : m->percent ? WHY_PERCENT_ROUTE :
		    WHY_UNQUALIFIED);
}

/* 7 */
static void
not_ours(const struct question *q, const struct mailbox *m, struct answer *a)
{
	if (!a->inside) {
		answer(a, 7, RELAY_REJECT, m->route ? WHY_SOURCE_ROUTE : WHY_RELAY_DENIED);
		return;
	}
	a->ton = mailbox_print(a->to, m);
	answer(a, 7, RELAY_RELAY, q->auth ? WHY_AUTHENTICATED : WHY_INTERNAL);
}

/* 8: every % leads to a domain of ours; the leftmost is where it goes. */
static bool
our_hops(const struct conf *c, const struct mailbox *m, struct answer *a)
{
	const char *percent = memchr(m->local, '%', m->localn);
	char name[MAILBOX_DOMAIN + 1], first[MAILBOX_DOMAIN + 1];
	size_t user = percent == NULL ? 0 : (size_t)(percent - m->local);
	const struct rule *word;
	size_t n, firstn = 0;

	if (m->quoted || m->bang || user == 0)
		return false;
	for (size_t at = user + 1, end; at <= m->localn; at = end + 1) {
		const char *next = memchr(m->local + at, '%', m->localn - at);

		end = next == NULL ? m->localn : (size_t)(next - m->local);
		if (mailbox_domain(name, &n, (struct span){ m->local + at, end - at },
		    NULL) != MAILBOX_GOOD ||
		    !is_our_domain(c, (struct span){ name, n }, &word))
			return false;
		if (firstn == 0) {
			memcpy(first, name, n);
			firstn = n;
			a->domain = word;
		}
	}
	a->ton = mailbox_put(a->to, (struct span){ m->local, user },
	    (struct span){ first, firstn });
	return answer(a, 8, RELAY_LOCAL, WHY_PERCENT_HOP);
}

/* 9 */
static bool
hidden_route(const struct mailbox *m, struct answer *a)
{
	if (m->quoted && (m->at || m->percent || m->bang))
		return answer(a, 9, RELAY_REJECT, WHY_QUOTED_ROUTE);
	if (m->bang)
		return answer(a, 9, RELAY_REJECT, WHY_BANG_ROUTE);
	if (m->percent)
		return answer(a, 9, RELAY_REJECT, WHY_PERCENT_ROUTE);
	return false;
}

/* 8 to 10 */
static void
ours(const struct conf *c, const struct mailbox *m, struct answer *a)
{
	const struct rule *domain = a->domain;

	if (m->percent && our_hops(c, m, a))
		return;
	a->domain = domain;
	if (!a->inside && hidden_route(m, a))
		return;
	a->ton = mailbox_print(a->to, m);
	answer(a, 10, RELAY_LOCAL, m->route ? WHY_ROUTE_STRIPPED :
	    m->host == MAILBOX_LITERAL ? WHY_OWN_LITERAL : WHY_OUR_DOMAIN);
}

/* 3 to 10 */
static void
judge_rcpt(const struct conf *c, const struct question *q, struct answer *a)
{
	struct mailbox m;
	enum mailbox_state state = q->bare ? mailbox_parse_bare(&m, q->rcpt) :
	    mailbox_parse(&m, q->rcpt);

	a->wrong = m.wrong;
	if (state == MAILBOX_SYNTAX)
		answer(a, 3, RELAY_REJECT, WHY_SYNTAX);
	else if (state == MAILBOX_LONG)
		answer(a, 4, RELAY_REJECT, WHY_LENGTH);
	else if (m.host == MAILBOX_NONE)
		no_domain(c, &m, a);
	else if (!is_ours(c, &m, a))
		not_ours(q, &m, a);
	else
		ours(c, &m, a);
}

/* 11: the null sender is good; no length is too much (VERP). */
static void
judge_sender(const struct question *q, struct answer *a)
{
	struct span s = q->sender;
	struct mailbox m;
	enum mailbox_state state;

	if (s.n == 0 || (s.n == 2 && memcmp(s.p, "<>", 2) == 0))
		return;
	state = q->bare ? mailbox_parse_bare(&m, s) : mailbox_parse(&m, s);
	if (state != MAILBOX_SYNTAX && m.host != MAILBOX_NONE)
		return;
	a->wrong = state == MAILBOX_SYNTAX ? m.wrong : "it has no domain";
	a->ton = 0;
	answer(a, 11, RELAY_REJECT, WHY_BAD_SENDER);
}

void
judge(const struct conf *c, const struct question *q, struct answer *a)
{
	a->wrong = NULL;
	a->inside = false;
	a->network = a->domain = a->self = NULL;
	a->ton = 0;
	if (!find_client(c, q, a)) {
		answer(a, 2, RELAY_TEMPFAIL, WHY_BAD_CLIENT);
		return;
	}
	judge_rcpt(c, q, a);
	if (a->relay == RELAY_LOCAL || a->relay == RELAY_RELAY)
		judge_sender(q, a);
}

const struct rule *
answer_rule(const struct answer *a)
{
	switch (a->why) {
	case WHY_INTERNAL:
		return a->network;
	case WHY_RELAY_DENIED:
	case WHY_OUR_DOMAIN:
	case WHY_PERCENT_HOP:
	case WHY_ROUTE_STRIPPED:
	case WHY_OWN_LITERAL:
		/* the network: a ! before that of a client who is outside for it */
		return a->self != NULL ? a->self : a->domain != NULL ? a->domain : a->network;
	default:
		return NULL;
	}
}
