/* SPDX-License-Identifier: ISC */
// with: cmd/relaycheck/mailbox.c
/* Addresses of the envelope: what is one, and that what is printed is read again. */
#include "cmd/relaycheck/mailbox.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* "STATE PRINTED" */
static const char *
parsed(enum mailbox_state state, const struct mailbox *m)
{
	static char to[MAILBOX_TEXT + 16];
	size_t n;

	if (state == MAILBOX_SYNTAX)
		return "syntax";
	if (state == MAILBOX_LONG)
		return "long";
	n = mailbox_print(to, m);
	to[n] = '\0';
	return to;
}

static const char *
wire(const char *text)
{
	struct mailbox m;

	return parsed(mailbox_parse(&m, span(text)), &m);
}

static const char *
bare(const char *text)
{
	struct mailbox m;

	return parsed(mailbox_parse_bare(&m, span(text)), &m);
}

#define IS(got, want) OK(strcmp(got, want) == 0)

static void
forms(void)
{
	IS(wire("joe@example.com"), "joe@example.com");
	IS(wire("<joe@example.com>"), "joe@example.com");
	IS(wire("Joe.X+y@EXAMPLE.Com"), "Joe.X+y@example.com");
	IS(wire("joe"), "joe");
	IS(wire("\"joe\"@example.com"), "joe@example.com");
	IS(wire("\"a b\"@example.com"), "\"a b\"@example.com");
	IS(wire("\"a\\b\\\"c\\\\\"@example.com"), "\"ab\\\"c\\\\\"@example.com");
	IS(wire("\"\"@example.com"), "\"\"@example.com");
	IS(wire("\"a@b\"@example.com"), "\"a@b\"@example.com");
	IS(wire("@a.example,@b.example:joe@example.com"), "joe@example.com");
	IS(wire("@a.example:\"@b:c\"@d"), "\"@b:c\"@d");
	IS(wire("joe@[192.0.2.1]"), "joe@[192.0.2.1]");
	IS(wire("joe@[IPV6:2001:DB8:0:0::1]"), "joe@[IPv6:2001:db8::1]");
	IS(wire("joe@[IPv6:::ffff:192.0.2.1]"), "joe@[IPv6:::ffff:192.0.2.1]");
	IS(wire("joe@[IPv6:::1:2]"), "joe@[IPv6:::1:2]");
	IS(wire("joe@[IPv6:::192.0.2.1]"), "joe@[IPv6:::c000:201]");
	IS(wire("joe@[IPv6:::]"), "joe@[IPv6:::]");
	IS(wire("joe@[IPv6:::1]"), "joe@[IPv6:::1]");
	IS(wire("j\xc3\xb6@b\xc3\xbc" "cher.example"), "j\xc3\xb6@xn--bcher-kva.example");
	IS(wire("j@B\xc3\x9c" "CHER.example"), "j@xn--bcher-kva.example");
	IS(wire("j@1.a2"), "j@1.a2");
	IS(wire("j@a--b.example"), "j@a--b.example");
}

