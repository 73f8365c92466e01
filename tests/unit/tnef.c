/* SPDX-License-Identifier: ISC */
#include "common/tnef.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(tnef, (void)0)

/* What is being built: a file, or a list of properties. */
struct built {
	char b[4096];
	size_t n;
};

static void
bytes(struct built *o, const void *p, size_t n)
{
	memcpy(o->b + o->n, p, n);
	o->n += n;
}

static void
number(struct built *o, unsigned long v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		o->b[o->n++] = (char)(v >> 8 * i);
}

static void
start(struct built *o)
{
	o->n = 0;
	number(o, 0x223e9f78, 4);
	number(o, 1, 2);
}

static void
attribute(struct built *o, unsigned long tag, const void *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ((const unsigned char *)p)[i];
	number(o, tag == 0x2800c || tag == 0x69003 ? 1 : 2, 1);
	number(o, tag, 4);
	number(o, n, 4);
	bytes(o, p, n);
	number(o, sum & 0xffff, 2);
}

static void
text(struct built *o, unsigned long tag, const char *s)
{
	attribute(o, tag, s, strlen(s));
}

/* A value with its length, padded. */
static void
value(struct built *o, const void *p, size_t n)
{
	number(o, n, 4);
	bytes(o, p, n);
	number(o, 0, (0 - n) & 3);
}

/* A property of one value that has a length. */
static void
property(struct built *o, unsigned long id, unsigned long type, const void *p,
    size_t n)
{
	number(o, type, 2);
	number(o, id, 2);
	number(o, 1, 4);
	value(o, p, n);
}

#define BODY 0x2800c
#define DATA 0x6800f
#define TITLE 0x18010
#define TRANSPORT 0x69001
#define RENDDATA 0x69002
#define MSGPROPS 0x69003
#define ATTACHMENT 0x69005

#define TELLS(o, want) told_is(run, (o)->b, (o)->n, want, sizeof want - 1)

