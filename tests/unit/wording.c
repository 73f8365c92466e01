/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/wording.c cmd/relayprobe/refused.c
#include "cmd/relayprobe/refused.h"
#include "tests/unit/tap.h"

#include <stdio.h>
#include <string.h>

static struct answer
answer(enum stage stage, int code, const char *text)
{
	struct answer a = { .verdict = code < 500 ? TEMPFAIL : REJECT, .stage = stage,
		.code = code, .from = "s@sender.example", .n = strlen(text) };

	memcpy(a.text, text, a.n);
	return a;
}

/* What real servers say. */
static const struct {
	enum refusal what;
	int code;
	const char *text;
} said[] = {
	/* Postfix */
	{ REFUSAL_RELAY, 554, "5.7.1 <t@v.example>: Relay access denied" },
	{ REFUSAL_RELAY, 454, "4.7.1 <t@v.example>: Relay access denied" },
	{ REFUSAL_ADDRESS, 501, "5.1.3 Bad recipient address syntax" },
	{ REFUSAL_ADDRESS, 550, "5.1.1 <t@v.example>: Recipient address rejected: "
	    "User unknown in local recipient table" },
	{ REFUSAL_DOMAIN, 550, "5.1.2 <t@v.example>: Recipient address rejected: "
	    "Domain not found" },
	{ REFUSAL_DOMAIN, 550, "5.1.1 <t@v.example>: Recipient address rejected: undeliverable "
	    "address: host mx.v.example[192.0.2.2] said: 554 Relay access denied" },
	{ REFUSAL_DOMAIN, 556, "5.1.10 <t@v.example>: Recipient address rejected: "
	    "Domain v.example does not accept mail (nullMX)" },
	{ REFUSAL_CLIENT, 554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied" },
	{ REFUSAL_CLIENT, 550, "5.7.1 <t@v.example>: Client host rejected: cannot find your "
	    "hostname, [192.0.2.1]" },
	{ REFUSAL_CLIENT, 554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked "
	    "using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1" },
	{ REFUSAL_CLIENT, 504, "5.5.2 <[192.0.2.1]>: Helo command rejected: need "
	    "fully-qualified hostname" },
	{ REFUSAL_CLIENT, 550, "5.7.1 Helo command rejected: Host not found; relaying denied" },
	{ REFUSAL_SENDER, 550, "5.1.8 <s@x.example>: Sender address rejected: Domain not found" },
	{ REFUSAL_SENDER, 554, "5.7.1 <s@x.example>: Sender address rejected: Access denied" },
	{ REFUSAL_TLS, 530, "5.7.0 Must issue a STARTTLS command first" },
	{ REFUSAL_TLS, 554, "5.7.1 <x>: Recipient address rejected: Session encryption is "
	    "required" },
	{ REFUSAL_UNKNOWN, 554, "5.7.1 <DATA>: Data command rejected: Access denied" },
	/* Exim */
	{ REFUSAL_RELAY, 550, "relay not permitted" },
	{ REFUSAL_ADDRESS, 550, "Restricted characters in address" },
	{ REFUSAL_ADDRESS, 501, "@mx.site.example,@v.example:t@v.example: malformed address" },
	{ REFUSAL_DOMAIN, 550, "Unrouteable address" },
	{ REFUSAL_DOMAIN, 550, "all relevant MX records point to non-existent hosts" },
	{ REFUSAL_DOMAIN, 550, "host lookup did not complete" },
	{ REFUSAL_LOGIN, 550, "authentication required" },
	{ REFUSAL_CLIENT, 550, "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)" },
	/* Sendmail */
	{ REFUSAL_RELAY, 550, "5.7.1 <t@v.example>... Relaying denied" },
	{ REFUSAL_RELAY, 550, "5.7.1 <t@v.example>... Relaying denied. IP name lookup failed "
	    "[192.0.2.1]" },
	{ REFUSAL_LOGIN, 550, "5.7.1 <t@v.example>... Relaying denied. Proper authentication "
	    "required." },
	{ REFUSAL_ADDRESS, 550, "5.1.1 <t@v.example>... User unknown" },
	{ REFUSAL_ADDRESS, 553, "5.1.3 <t@v.example>... Hostname lookup: illegal name" },
	{ REFUSAL_UNKNOWN, 450, "4.7.1 Relaying temporarily denied. Cannot resolve PTR record" },
	/* qmail, Exchange, OpenSMTPD, Courier, Domino, others */
	{ REFUSAL_RELAY, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
	{ REFUSAL_RELAY, 550, "5.7.1 Unable to relay" },
	{ REFUSAL_RELAY, 550, "5.7.1 Unable to relay for t@v.example" },
	{ REFUSAL_RELAY, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain" },
	{ REFUSAL_RELAY, 550, "5.7.64 TenantAttribution; Relay Access Denied" },
	{ REFUSAL_DOMAIN, 550, "5.4.1 Recipient address rejected: Access denied" },
	{ REFUSAL_ADDRESS, 550, "Invalid recipient" },
	{ REFUSAL_RELAY, 513, "Relaying denied." },
	{ REFUSAL_RELAY, 554, "Relay rejected for policy reasons." },
	{ REFUSAL_RELAY, 550, "t@v.example: you are not permitted to relay through this server" },
	{ REFUSAL_RELAY, 550, "not local host v.example, not a gateway" },
	{ REFUSAL_RELAY, 550, "No such domain at this location (t@v.example)" },
	{ REFUSAL_RELAY, 551, "User not local; please try elsewhere" },
	{ REFUSAL_RELAY, 550, "we do not relay" },
	{ REFUSAL_LOGIN, 530, "SMTP authentication is required." },
	{ REFUSAL_LOGIN, 530, "5.7.0 log in" },
	{ REFUSAL_LOGIN, 503, "This mail server requires authentication when attempting to send "
	    "to a non-local e-mail address. Please check your mail client settings" },
	{ REFUSAL_TLS, 523, "5.7.10 needed" },
	{ REFUSAL_TLS, 530, "5.5.1 Must use SSL" },
	{ REFUSAL_DOMAIN, 512, "5.1.2 Bad destination host" },
	{ REFUSAL_DOMAIN, 550, "domain v.example has no valid MX (null MX)" },
	/* Gmail, block lists */
	{ REFUSAL_CLIENT, 550, "5.7.1 [192.0.2.1] The IP you're using to send mail is not "
	    "authorized to send email directly to our servers. Please use the SMTP relay at your "
	    "service provider instead. 41be03b00d2f si1234.5 - gsmtp" },
	{ REFUSAL_CLIENT, 550, "5.7.1 [192.0.2.1] Our system has detected an unusual rate of "
	    "unsolicited mail originating from your IP address." },
	{ REFUSAL_SENDER, 550, "5.7.26 Unauthenticated email from x.example is not accepted due "
	    "to domain's DMARC policy." },
	{ REFUSAL_SENDER, 550, "5.7.515 Access denied, sending domain x.example does not pass "
	    "authentication requirements" },
	{ REFUSAL_SENDER, 550, "5.7.23 SPF fail" },
	{ REFUSAL_CLIENT, 550, "Mail from 192.0.2.1 refused, see RBL server "
	    "relays.mail-abuse.org (open relay)" },
	{ REFUSAL_CLIENT, 550, "5.7.1 Mail from dynamic IP rejected; use your ISP's mail relay" },
	{ REFUSAL_CLIENT, 550, "5.7.1 Your host is not permitted to relay: blocklisted" },
	{ REFUSAL_CLIENT, 550, "relaying denied for clients without PTR" },
	{ REFUSAL_CLIENT, 530, "5.7.1 Your host is listed in zen.spamhaus.org" },
	{ REFUSAL_CLIENT, 554, "5.7.1 You are banned. Relaying denied" },
	{ REFUSAL_CLIENT, 550, "go away, 192.0.2.1" },
	{ REFUSAL_CLIENT, 550, "go away, [192.0.2.1]" },
	/* the word within a name, or as advice, or alone */
	{ REFUSAL_UNKNOWN, 550, "relay.x@relay.example rejected" },
	{ REFUSAL_UNKNOWN, 550, "relay1.isp.example denied" },
	{ REFUSAL_UNKNOWN, 550, "not: see relay-list" },
	{ REFUSAL_UNKNOWN, 550, "please use the relay of your provider, denied" },
	{ REFUSAL_UNKNOWN, 550, "relay" },
	{ REFUSAL_UNKNOWN, 552, "disk full, cannot relay" },
	{ REFUSAL_UNKNOWN, 550, "5.7.1 Access denied" },
	{ REFUSAL_UNKNOWN, 550, "" },
	{ REFUSAL_UNKNOWN, 550, "<" },
};

static enum refusal
refusal(enum stage stage, int code, const char *text)
{
	struct answer a = answer(stage, code, text);
	const char *to = strstr(text, "relay.x@") != NULL ? "relay.x@relay.example" : "t@v.example";

	return wording_refusal(&a, to, "[192.0.2.1]");
}

static bool
alike(const char *text, const char *other)
{
	struct answer a = answer(STAGE_RCPT, 550, text), b = answer(STAGE_RCPT, 550, other);

	return wording_alike(&a, "a@b.example", &b, "c@d.example");
}

static struct refused r;
static struct form plain = { .name = "p", .to = "t@v.example", .plain = true };
static struct form odd = { .name = "o", .to = "t%v.example@site.example" };

/* The verdict, and why, of a form so refused. */
static bool
comes_to(struct form *f, enum stage stage, int code, const char *text, enum verdict v,
    const char *why)
{
	struct answer a = answer(stage, code, text);

	refused_add(&r, f, &a, "[192.0.2.1]");
	return a.verdict == v && (why == NULL ? a.why == NULL :
	    a.why != NULL && strcmp(a.why, why) == 0);
}

static void
test_refused(void)
{
	OK(refused_plain(&r) == NULL && refused_unclear(&r) == NULL);
	OK(comes_to(&plain, STAGE_RCPT, 550, "no", REJECT, NULL));
	OK(!r.login && !refused_shown(refused_plain(&r)) && refused_showable(refused_plain(&r)));
	OK(comes_to(&odd, STAGE_RCPT, 550, "no", REJECT, NULL) && refused_unclear(&r) == NULL);
	OK(comes_to(&odd, STAGE_RCPT, 550, "go away", REJECT, NULL));
	OK(refused_unclear(&r) != NULL);
	OK(comes_to(&plain, STAGE_RCPT, 550, "go away", REJECT, NULL));
	OK(refused_unclear(&r) == NULL);
	OK(comes_to(&plain, STAGE_RCPT, 454, "4.7.1 Relay access denied", REJECT, NULL));
	OK(refused_shown(refused_plain(&r)) && refused_plain(&r)->answer.code == 454);
	OK(comes_to(&plain, STAGE_RCPT, 450, "come again", TEMPFAIL, NULL));
	OK(comes_to(&plain, STAGE_RCPT, 550, "blocked", TEMPFAIL, "client"));
	OK(comes_to(&odd, STAGE_RCPT, 451, "TLS please", TEMPFAIL, "starttls"));
	OK(comes_to(&plain, STAGE_MAIL, 550, "who?", REJECT, NULL));
	OK(comes_to(&odd, STAGE_MAIL, 550, "who?", TEMPFAIL, "sender"));
	OK(comes_to(&plain, STAGE_RCPT, 550, "Unrouteable address", TEMPFAIL, "domain"));
	OK(comes_to(&odd, STAGE_RCPT, 550, "Unrouteable address", REJECT, NULL));
	OK(comes_to(&odd, STAGE_RCPT, 556, "no mail there", TEMPFAIL, "null-mx"));
	odd.foreign = true;
	OK(comes_to(&odd, STAGE_RCPT, 550, "Unrouteable address", TEMPFAIL, "domain"));
	memset(&r, 0, sizeof r);
	OK(comes_to(&plain, STAGE_MAIL, 530, "log in", REJECT, NULL) && r.login);
	OK(refused_shown(refused_plain(&r)));
	OK(comes_to(&odd, STAGE_RCPT, 550, "relay denied", REJECT, NULL) && !r.login);
}

int
main(void)
{
	struct answer a, b;

	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		enum refusal got = refusal(STAGE_RCPT, said[i].code, said[i].text);

		if (got != said[i].what)
			printf("# %d, not %d: %s\n", (int)got, (int)said[i].what, said[i].text);
		OK(got == said[i].what);
	}
	OK(refusal(STAGE_MAIL, 550, "no") == REFUSAL_SENDER);
	OK(refusal(STAGE_MAIL, 550, "relaying denied") == REFUSAL_RELAY);

	OK(alike("5.7.1 <a@b.example>: no", "5.7.1 <c@d.example>: no"));
	OK(alike("a@b.example: no", "c@d.example: no") && alike("no", "no") && alike("", ""));
	OK(alike("no 12ab34 beefcafe si1.5 end", "no 77 deadbeef si99.123 end"));
	OK(!alike("<a@b.example>: no user", "<c@d.example>: no relay"));
	OK(!alike("no", "never") && alike("< no", "< no"));
	OK(!alike("5.7.1 no", "5.1.1 no") && !alike("no facade", "no decency"));
	a = answer(STAGE_RCPT, 530, "no");
	b = answer(STAGE_RCPT, 550, "no");
	OK(!wording_alike(&a, "x", &b, "x"));

	a = answer(STAGE_RCPT, 556, "no");
	b = answer(STAGE_RCPT, 550, "5.1.10 null MX");
	OK(wording_nullmx(&a) && wording_nullmx(&b));
	a = answer(STAGE_RCPT, 550, "5.1.8 <x@y>: Sender address rejected");
	b = answer(STAGE_RCPT, 550, "5.1.1");
	OK(!wording_nullmx(&b) && !wording_sender(&b) && wording_sender(&a));
	b.stage = STAGE_MAIL;
	OK(wording_sender(&b));

	/* A text that is all there is room for. */
	a.n = sizeof a.text;
	memset(a.text, 'x', a.n);
	OK(wording_refusal(&a, "t@v.example", "") == REFUSAL_UNKNOWN);
	for (size_t i = 0; i < a.n; i += 2)
		a.text[i] = ' ';
	OK(wording_refusal(&a, "t@v.example", "") == REFUSAL_UNKNOWN);
	test_refused();
	return done();
}