static void
refused(void)
{
	static const char *const BAD[] = {
		"", "<>", "@", "@@", "a@", "@b", "@b@", "a@b@c", "a b@c", "a@b c", "a@ b",
		" a@b", "a@b ", "<a@b", "a@b>", "<<a@b>>", "a..b@c", ".a@b", "a.@b", "a(c)@b",
		"a,b@c", "a;b@c", "a:b@c", "a[@b", "a\\@b", "\"a@b", "\"a\"x@b", "x\"a\"@b",
		"\"a\\\"@b", "\"a\"b", "a@b.", "a@.b", "a@b..c", "a@-b", "a@b-", "a@b_c", "a@b:25",
		"a@1.2.3.4", "a@1", "a@[1.2.3]", "a@[1.2.3.4", "a@[1.2.3.04]", "a@[1.2.3.4].b",
		"a@[::1]", "a@[IPv6:1.2.3.4]", "a@[IPv6:]", "a@[x:1]", "a@[]", "a@[ 1.2.3.4]",
		"@a:", "@a,b:c@d", "@a,:c@d", "@:c@d", "@a;c@d", "@[1.2.3.4]:c@d", "@a:@b:c@d",
		"@a b:c@d", "a\x7f@b", "a@b\n", "\"a\tb\"@c", "a\xff@b", "a\xc0\x80@b",
		"a\xed\xa0\x80@b", "a@b\xef\xbd\x83", "a@b\xe3\x80\x82" "c", "a@xn--\xc3\xbc",
		"a@-\xc3\xbc", "a@\xc3\xbc-", "a@\xe2\x84\xaa" "b", "a@\xc4\xb0", "a@u\xcc\x88",
		"\"a\\\xc3\xbc\"@b",
	};

	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		if (strcmp(wire(BAD[i]), "syntax") != 0)
			printf("# %s\n", BAD[i]);
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		IS(wire(BAD[i]), "syntax");
}

/* n times c, then `end'. */
static const char *
run(size_t n, char c, const char *end)
{
	static char to[8192];

	memset(to, c, n);
	snprintf(to + n, sizeof to - n, "%s", end);
	return to;
}

static void
lengths(void)
{
	char text[1024], domain[300];
	struct mailbox m;

	OK(strlen(wire(run(252, 'a', "@b"))) == 254);
	IS(wire(run(253, 'a', "@b")), "long");
	snprintf(text, sizeof text, "a@%s", run(63, 'b', ".c"));
	OK(strlen(wire(text)) == 67);
	snprintf(text, sizeof text, "a@%s", run(64, 'b', ".c"));
	IS(wire(text), "long");
	snprintf(text, sizeof text, "a b@%s", run(64, 'b', ".c"));
	IS(wire(text), "syntax");
	snprintf(text, sizeof text, "a@%s", run(64, 'b', "_.c"));
	IS(wire(text), "syntax");
	domain[0] = '\0';
	for (int i = 0; i < 126; i++)
		strncat(domain, "a.", 3);
	strncat(domain, "b", 2);
	OK(strlen(domain) == 253);
	snprintf(text, sizeof text, "j@%s", domain);
	IS(wire(text), "long");
	OK(mailbox_domain(text, &m.domainn, span(domain), NULL) == MAILBOX_GOOD);
	strncat(domain, "b", 2);
	OK(mailbox_domain(text, &m.domainn, span(domain), NULL) == MAILBOX_LONG);
	/* 64 times u umlaut: a U-label, and too long as an A-label */
	snprintf(text, sizeof text, "a@");
	for (int i = 0; i < 64; i++)
		strncat(text, "\xc3\xbc", 3);
	IS(wire(text), "long");
	IS(wire(run(300, 'a', "")), "long");
}

static void
marks(void)
{
	struct mailbox m;

	OK(mailbox_parse(&m, span("\"a@b\"@c")) == MAILBOX_GOOD && m.at && m.quoted &&
	    !m.percent && !m.bang && !m.route && m.host == MAILBOX_NAME);
	OK(mailbox_parse(&m, span("a%b!c@d")) == MAILBOX_GOOD && !m.at && !m.quoted &&
	    m.percent && m.bang);
	OK(mailbox_parse(&m, span("\"a\\%b\"@c")) == MAILBOX_GOOD && m.percent);
	OK(mailbox_parse(&m, span("@x:a@b")) == MAILBOX_GOOD && m.route);
	OK(mailbox_parse(&m, span("a")) == MAILBOX_GOOD && m.host == MAILBOX_NONE);
	OK(mailbox_parse(&m, span("a@[192.0.2.1]")) == MAILBOX_GOOD &&
	    m.host == MAILBOX_LITERAL && m.literal.lo == 0xc0000201 && !m.literal.v6);
	OK(mailbox_parse(&m, (struct span){ "a\0@b", 4 }) == MAILBOX_SYNTAX);
	OK(mailbox_parse(&m, (struct span){ "a@b\0", 4 }) == MAILBOX_SYNTAX);
	OK(mailbox_parse(&m, (struct span){ NULL, 0 }) == MAILBOX_SYNTAX);
	OK(mailbox_parse(&m, span("\"a\" b")) == MAILBOX_SYNTAX && m.wrong != NULL);
}

