/* SPDX-License-Identifier: ISC */
// with: cmd/mimesplit/candidates.c cmd/mimesplit/boundary.c
#include "cmd/mimesplit/candidates.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct candidates c;

static bool
told(const char *want)
{
	for (size_t i = 0; i < c.count; i++)
		if (c.one[i].n == strlen(want) &&
		    memcmp(c.bytes + c.one[i].at, want, c.one[i].n) == 0)
			return true;
	return false;
}

static bool
first(const char *want)
{
	return c.count > 0 && c.one[0].n == strlen(want) &&
	    memcmp(c.bytes, want, c.one[0].n) == 0;
}

static bool
read_boundary(struct span field)
{
	bool plain;

	boundary_candidates(&c, field, &plain);
	return plain;
}

#define BOUNDARY(text) \
	read_boundary((struct span){ "multipart/mixed; " text, sizeof text + 16 })

/* One reading, and every client's. */
#define PLAIN(text, want) \
	OK(BOUNDARY(text) && c.count == 1 && first(want) && !c.full)
/* More than one: the most usual one, and another. */
#define READ(text, want, other) \
	OK(!BOUNDARY(text) && first(want) && told(other) && !c.full)

static void
plain_boundaries(void)
{
	PLAIN("boundary=foo", "foo");
	PLAIN("BOUNDARY=foo;", "foo");
	PLAIN("charset=x; boundary=----=_Part", "----=_Part");
	PLAIN("boundary=\"=_alternative 00_=\"; type=\"text/html\"", "=_alternative 00_=");
	PLAIN("\n\tboundary=\"Boundary_(ID_a)\"\n ; x=y", "Boundary_(ID_a)");
	PLAIN("boundary=--boundary_1", "--boundary_1");
	PLAIN("boundary=\"--Boundary-00=_A\"; x=y", "--Boundary-00=_A");
}

static void
quoting(void)
{
	READ("boundary=\"fo\\\"o\"", "fo\"o", "fo\\\"o");
	OK(told("fo\\") && told("fo"));
	READ("boundary=\"f\\oo\"", "foo", "f\\oo");
	READ("boundary=f\\oo", "f\\oo", "foo");
	READ("boundary=\"foo", "foo", "\"foo");
	READ("boundary=\"foo bar", "foo bar", "foo");
	READ("boundary=\"foo;bar\"", "foo;bar", "foo");
	READ("boundary=\"foo,bar\"; boundary=foo", "foo,bar", "foo");
	READ("boundary=\"foo\"bar", "foo", "foobar");
	READ("boundary=\"foo\" bar", "foo", "foo bar");
	READ("boundary='foo'", "'foo'", "foo");
	READ("boundary=\"'foo'\"", "'foo'", "foo");
	READ("boundary=foo\"bar", "foo\"bar", "foo");
	READ("boundary=\"\"foo\"\"", "", "foo");
	READ("boundary=foo\vbar", "foo\vbar", "foo");
	READ("boundary=\"foo \"", "foo ", "foo");
	READ("boundary=\" foo\"", " foo", "foo");
	READ("boundary=\"\"", "", "\"\"");
	OK(!BOUNDARY("boundary=") && c.count == 1 && first(""));
}

static void
around(void)
{
	READ("boundary=foo bar", "foo", "foo bar");
	READ("boundary=foo,bar", "foo,bar", "foo");
	READ("boundary=foo[bar", "foo[bar", "foo");
	OK(!BOUNDARY("boundary = foo") && first("foo"));
	OK(!BOUNDARY("boundary=foo(x)") && first("foo") && told("foo(x)"));
	OK(!BOUNDARY("boundary=(x)foo") && first("foo") && told("(x)foo"));
	OK(!BOUNDARY("boundary=fo(x)o") && first("fo") && told("foo"));
	OK(!BOUNDARY("boun(x)dary=foo") && first("foo"));
	OK(!BOUNDARY("bound\n ary=foo") && first("foo"));
	OK(!BOUNDARY("boundary\n =\n foo") && first("foo"));
	OK(!BOUNDARY("boundary=\"foo\n bar\"") && first("foo bar") && told("foobar"));
	OK(!BOUNDARY("boundary=foo\n bar") && first("foo") && told("foobar"));
	OK(!BOUNDARY("boun\0dary=foo") && first("foo"));
	OK(!BOUNDARY("boundary=foo\0bar") && told("foo") && told("foobar"));
	READ("boundary==?us-ascii?Q?foo?=", "=?us-ascii?Q?foo?=", "foo");
	OK(!BOUNDARY("=?us-ascii?Q?boundary=3Dfoo?=") && told("foo"));
}