static void
attachments(void)
{
	struct built o;

	start(&o);
	OK(TELLS(&o, ""));
	text(&o, BODY, "hello");
	attribute(&o, RENDDATA, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	attribute(&o, TITLE, "a.txt", 6);
	text(&o, DATA, "content");
	attribute(&o, RENDDATA, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	text(&o, DATA, "more");
	attribute(&o, TITLE, "b.exe\0.txt", 11);
	text(&o, TRANSPORT, "c.com");
	text(&o, 0x69006, "no such attribute");
	OK(TELLS(&o, "{hello}{(a.txt)content}"
	    "{more(b.exe\0.txt)(b.exe)(c.com)}"));
	/* no Renddata; two contents; nothing at all */
	start(&o);
	text(&o, TITLE, "a");
	text(&o, DATA, "one");
	text(&o, DATA, "two");
	text(&o, RENDDATA, "");
	text(&o, DATA, "");
	OK(TELLS(&o, "{(a)one}{(a)two}{}"));
	start(&o);
	text(&o, DATA, "one");
	OK(TELLS(&o, "{one}"));
	o.b[0] = 'X';
	OK(TELLS(&o, ""));
}

static void
broken(void)
{
	struct built o;

	start(&o);
	text(&o, RENDDATA, "");
	text(&o, TITLE, "a");
	text(&o, DATA, "content");
	o.n -= 4;
	OK(TELLS(&o, "{(a)conte}"));
	o.b[o.n - 6] = 1;	/* its length is 16 MiB or so */
	OK(TELLS(&o, "{(a)conte}"));
	o.b[o.n - 14] = 7;	/* the level does not matter */
	o.b[6 + 9] = 99;	/* nor does a check sum */
	OK(TELLS(&o, "{(a)conte}"));
	start(&o);
	text(&o, RENDDATA, "");
	text(&o, TITLE, "a");
	o.n -= 3;
	number(&o, 0xff, 1);
	OK(TELLS(&o, "{(\xff)}"));
}

/* Properties of every kind that are to be skipped. */
static void
skipped(struct built *p)
{
	static const unsigned char TYPE[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
	    0x07, 0x0a, 0x0b, 0x14, 0x40, 0x48 };
	static const unsigned char WIDTH[] = { 0, 4, 4, 4, 8, 8, 8, 4, 4, 8, 8, 16 };

	for (size_t i = 0; i < sizeof TYPE; i++) {
		number(p, TYPE[i], 2);
		number(p, 0x3701, 2);	/* a content, but of no use */
		for (size_t k = 0; k < WIDTH[i]; k++)
			number(p, 0x1e, 1);
		number(p, 0x1000U + TYPE[i], 2);
		number(p, 0x3701, 2);
		number(p, 3, 4);
		for (size_t k = 0; k < 3U * WIDTH[i]; k++)
			number(p, 0x37, 1);
	}
	/* named by a number, then by a string of 6 bytes */
	number(p, 0x8001001eUL, 4);
	bytes(p, "0123456789abcdef", 16);
	number(p, 0, 4);
	number(p, 0x3704001eUL, 4);
	number(p, 1, 4);
	value(p, "x", 1);
	number(p, 0x80020003UL, 4);
	bytes(p, "0123456789abcdef", 16);
	number(p, 1, 4);
	value(p, "a\0b\0c", 6);
	number(p, 0x3704001eUL, 4);
	/* several strings, and none */
	number(p, 0x3702101eUL, 4);
	number(p, 3, 4);
	value(p, "abcde", 5);
	value(p, "", 0);
	value(p, "abcd", 4);
	number(p, 0x37021102UL, 4);
	number(p, 0, 4);
}

static void
properties(void)
{
	struct built o, p = { .n = 0 };

	number(&p, 9, 4);	/* how many: not looked at */
	property(&p, 0x3707, 0x1f, "l\0o\0n\0g\0.\0\xac\x20=\xd8\x00\xde\0\0", 18);
	property(&p, 0x3704, 0x1e, "short", 6);
	skipped(&p);
	property(&p, 0x3703, 0x1e, ".exe", 5);
	property(&p, 0x3001, 0x1f, "\x3d\xd8x\0\0\xdc", 6);
	property(&p, 0x370c, 0x1e, "", 0);
	property(&p, 0x3701, 0x0d, "0123456789abcdefcontent", 23);
	property(&p, 0x3701, 0x102, "other", 5);
	start(&o);
	text(&o, RENDDATA, "");
	attribute(&o, ATTACHMENT, p.b, p.n);
	text(&o, RENDDATA, "");
	text(&o, TITLE, "next");
	OK(TELLS(&o, "{(long.\xe2\x82\xac\xf0\x9f\x98\x80)(short)(.exe)"
	    "(\xef\xbf\xbdx\xef\xbf\xbd)content}{(\xef\xbf\xbdx\xef\xbf\xbd)other}{(next)}"));

	/* several contents; a value longer than what it stands in */
	p.n = 0;
	number(&p, 2, 4);
	number(&p, 0x37011102UL, 4);
	number(&p, 7, 4);
	value(&p, "one", 3);
	value(&p, "two", 3);
	number(&p, 99, 4);
	bytes(&p, "three", 5);
	start(&o);
	attribute(&o, ATTACHMENT, p.b, p.n);
	text(&o, TITLE, "next");
	OK(TELLS(&o, "{one}{two}{three(next)}"));
}

/* The example of MS-OXRTFCP 3.1.1, and the one of 3.1.2 with its runs. */
static const char HELLO[] = "\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0"
    "rcpg125\x42\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
static const char RUNS[] = "\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04\x20"
    "WXYZ\x0d\x6e}\x01\x0e\xb0";

static void
bodies(void)
{
	struct built o, p = { .n = 0 };

	number(&p, 4, 4);
	property(&p, 0x1000, 0x1f, "\xe9\0\n\0", 4);
	property(&p, 0x1013, 0x102, "<p>", 3);
	property(&p, 0x1009, 0x102, HELLO, sizeof HELLO - 1);
	property(&p, 0x1009, 0x102, RUNS, sizeof RUNS - 1);
	property(&p, 0x1009, 0x102, "\0\0\0\0\0\0\0\0MELA\0\0\0\0{rtf}", 21);
	property(&p, 0x1009, 0x102, "0123456789abcdefghi", 19);
	property(&p, 0x1009, 0x102, "0123456789", 10);
	property(&p, 0x3704, 0x1e, "no name", 7);
	start(&o);
	text(&o, RENDDATA, "");
	attribute(&o, MSGPROPS, p.b, p.n);
	text(&o, TITLE, "a");
	OK(TELLS(&o, "{}{\xc3\xa9\n}{<p>}"
	    "{{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n}"
	    "{{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}}{{rtf}}{0123456789abcdefghi}{}{(a)}"));
}

int
main(void)
{
	attachments();
	broken();
	properties();
	bodies();
	return done();
}
