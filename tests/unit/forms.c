/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/forms.c cmd/relayprobe/target.c
#include "cmd/relayprobe/forms.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct form list[FORMS_MAX];

static struct span
span(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static const struct form *
find(size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static bool
is(size_t n, const char *name, const char *from, const char *to)
{
	const struct form *f = find(n, name);

	return f != NULL && strcmp(f->from, from) == 0 && strcmp(f->to, to) == 0;
}

static size_t
twins(size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			found += (strcmp(list[i].from, list[k].from) == 0 &&
			    strcmp(list[i].to, list[k].to) == 0) ||
			    strcmp(list[i].name, list[k].name) == 0;
	return found;
}

/* Of a server mta01.company.com at 203.0.113.25. */
static void
all(void)
{
	const struct forms_of of = { .from = "s@sender.example", .to = "t@victim.example",
		.name = "mta01.company.com", .literal = "[203.0.113.25]",
		.address = "203.0.113.25" };
	size_t n = forms_make(&of, list);

	OK(n == 51 && twins(n) == 0);
	OK(is(n, "nmap-1", "", "t@victim.example"));
	OK(is(n, "nmap-2", "s@sender.example", "t@victim.example"));
	OK(is(n, "nmap-4", "s@[203.0.113.25]", "t@victim.example"));
	OK(is(n, "nmap-6", "s@[203.0.113.25]", "t%victim.example@mta01.company.com"));
	OK(is(n, "nmap-8", "s@[203.0.113.25]", "\"t%victim.example\""));
	OK(is(n, "nmap-10", "s@[203.0.113.25]", "\"t@victim.example\"@[203.0.113.25]"));
	OK(is(n, "nmap-12", "s@[203.0.113.25]", "@[203.0.113.25]:t@victim.example"));
	OK(is(n, "nmap-14", "s@[203.0.113.25]", "victim.example!t"));
	OK(is(n, "nmap-16", "s@[203.0.113.25]", "victim.example!t@mta01.company.com"));
	OK(is(n, "maps-word", "s", "t@victim.example"));
	OK(is(n, "maps-nosuch", "s@nosuch.company.com", "t@victim.example"));
	OK(is(n, "percent-parent", "s@sender.example", "t%victim.example@company.com"));
	OK(is(n, "quoted-backslash", "s@sender.example", "\"t\\@victim.example\"@mta01.company.com"));
	OK(is(n, "route-two", "s@sender.example", "@mta01.company.com,@company.com:t@victim.example"));
	OK(is(n, "dot", "s@sender.example", "t@victim.example."));
	OK(find(n, "nmap-1")->plain && find(n, "nmap-1")->foreign);
	OK(!find(n, "nmap-12")->plain && find(n, "nmap-12")->foreign);
	OK(!find(n, "nmap-6")->foreign && !find(n, "nmap-14")->foreign);
	OK(!find(n, "nmap-10")->foreign && !find(n, "nmap-7")->foreign);
	OK(!find(n, "nmap-11")->foreign && find(n, "dot")->foreign);
	OK(!find(n, "bang-null")->foreign && find(n, "route-semicolon")->vague);
}

/* What is not known is left out. */
static void
some(void)
{
	struct forms_of of = { .from = "s@victim.example", .to = "s@victim.example",
		.literal = "[IPv6:2001:db8::25]" };
	size_t n = forms_make(&of, list);

	OK(n > 10 && twins(n) == 0 && find(n, "nmap-3") == NULL && find(n, "maps-parent") == NULL);
	OK(find(n, "maps-recipient") == NULL);	/* is nmap-2 here */
	OK(is(n, "nmap-5", "s@[IPv6:2001:db8::25]", "s%victim.example@[IPv6:2001:db8::25]"));
	of.name = "company.com";
	n = forms_make(&of, list);
	OK(find(n, "nmap-3") != NULL && find(n, "maps-parent") == NULL);
}

/* A server that is named, greets and takes mail under different names. */
static void
several(void)
{
	struct forms_of of = { .from = "s@sender.example", .to = "t@victim.example",
		.name = "mx.company.com", .greeted = "exch.corp.local",
		.literal = "[203.0.113.25]", .address = "203.0.113.25" };
	size_t n = forms_make(&of, list), more;

	OK(n > 51 && twins(n) == 0);
	OK(is(n, "percent-parent", "s@sender.example", "t%victim.example@company.com"));
	OK(is(n, "percent-parent.greeted", "s@sender.example", "t%victim.example@corp.local"));
	OK(is(n, "nmap-6.greeted", "s@[203.0.113.25]", "t%victim.example@exch.corp.local"));
	OK(find(n, "nmap-2.greeted") == NULL && find(n, "nmap-5.greeted") == NULL);
	of.greeted = "MX.company.COM";
	OK(forms_make(&of, list) == 51);
	of.name = NULL;
	OK(forms_make(&of, list) == 51);
	of.mail[0] = "company.com";
	of.mail[1] = "company.com";
	n = forms_make(&of, list);
	OK(n > 51 && twins(n) == 0);
	OK(is(n, "nmap-11.mail1", "s@[203.0.113.25]", "t@victim.example@company.com"));
	OK(find(n, "percent-parent.mail1") == NULL && find(n, "nmap-11.mail2") == NULL);
	of.name = "a.b.example";
	of.greeted = "c.d.example";
	of.mail[0] = "m1.example", of.mail[1] = "m2.example", of.mail[2] = "m3.example";
	of.mail[3] = "m4.example", of.mail[4] = "m5.example", of.mail[5] = "m6.example";
	of.mail[6] = "m7.example", of.mail[7] = "m8.example";
	more = forms_make(&of, list);
	OK(more < FORMS_MAX && twins(more) == 0);
	OK(is(more, "nmap-3.mail8", "s@m8.example", "t@victim.example"));
}

/* The longest that there can be still fit a command, or are left out. */
static void
longest(void)
{
	static char from[400], to[400], name[TARGET_HOSTMAX + 1];
	const struct forms_of of = { .from = from, .to = to, .name = name, .greeted = name,
		.mail = { name }, .literal = "[203.0.113.25]", .address = "203.0.113.25" };
	size_t n;

	for (size_t i = 0; i < TARGET_HOSTMAX; i++)
		name[i] = i % 50 == 49 ? '.' : 'a';
	name[TARGET_HOSTMAX - 1] = 'z';
	memset(from, 'f', 64);
	from[64] = '@';
	memcpy(from + 65, name, sizeof name);
	memcpy(to, from, sizeof to);
	OK(target_name(span(name)) && forms_foreign(from));
	n = forms_make(&of, list);
	OK(n > 20);
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i].from) > FORMS_ADDRESSMAX || strlen(list[i].to) > FORMS_ADDRESSMAX)
			OK(false);
	from[64] = 'f';
	from[65] = '@';
	memcpy(from + 66, name, sizeof name);
	OK(!forms_foreign(from));
}

