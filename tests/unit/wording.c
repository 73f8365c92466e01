/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/wording.c
#include "cmd/relayprobe/wording.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct answer
answer(int code, const char *text)
{
	struct answer a = { .verdict = REJECT, .stage = STAGE_RCPT, .code = code,
		.n = strlen(text) };

	memcpy(a.text, text, a.n);
	return a;
}

static bool
relaying(const char *text)
{
	struct answer a = answer(550, text);

	return wording_relaying(&a, "relay.x@relay.example");
}

static bool
alike(const char *text, const char *other)
{
	struct answer a = answer(550, text), b = answer(550, other);

	return wording_alike(&a, "a@b.example", &b, "c@d.example");
}

int
main(void)
{
	struct answer a = answer(530, "5.7.0 Must issue a STARTTLS command first"),
	    b = answer(530, "5.7.0 Authentication required");

	OK(relaying("5.7.1 <t@v.example>: Relay access denied"));
	OK(relaying("relay not permitted") && relaying("we do not relay"));
	OK(relaying("5.7.1 <t@v.example>... Relaying denied") && relaying("cannot relay."));
	OK(relaying("5.7.1 Unable to relay for relay.x@relay.example"));
	OK(!relaying("relay.x@relay.example rejected") && !relaying("<relay> rejected"));
	OK(!relaying("relay1.isp.example blocks you") && !relaying("mx.relay.example: no"));
	OK(!relaying("see relay-list") && !relaying("norelay") && !relaying("relay_x"));
	OK(!relaying("") && !relaying("rela") && relaying("relay"));
	OK(alike("5.7.1 <a@b.example>: no", "5.7.1 <c@d.example>: no"));
	OK(alike("a@b.example: no", "c@d.example: no") && alike("no", "no") && alike("", ""));
	OK(!alike("<a@b.example>: no user", "<c@d.example>: no relay"));
	OK(!alike("no", "no.") && alike("< no", "< no"));
	OK(wording_tls(&a) && !wording_login(&a));
	OK(!wording_tls(&b) && wording_login(&b));
	b.code = 550;
	OK(!wording_login(&b) && !wording_alike(&a, "x", &b, "x"));
	a = answer(556, "no");
	b = answer(550, "5.1.10 null MX");
	OK(wording_nullmx(&a) && wording_nullmx(&b));
	b = answer(550, "5.1.1");
	OK(!wording_nullmx(&b) && !wording_sender(&b));
	b.stage = STAGE_MAIL;
	a = answer(550, "5.1.8 <x@y>: Sender address rejected");
	OK(wording_sender(&a) && wording_sender(&b));
	return done();
}
