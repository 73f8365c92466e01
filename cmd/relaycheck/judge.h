/* SPDX-License-Identifier: ISC */
/*
 * May this client send to this recipient?  The eleven steps of relaycheck(1), of
 * which the first that answers does; the sender never grants anything.
 *
 * Pure.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "cmd/relaycheck/conf.h"

/* What is asked: octets as they came, the envelope's with or without their <>. */
struct question {
	struct span client;
	bool auth;
	struct span sender, rcpt;
	bool bare;		/* rcpt and sender are without quotes (mailbox.h) */
};

enum relay { RELAY_LOCAL, RELAY_RELAY, RELAY_REJECT, RELAY_TEMPFAIL };

/* Why, one each; what they are called, and their code, is relay_why's. */
enum why {
	WHY_BAD_CONFIG, WHY_CHANGING, WHY_BAD_CLIENT, WHY_BAD_LINE, WHY_LIMIT,
	WHY_SYNTAX, WHY_LENGTH, WHY_BAD_SENDER, WHY_UNQUALIFIED,
	WHY_QUOTED_ROUTE, WHY_BANG_ROUTE, WHY_PERCENT_ROUTE, WHY_SOURCE_ROUTE,
	WHY_RELAY_DENIED, WHY_MAPPING,
	WHY_POSTMASTER, WHY_PERCENT_HOP, WHY_ROUTE_STRIPPED, WHY_OWN_LITERAL,
	WHY_OUR_DOMAIN, WHY_AUTHENTICATED, WHY_INTERNAL,
	WHY_COUNT
};

struct answer {
	enum relay relay;
	enum why why;
	unsigned step;		/* of relaycheck(1) */
	const char *wrong;	/* with an address that is refused: what is wrong */
	bool inside;		/* the client is trusted */
	const struct rule *network;	/* that holds the client; */
	const struct rule *domain;	/* that matches its domain; */
	const struct rule *self;	/* its literal; NULL: none does */
	size_t ton;		/* the recipient as it is accepted; 0: it is not */
	char to[MAILBOX_TEXT];
};

void judge(const struct conf *c, const struct question *q, struct answer *a);

const char *relay_word(enum relay relay);

/* The word of why=, and the enhanced status code (RFC 3463) that goes with it. */
const char *why_word(enum why why);
const char *why_code(enum why why);

/* A sentence without anything of the sender's, for an SMTP reply. */
const char *why_text(enum why why);

/* The word of the configuration that decided, or NULL. */
const struct rule *answer_rule(const struct answer *a);

#endif
