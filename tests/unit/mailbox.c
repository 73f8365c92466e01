/* SPDX-License-Identifier: ISC */
// with: cmd/notice/address.c
#include "cmd/notice/address.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct address a;

static bool
reads(const char *text, const char *name, const char *spec)
{
	return address_parse(&a, text) && strcmp(a.name, name) == 0 &&
	    strcmp(a.spec, spec) == 0;
}

static bool
msgid(const char *text, const char *want)
{
	char to[32];

	return msgid_parse(to, sizeof to, text) ? want != NULL &&
	    strcmp(to, want) == 0 : want == NULL;
}

int
main(void)
{
	char longest[ADDRESS_MAX + 2];

	OK(reads("a@b.c", "", "a@b.c"));
	OK(reads("postmaster", "", "postmaster"));
	OK(reads("The Gateway <a@b.c>", "The Gateway", "a@b.c"));
	OK(reads("\"The Gateway\" <a@b.c>", "The Gateway", "a@b.c"));
	OK(reads("<a@b.c>", "", "a@b.c"));
	OK(reads("a@[192.0.2.1]", "", "a@[192.0.2.1]"));
	OK(reads("j\xc3\xb6rg@b\xc3\xbc.de", "", "j\xc3\xb6rg@b\xc3\xbc.de"));
	/* What the MTA hands over without its quotes. */
	OK(reads("a b@c.d", "", "\"a b\"@c.d"));
	OK(reads("a,b@c.d", "", "\"a,b\"@c.d"));
	OK(reads("a@b, c@d", "", "\"a@b, c\"@d"));
	OK(reads("a@b@c.d", "", "\"a@b\"@c.d"));
	OK(reads("a\"b\\@c.d", "", "\"a\\\"b\\\\\"@c.d"));
	OK(reads(".a@c.d", "", "\".a\"@c.d"));
	OK(reads("\"a b\"@c.d", "", "\"a b\"@c.d"));
	OK(reads("-f@c.d", "", "-f@c.d"));

	OK(!address_parse(&a, ""));
	OK(!address_parse(&a, "@c.d"));
	OK(!address_parse(&a, "a@"));
	OK(!address_parse(&a, "a@b\nBcc: c"));
	OK(!address_parse(&a, "a\rb@c.d"));
	OK(!address_parse(&a, "a\tb@c.d"));
	OK(!address_parse(&a, "a@b>"));
	OK(!address_parse(&a, "a\xe9@b.c"));
	OK(!address_parse(&a, "a\xe2\x80\xae@b.c"));
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	OK(!address_parse(&a, longest));
	OK(address_parse(&a, longest + 1));

	OK(msgid("<1@h>", "1@h"));
	OK(msgid("1@h", NULL));
	OK(msgid("<>", NULL));
	OK(msgid("<@h>", NULL));
	OK(msgid("<1@>", NULL));
	OK(msgid("<1@h> <2@h>", NULL));
	OK(msgid("<1@h\n>", NULL));
	OK(msgid("<12345678901234567890123456789012@h>", NULL));
	return done();
}