static void
several(void)
{
	READ("boundary=foo; boundary=bar", "foo", "bar");
	READ("x=\"; boundary=foo\"; boundary=bar", "bar", "foo");
	READ("x=\"; boundary=foo", "foo", "foo");
	READ("(boundary=foo) boundary=bar", "bar", "foo");
	READ("xboundary=foo; boundary=bar", "bar", "foo");
	OK(!BOUNDARY("boundary-x=foo") && first("foo"));
	OK(!BOUNDARY("x, boundary=foo") && first("foo"));
	OK(!BOUNDARY("x boundary=foo") && first("foo"));
	OK(!BOUNDARY("charset=utf-8") && c.count == 0);
	OK(!BOUNDARY("boundary") && c.count == 0);
	OK(!read_boundary((struct span){ "", 0 }) && c.count == 0);
	OK(!read_boundary((struct span){ "boundary=foo", 12 }) && first("foo"));
}

static void
extended(void)
{
	READ("boundary*=us-ascii'en'f%6fo", "foo", "us-ascii'en'f%6fo");
	READ("boundary*=f%6fo", "foo", "f%6fo");
	READ("boundary=f%6fo", "f%6fo", "foo");
	READ("boundary*0=foo; boundary*1=bar", "foobar", "foo");
	READ("boundary*1=bar; boundary*0=foo", "foobar", "barfoo");
	READ("boundary*0*=us-ascii''f%6fo; boundary*1=%62", "foo%62", "foob");
	READ("boundary*0=foo; boundary*2=bar", "foobar", "foo");
	READ("boundary*0=foo; boundary*0=bar", "foo", "bar");
	READ("boundary=x; boundary*0=foo; boundary*1=bar", "x", "foobar");
}

static bool
read_type(struct span field)
{
	bool plain;

	type_candidates(&c, field, &plain);
	return plain;
}

#define TYPE(text) read_type((struct span){ text, sizeof text - 1 })

static void
types(void)
{
	OK(TYPE(" Text/HTML ; charset=x") && c.count == 1 && first("text/html"));
	OK(TYPE("multipart/mixed\n ; boundary=x") && first("multipart/mixed"));
	OK(!TYPE("") && c.count == 1 && first("text/plain"));
	OK(!TYPE("boundary=x") && first("text/plain") && told("multipart/mixed"));
	OK(!TYPE("multipart; boundary=x") && first("multipart") && told("multipart/mixed"));
	OK(!TYPE("multipart/mixed, boundary=x") && first("multipart/mixed"));
	OK(!TYPE("multipart/mixed= ; x") && first("multipart/mixed"));
	OK(!TYPE("multipart/mixed boundary=x") && first("multipart/mixed"));
	OK(!TYPE("multipart / mixed") && first("multipart/mixed"));
	OK(!TYPE("multi part/mixed") && told("multipart/mixed"));
	OK(!TYPE("\"multipart/mixed\"") && first("multipart/mixed"));
	OK(!TYPE("\"multipart\"/\"mixed\"") && told("multipart/mixed"));
	OK(!TYPE("; multipart/mixed") && first("multipart/mixed"));
	OK(!TYPE("(a/b) multipart/mixed") && first("multipart/mixed"));
	OK(!TYPE("multi(x)part/mixed") && first("multipart/mixed"));
	OK(!TYPE("multi\0part/mixed") && told("multipart/mixed"));
	OK(!TYPE("multi\n part/mixed") && told("multipart/mixed"));
	OK(!TYPE("text/plain (multipart/mixed)") && first("text/plain"));
	OK(told("multipart/mixed"));
	OK(!TYPE("text/html, message/rfc822") && first("text/html"));
	OK(told("message/rfc822") && told("text/plain"));
	OK(!TYPE("=?us-ascii?Q?multipart/mixed?=; x") && told("multipart/mixed"));
	OK(!TYPE("=?us-ascii?B?bXVsdGlwYXJ0L21peGVk?=; x") && told("multipart/mixed"));
}