static void
domains(void)
{
	OK(strcmp(forms_domain("a@b"), "b") == 0);
	OK(strcmp(forms_domain("a@b@c"), "c") == 0);
	OK(strcmp(forms_domain("\"a@b\"@c"), "c") == 0);
	OK(strcmp(forms_domain("\"a\\\"@b\"@c"), "c") == 0);
	OK(strcmp(forms_domain("@a,@b:c@d"), "d") == 0);
	OK(strcmp(forms_domain("a@"), "") == 0);
	OK(forms_domain("a") == NULL && forms_domain("") == NULL);
	OK(forms_domain("\"a@b\"") == NULL && forms_domain("a\\@b") == NULL);
	OK(forms_own("mx.a.example", "a.example") && forms_own("a.example", "b.A.example"));
	OK(forms_own("a.example", "a.example") && !forms_own("xa.example", "a.example"));
	OK(!forms_own("mx.a.example", "b.example") && !forms_own(NULL, "b.example"));
	OK(forms_foreign("a.b+c@d.example") && !forms_foreign("a@b") && !forms_foreign("@b.example"));
	OK(!forms_foreign("a b@c.example") && !forms_foreign("\"a\"@c.example"));
	OK(!forms_foreign("a@b.example.") && !forms_foreign("a..b@c.example"));
	OK(!forms_foreign("a@b@c.example") && !forms_foreign(".a@c.example"));
	OK(!forms_foreign("a@[192.0.2.1]") && !forms_foreign("a@192.0.2.1"));
}

static bool
target(const char *text, const char *host, const char *port, bool literal)
{
	struct target t;

	return target_parse(&t, span(text)) && strcmp(t.host, host) == 0 &&
	    strcmp(t.port, port) == 0 && t.literal == literal;
}

static void
targets(void)
{
	static const char *const bad[] = { "", ":25", "a:", "a:0", "a:65536", "a:025", "a:2x",
		"a b", "a..b", ".a", "a..", ".", "-a", "a-.b", "[a]", "[::1", "[::1]25", "[::1]:",
		"[192.0.2.1", "[a]", "1.2.3.4.", "fe80::1%lo", "::1:::2", "a/b", "a@b", "256.1.1.1", "1.2.3", "a\tb", "[]", "a:25:25" };
	char host[TARGET_HOSTMAX + 1] = "as it was";
	struct target t;

	OK(target("mx.example", "mx.example", "25", false));
	OK(target("mx:2525", "mx", "2525", false) && target("my_host.x", "my_host.x", "25", false));
	OK(target("192.0.2.1", "192.0.2.1", "25", true));
	OK(target("mx.example.", "mx.example", "25", false));
	OK(target("mx.example.:26", "mx.example", "26", false));
	OK(target("[192.0.2.1]", "192.0.2.1", "25", true));
	OK(target("[192.0.2.1]:26", "192.0.2.1", "26", true));
	OK(target("192.0.2.1:587", "192.0.2.1", "587", true));
	OK(target("::1", "::1", "25", true) && target("[2001:db8::1]", "2001:db8::1", "25", true));
	OK(target("[2001:db8::1]:65535", "2001:db8::1", "65535", true));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (target_parse(&t, span(bad[i])))
			printf("# %s\n", bad[i]), tap_failed++;
	OK(!target_parse(&t, (struct span){ "a\0b", 3 }));
	OK(target_said(host, span("mx.a.example ESMTP x")) && strcmp(host, "mx.a.example") == 0);
	OK(target_said(host, span("mx2.a.example")) && strcmp(host, "mx2.a.example") == 0);
	OK(!target_said(host, span("a.b\">\r ESMTP")) && strcmp(host, "mx2.a.example") == 0);
	OK(!target_said(host, span("localhost ESMTP")) && !target_said(host, span("")));
	OK(!target_said(host, span("192.0.2.1 x")) && !target_said(host, span("[192.0.2.1] x")));
	OK(!target_said(host, span(" mx.a.example")) && !target_said(host, span("a.b\t x")));
	OK(!target_said(host, (struct span){ "a.b\0c x", 7 }));
}

int
main(void)
{
	all();
	some();
	several();
	longest();
	domains();
	targets();
	return done();
}
