/* SPDX-License-Identifier: ISC */
#include "common/datauri.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(datauri, (void)0)

static bool
tells(const char *in, const char *want)
{
	return told_is(run, in, strlen(in), want, strlen(want));
}

/* Where it is found, and where it ends. */
static void
places(void)
{
	OK(tells("<img src=\"data:image/png;base64,aGVsbG8=\">x", "{hello}"));
	OK(tells("<img src='data:,it is \"here\">'>x", "{it is \"here\">}"));
	OK(tells("<img src = DATA:text/plain,hello%20x y>", "{hello x}"));
	OK(tells("<img src=data:text/html,<b>x", ""));
	OK(tells("<img src=data:text/html,<body\nx=y>", "{<body}"));
	OK(tells("<p style=\"background: url( data:,a'bcd) no\">x", "{a'bcd}"));
	OK(tells("url('data:,a(b)c;d')", "{a(b)c;d}"));
	OK(tells("url(&quot;data:,ab\"cd&quot;)e\"", "{ab\"cd}"));
	OK(tells("<a>data:text/plain,hello</a>", "{hello}"));
	OK(tells("see <data:text/plain,hello>.", "{hello}"));
	OK(tells("<meta content=\"0; url=data:text/html,<b>x > y</b>\"><b>",
	    "{<b>x > y</b>}"));
	OK(tells("<img srcset=\"data:;base64,aGVsbG8= 1x, data:;base64,aGVsbG8= 2x\">",
	    "{hello\xd7\x17\x5a\xb5}{hello\xdb}"));
	OK(tells("<p x='data:,a page with \"data:,a page\" in it'",
	    "{a page with \"data:,a page\" in it}"));
	/* where the quote may be one that was left open, both */
	OK(tells("'data:,a page with \"data:,a page\" in it' \"data:,next\"",
	    "{a page with \"data}{a page}{\" in it}{next}"));
	OK(tells("\"data:,</p><p x='data:,a\"b>c'><meta y=\"0;url=data:,a b>\"",
	    "{</p><p x='data}{a\"b>c}{'><meta y=}{a b>}"));
	OK(tells("data:text/plain,hello", "{hello}"));
}

static void
none(void)
{
	OK(tells("", ""));
	OK(tells("the data: it is, as we said, data:1,234", ""));
	OK(tells("{data:[1,2,3], data:foo,bar:1} metadata:/,hello", ""));
	OK(tells("<a href=\"data:\"><a href=\"data:,\"><a href=\"data:;base64,\">", ""));
	OK(tells("<a href='data:,abc'><a href='data:;base64,YWJj'>", ""));
	OK(tells("<a href='data:text/plain'>hello, you", ""));
	OK(tells("data", ""));
	OK(tells("\"data:text/plain,%", ""));
}

static void
base64(void)
{
	OK(tells("'data:;base64,aGVs\r\n bG8'", "{hello}"));
	OK(tells("'data:;base64,aGVsbG8%3D'", "{hello}"));
	OK(tells("'data:;base64,%61GVs%62G8'", "{hello}"));
	OK(tells("'data:;BASE64 ,____-___'", "{\xff\xff\xff\xfb\xff\xff}"));
	OK(tells("'data:; base64,++++////'", "{\xfb\xef\xbe\xff\xff\xff}"));
	OK(tells("'data:;base64,aGVs*bG8#x'", "{hello}"));
	OK(tells("'data:a/b;base64;x=y,aGVsbG8='", "{hello}"));
	OK(tells("'data:a/b;base64;x=y,aGVsbG8<b>hi'", "{hello}{<b>hi}"));
	OK(tells("'data:base64,aGVsbG8='", "{aGVsbG8=}"));
	OK(tells("(data:;base64,aGVsbG8='data:;base64,aGVsbG8='",
	    "{hello\x75\xab\x5a}{hello}"));
	OK(tells("<a>data:;base64,aGVs\nbG8= x", "{hello}"));
}

/* What the file would be saved as. */
static void
downloads(void)
{
	OK(tells("<a href='data:,hello' download='a.exe'>x", "{hello(a.exe)}"));
	OK(tells("<a download = a.exe href=data:,hello>x", "{hello(a.exe)}"));
	OK(tells("<a DOWNLOAD=\"a > b&#46;exe\" href='data:,hello'>",
	    "{hello(a > b.exe)}"));
	OK(tells("<a download=a.txt></a><a href='data:,hello'>", "{hello}"));
	OK(tells("<a href='data:,hello'></a><a download=a.txt>", "{hello}"));
	OK(tells("<a href='data:text/html,<b>x</b>' download=a.exe>",
	    "{<b>x</b>(a.exe)}"));
	OK(tells("a.href = 'data:,hello'; a.download = 'a.exe'; a.click()",
	    "{hello(a.exe)}"));
	OK(tells("<a download=a.exe srcset='data:,hello 1x' href='data:,world'>",
	    "{hello 1x(a.exe)}{world(a.exe)}"));
	OK(tells("<a href='data:,hello' download=>x", "{hello}"));
	OK(tells("<a href='data:,hello' download>x", "{hello}"));
}

/* As many blanks as no buffer holds, and a word behind them. */
static void
blanks(void)
{
	char in[4096] = "'data:;";
	size_t n = 7;

	memset(in + n, ' ', 3000);
	memcpy(in + n + 1200, "base64", 6);
	memcpy(in + n + 3000, ",aGVsbG8='", 10);
	OK(told_is(run, in, n + 3010, "{hello}", 7));
	in[n + 2999] = 'x';
	OK(told_is(run, in, n + 3010, "{aGVsbG8=}", 10));
}

static void
references(void)
{
	OK(tells("'d&#97;&#x54&#X00041;&colon;;base64&comma;aGVsbG8&equals;'", "{hello}"));
	OK(tells("'data:;base64,&#43;&#x2b;&plus;+&sol;&#47;&#0000047/'",
	    "{\xfb\xef\xbe\xff\xff\xff}"));
	OK(tells("'&#10;da&Tab;ta:,a&lt;b&gt;&apos;&amp;&#8364;&#128512;&#0;'",
	    "{a<b>'&\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd}"));
	OK(tells("'data:,&&;&#;&#x;&#xg&nosuchthing;&amp &ltx&lt'",
	    "{&&;&#;&#x;&#xg&nosuchthing;& &ltx<}"));
	OK(tells("'data:,abcd&#6", "{abcd\x06}"));
	OK(tells("\"d\na\tta:,a&quot;b\nc\td\"", "{a\"bcd}"));
}

static void
percent(void)
{
	OK(tells("'data:,%41%4a%4A%zz%4%%34%'", "{AJJ%zz%4%4%}"));
	OK(tells("'data:,ab%", ""));
	OK(tells("'data:,abc%4", "{abc%4}"));
	OK(tells("'data:,#abc?d'", "{#abc?d}"));
}

static void
names(void)
{
	OK(tells("'data:a/b;name=a%20b.exe;base64,aGVsbG8='",
	    "{(a%20b.exe)(a b.exe)hello}"));
	OK(tells("'data:a/b;charset=x;FileName=\"a.txt\" ; name = b.txt;name=,hello'",
	    "{(\"a.txt\")(a.txt)(b.txt)hello}"));
	OK(tells("'data:name=x,hello'", "{hello}"));
	OK(tells("'data:;rename=x;name,hello'", "{hello}"));
}

int
main(void)
{
	places();
	none();
	base64();
	downloads();
	blanks();
	references();
	percent();
	names();
	return done();
}
