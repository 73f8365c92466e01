/* SPDX-License-Identifier: ISC */
#include "common/smtp.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct span
span(const char *s)
{
	struct span v = { s, strlen(s) };

	return v;
}

static long
reply(const char *s, struct smtp_reply *r)
{
	return smtp_reply(s, strlen(s), r);
}

static void
replies(void)
{
	struct smtp_reply r;
	char text[32];

	OK(reply("250 ok\r\n", &r) == 8 && r.code == 250);
	OK(smtp_reply_text(&r, text, sizeof text) == 2 && memcmp(text, "ok", 2) == 0);
	OK(reply("250\r\n", &r) == 5 && smtp_reply_text(&r, text, sizeof text) == 0);
	OK(reply("354 go\n250 early\n", &r) == 7 && r.code == 354);
	OK(reply("550-a b\r\n550-\r\n550 c\r\nrest", &r) == 22);
	OK(smtp_reply_text(&r, text, sizeof text) == 6 && memcmp(text, "a b  c", 6) == 0);
	OK(smtp_reply_text(&r, text, 2) == 2);
	OK(reply("", &r) == 0);
	OK(reply("25", &r) == 0);
	OK(reply("250 ok", &r) == 0);
	OK(reply("250-ok\r\n", &r) == 0);
	OK(reply("250-ok\r\n251 ok\r\n", &r) == -1);
	OK(reply("250-ok\r\nok\r\n", &r) == -1);
	OK(reply("\r\n", &r) == -1);
	OK(reply("25\r\n", &r) == -1);
	OK(reply("2500 ok\r\n", &r) == -1);
	OK(reply("250_ok\r\n", &r) == -1);
	OK(reply("150 ok\r\n", &r) == -1);
	OK(reply("650 ok\r\n", &r) == -1);
	OK(reply(" 250 ok\r\n", &r) == -1);
	OK(reply("HTTP/1.1 200 OK\r\n", &r) == -1);
}

static void
offers(void)
{
	struct smtp_reply r;
	struct smtp_offer o;

	reply("250-PIPELINING\r\n250-SIZE 100\r\n250-8bitmime\r\n250-SMTPUTF8X\r\n"
	    "250 XFORWARD NAME addr PROTO  HELO SOURCE\r\n", &r);
	smtp_offer(&r, &o);
	OK(!o.pipelining);		/* the first line is the server's name */
	OK(o.size && o.eightbit && !o.utf8);
	OK(o.xforward == (SMTP_XF_NAME | SMTP_XF_ADDR | SMTP_XF_HELO | SMTP_XF_SOURCE));
	reply("250 SMTPUTF8\r\n", &r);
	smtp_offer(&r, &o);
	OK(!o.utf8);
	reply("250-x\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n", &r);
	smtp_offer(&r, &o);
	OK(o.utf8 && o.pipelining && !o.size && o.xforward == 0);
}

static void
addresses(void)
{
	static char big[SMTP_ADDRESSMAX + 1];
	struct span a = { big, sizeof big };

	OK(smtp_address(span("")));
	OK(smtp_address(span("a@b.example")));
	OK(smtp_address(span("$(id)|`x`*@b")));
	OK(smtp_address(span("gr\xc3\xbc\xc3\x9f""e@b")));
	OK(smtp_address(span("\"a b<c>\\\"\"@d")));
	OK(smtp_address(span("@a,@b:c@d")));
	OK(!smtp_address(span("a b@c")));
	OK(!smtp_address(span("a>b@c")));
	OK(!smtp_address(span("<a@c")));
	OK(!smtp_address(span("a@b> SIZE=1")));
	OK(!smtp_address(span("a@b>\r\nRCPT TO:<x@y")));
	OK(!smtp_address(span("\"a\nb\"@c")));
	OK(!smtp_address(span("\"a\\\nb\"@c")));
	OK(!smtp_address(span("\"a@b")));
	OK(!smtp_address(span("a\\>b")));
	OK(!smtp_address(span("a\\")));
	OK(!smtp_address(span("a\x7f@b")));
	memset(big, 'a', sizeof big);
	OK(!smtp_address(a));
	a.n--;
	OK(smtp_address(a));
	a.p = "a\0b";
	a.n = 3;
	OK(!smtp_address(a));
}

static void
xtext(void)
{
	char to[SMTP_VALUEMAX], big[200];
	struct span v = { big, sizeof big };

	OK(smtp_xtext(to, span("a+b= c\n")) == 15 &&
	    memcmp(to, "a+2Bb+3D+20c+0A", 15) == 0);
	memset(big, '\n', sizeof big);
	OK(smtp_xtext(to, v) == 255 && memcmp(to + 252, "+0A", 3) == 0);
	big[0] = 'x';
	OK(smtp_xtext(to, v) == 253);
}

/* Is what the wire sees of the n bytes in, given in pieces of step, this? */
static bool
wire(const char *in, size_t n, size_t step, const char *want, size_t wantlen)
{
	struct smtp_stuff s = { 0 }, counted = { 0 };
	char out[256];
	size_t len = 0;

	for (size_t i = 0; i < n; i += step)
		len += smtp_stuff(&s, in + i, n - i < step ? n - i : step, out + len);
	len += smtp_stuff_end(&s, out + len);
	smtp_stuff(&counted, in, n, NULL);
	smtp_stuff_end(&counted, NULL);
	return len == wantlen && memcmp(out, want, len) == 0 &&
	    s.taken == n && counted.size == s.size;
}

#define WIRE(in, want) \
	(wire(in, sizeof in - 1, 1, want, sizeof want - 1) && \
	wire(in, sizeof in - 1, 2, want, sizeof want - 1) && \
	wire(in, sizeof in - 1, 100, want, sizeof want - 1))

static void
stuffing(void)
{
	struct smtp_stuff s = { 0 };

	OK(WIRE("", ".\r\n"));
	OK(WIRE("a\nb\n", "a\r\nb\r\n.\r\n"));
	OK(WIRE("a\r\nb\r\n", "a\r\nb\r\n.\r\n"));
	OK(WIRE("a", "a\r\n.\r\n"));
	OK(WIRE(".", "..\r\n.\r\n"));
	OK(WIRE("\n.\n", "\r\n..\r\n.\r\n"));
	OK(WIRE("a\n.\r\nQUIT\r\n", "a\r\n..\r\nQUIT\r\n.\r\n"));
	OK(WIRE("a\r\n.\nQUIT\r\n", "a\r\n..\r\nQUIT\r\n.\r\n"));
	OK(WIRE("a\r.\rb", "a\r.\rb\r\n.\r\n"));
	OK(WIRE("a\r\r\n.\r", "a\r\r\n..\r\r\n.\r\n"));
	OK(WIRE("..a.\n", "...a.\r\n.\r\n"));
	OK(WIRE("a\0b\xff\n", "a\0b\xff\r\n.\r\n"));
	OK(WIRE("\r", "\r\r\n.\r\n"));
	smtp_stuff(&s, "a\n.b\xe9", 5, NULL);
	smtp_stuff_end(&s, NULL);
	OK(s.size == 8 && s.eightbit);
	OK(!smtp_8bit("a\x7f", 2) && smtp_8bit("a\x80", 2) && !smtp_8bit("", 0));
}

int
main(void)
{
	replies();
	offers();
	addresses();
	xtext();
	stuffing();
	return done();
}