/* As Postfix has them. */
static void
without_quotes(void)
{
	IS(bare("joe@example.com"), "joe@example.com");
	IS(bare("joe blow@example.com"), "\"joe blow\"@example.com");
	IS(bare("joe@x@example.com"), "\"joe@x\"@example.com");
	IS(bare("@a:joe@example.com"), "\"@a:joe\"@example.com");
	IS(bare("a\"b\\@example.com"), "\"a\\\"b\\\\\"@example.com");
	IS(bare("@example.com"), "\"\"@example.com");
	IS(bare("joe@"), "syntax");
	IS(bare("joe\n@a"), "syntax");
	IS(bare(""), "syntax");
	IS(bare("<a@b>"), "syntax");
	IS(bare("postmaster"), "postmaster");
	OK(strlen(bare(run(125, '"', "@b"))) == 254);
	IS(bare(run(126, '"', "@b")), "long");
	OK(strlen(bare(run(252, 'a', "@b"))) == 254);
	IS(bare(run(253, 'a', "@b")), "long");
}

/* --- random addresses from the grammar ----------------------------------------------- */

static unsigned long long seed = 20021126;

static unsigned
random_below(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

static const char ATEXT[] = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'*+-/=?^_`{|}~";

static size_t
random_atom(char *to)
{
	unsigned n = 1 + random_below(8);
	size_t at = 0;

	while (n-- > 0)
		if (random_below(10) == 0) {
			memcpy(to + at, "\xc3\xa4", 2);
			at += 2;
		} else
			to[at++] = ATEXT[random_below(sizeof ATEXT - 1)];
	return at;
}

/* A dot-string. */
static size_t
random_dots(char *to)
{
	size_t at = random_atom(to);

	for (unsigned n = random_below(4); n > 0; n--) {
		to[at++] = '.';
		at += random_atom(to + at);
	}
	return at;
}

/* A quoted string into `to', the text that it is into `text'. */
static size_t
random_quoted(char *to, char *text, size_t *textn)
{
	size_t at = 0;

	*textn = 0;
	to[at++] = '"';
	for (unsigned n = random_below(12); n > 0; n--) {
		char c = (char)(32 + random_below(95));

		if (c == '"' || c == '\\' || random_below(6) == 0)
			to[at++] = '\\';
		to[at++] = c;
		text[(*textn)++] = c;
	}
	to[at++] = '"';
	return at;
}

static size_t
random_domain(char *to)
{
	static const char LDH[] = "abcdefghijklmnopqrstuvwxyzABC0123456789-";
	size_t at = 0;

	for (unsigned labels = 1 + random_below(4); labels > 0; labels--) {
		unsigned n = random_below(10);

		if (random_below(8) == 0) {
			memcpy(to + at, "\xc3\xb6" "a\xc3\xbc", 5);
			at += 5;
		} else {
			to[at++] = LDH[random_below(29)];
			while (n-- > 0)
				to[at++] = LDH[random_below(sizeof LDH - 1)];
			to[at++] = LDH[random_below(sizeof LDH - 2)];
		}
		to[at++] = '.';
	}
	return at - 1;
}

static size_t
random_host(char *to)
{
	switch (random_below(5)) {
	case 0:
		return (size_t)sprintf(to, "[%u.%u.%u.%u]", random_below(256),
		    random_below(256), random_below(256), random_below(256));
	case 1:
		return (size_t)sprintf(to, "[IPv6:%x:%x::%X:%x]", random_below(65536),
		    random_below(3), random_below(65536), random_below(65536));
	default:
		return random_domain(to);
	}
}

/* Is it read as it was made, printed, and read as the same again? */
static bool
survives(void)
{
	char text[1024], local[64], again[MAILBOX_TEXT], twice[MAILBOX_TEXT];
	struct mailbox m, b, c;
	size_t n = 0, localn, printed, start;
	bool route = random_below(6) == 0, quoted = random_below(2) == 0;

	if (route) {
		text[n++] = '@';
		n += random_domain(text + n);
		text[n++] = ':';
	}
	start = n;
	n += quoted ? random_quoted(text + n, local, &localn) : random_dots(text + n);
	if (!quoted) {
		localn = n - start;
		memcpy(local, text + start, localn);
	}
	text[n++] = '@';
	n += random_host(text + n);
	if (mailbox_parse(&m, (struct span){ text, n }) != MAILBOX_GOOD ||
	    m.route != route || m.quoted != quoted ||
	    m.localn != localn || memcmp(m.local, local, localn) != 0) {
		printf("# %.*s: %s\n", (int)n, text, m.wrong == NULL ? "other" : m.wrong);
		return false;
	}
	printed = mailbox_print(again, &m);
	if (mailbox_parse(&b, (struct span){ again, printed }) != MAILBOX_GOOD ||
	    b.route || b.host != m.host || b.localn != localn ||
	    memcmp(b.local, local, localn) != 0 || strcmp(b.domain, m.domain) != 0)
		return false;
	n = localn;
	memcpy(text, local, n);
	n += (size_t)sprintf(text + n, "@%s", m.domain);
	if (mailbox_parse_bare(&c, (struct span){ text, n }) != MAILBOX_GOOD)
		return false;
	return mailbox_print(twice, &b) == printed && memcmp(twice, again, printed) == 0 &&
	    mailbox_print(twice, &c) == printed && memcmp(twice, again, printed) == 0;
}

static void
random_addresses(void)
{
	unsigned good = 0, count = 20000;

	for (unsigned i = 0; i < count; i++)
		good += survives();
	OK(good == count);
}

/* --- client addresses ------------------------------------------------------------------ */

static const char *
client(const char *text)
{
	static char to[IPADDR_TEXT];
	struct ipaddr a;

	if (!ipaddr_client(&a, span(text)))
		return "none";
	ipaddr_text(to, &a);
	return to;
}

static void
clients(void)
{
	static const char *const BAD[] = { "", "unknown", "1.2.3", "1.2.3.4.5", "01.2.3.4",
	    "1.2.3.256", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/24", "[1.2.3.4]", "0x1.2.3.4",
	    "1.2.3.4%eth0", ":::1", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "fe80::1%",
	    "fe80::1% ", "fe80::1%a/b", "[::1]", "::1/128", "::ffff:1.2.3.04", "%eth0",
	    "1.2.3.-4", "1,2.3.4", "+1.2.3.4" };

	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
		IS(client(BAD[i]), "none");
	IS(client("1.2.3.4"), "1.2.3.4");
	IS(client("::ffff:1.2.3.4"), "1.2.3.4");
	IS(client("::FFFF:0102:0304%eth0"), "1.2.3.4");
	IS(client("fe80::1%eth0"), "fe80::1");
	IS(client("2001:0DB8::0:1"), "2001:db8::1");
	IS(client("::ffff:0:1.2.3.4"), "::ffff:0:102:304");
	IS(client("1:0:0:2:0:0:0:3"), "1:0:0:2::3");
	IS(client("1:0:2:3:4:5:6:7"), "1:0:2:3:4:5:6:7");
}

int
main(void)
{
	forms();
	refused();
	lengths();
	marks();
	without_quotes();
	random_addresses();
	clients();
	return done();
}