static unsigned
read_coding(struct span field, const char *want, bool odd)
{
	const char *name;
	bool plain;
	unsigned bits = coding_candidates(field, &name, &plain);

	if (plain == odd || (bits & CODING_UNKNOWN) == (plain ? CODING_UNKNOWN : 0) ||
	    (want == NULL ? name != NULL : name == NULL || strcmp(name, want) != 0))
		return 0;
	return bits & ~(unsigned)CODING_UNKNOWN;
}

#define CODING(text, want, odd) \
	read_coding((struct span){ text, sizeof text - 1 }, want, odd)
#define ODDLY(text, want) CODING(text, want, true)

static void
codings(void)
{
	OK(CODING(" Base64 ", "base64", false) == CODING_BASE64);
	OK(CODING("quoted-printable\n ", "quoted-printable", false) == CODING_QP);
	OK(CODING("8BIT", "8bit", false) == CODING_NONE);
	OK(CODING("uue", "x-uuencode", false) == CODING_UU);
	OK(CODING("x-yenc", "x-yenc", false) == CODING_YENC);
	OK(CODING("mac-binhex40", "x-binhex40", false) == CODING_BINHEX);
	OK(ODDLY("\"base64\"", "base64") == CODING_BASE64);
	OK(ODDLY("base64; x=y", "base64") == CODING_BASE64);
	OK(ODDLY("(7bit) base64", "base64") == (CODING_BASE64 | CODING_NONE));
	OK(ODDLY("7bit (base64)", "7bit") == (CODING_BASE64 | CODING_NONE));
	OK(ODDLY("base64, 7bit", "base64") == (CODING_BASE64 | CODING_NONE));
	OK(ODDLY("base 64", "base64") == CODING_BASE64);
	OK(ODDLY("ba(64)se\0 \n 64", "base64") == CODING_BASE64);
	OK(ODDLY("quoted_printable", "quoted-printable") == CODING_QP);
	OK(ODDLY("=?x?Q?base=36=34?=", "base64") == CODING_BASE64);
	OK(ODDLY("junk x-uuencode junk", "x-uuencode") == CODING_UU);
	OK(ODDLY("", NULL) == 0);
	OK(ODDLY("gzip", NULL) == 0);
}

static void
limits(void)
{
	char field[16384] = "multipart/mixed; boundary=";
	size_t n = sizeof "multipart/mixed; boundary=" - 1;

	memset(field + n, 'x', CANDIDATE_MAX);
	OK(read_boundary((struct span){ field, n + 70 }) && c.count == 1);
	OK(!read_boundary((struct span){ field, n + 71 }) && c.count == 2 &&
	    c.one[0].n == 71 && c.one[1].n == 70);
	OK(!read_boundary((struct span){ field, n + CANDIDATE_MAX }) && !c.full &&
	    c.one[0].n == CANDIDATE_MAX);
	field[n + CANDIDATE_MAX] = 'x';
	OK(!read_boundary((struct span){ field, n + CANDIDATE_MAX + 1 }) && c.full);
	n = 0;
	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(field + n, sizeof field - n, "; boundary=b%d", i);
	OK(!read_boundary((struct span){ field, n }) && c.full &&
	    c.count == CANDIDATES && first("b0") && told("b15"));
}

int
main(void)
{
	plain_boundaries();
	quoting();
	around();
	several();
	extended();
	types();
	codings();
	limits();
	return done();
}
