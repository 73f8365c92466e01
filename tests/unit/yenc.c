/* SPDX-License-Identifier: ISC */
#include "common/yenc.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(yenc, (void)0)

static bool
tells(const char *in, const char *want)
{
	return told_is(run, in, strlen(in), want, strlen(want));
}

static void
texts(void)
{
	OK(tells("", ""));
	OK(tells("hello\n=begin\n=yend size=3\n", ""));
	OK(tells("hi\r\n=ybegin line=128 size=3 name=a b.txt \r\n\x8b\x8c\x8d\r\n"
	    "=yend size=3\r\nbye\r\n", "{(a b.txt)abc}"));
	OK(tells("=ybegin part=1 line=128 size=3 name=a\n=ypart begin=1 end=3\n"
	    "\x8b\n\x8c\n=yend size=2 part=1\n=ybegin part=2 line=128 size=3 name=a\n"
	    "=ypart begin=3 end=3\n\x8d\n=yend size=1\n", "{(a)ab}{(a)c}"));
	OK(tells("=ybegin line=128 size=1 name=\"a.exe\"\n\x8b",
	    "{(\"a.exe\")(a.exe)a}"));
	OK(tells("x =ybegin line=1 size=1 name=a\n\x8b\n", ""));
	OK(tells("=ybegin line=1 size=1\n\x8b\n", "{a}"));
	OK(tells("=ybegin line=1  name=a name=b", "{(a name=b)}"));
	OK(tells("=ybegin line=1 name=\n\n", "{}"));
}

static void
data(void)
{
	/* escapes; bare CR; dots stay */
	OK(tells("=ybegin line=1 name=a\n\x8b=}\r=M\n..\n=\n\x8b\n=yend size=9",
	    "{(a)a\x13\xe3\x04\x04" "a}"));
	/* no end, and the next begin */
	OK(tells("=ybegin line=1 name=a\n\x8b\n=ybegin line=1 name=b\n\x8c",
	    "{(a)a}{(b)b}"));
	OK(tells("=ybegin line=1 name=a\n\x8b\n=ybe", "{(a)a\x0f" "8;}"));
	/* lines that only look like keywords */
	OK(tells("=ybegin line=1 name=a\n\x8b\n=yend\n\x8c\n=ypart x\n"
	    "=yend size=2\n\x8d\n",
	    "{(a)a\x0f;D:b\x0f" "F7HJ\xf6N}"));
}

/* Every byte, in lines, and a name that is too long. */
static void
all(void)
{
	char in[4096] = "=ybegin line=128 size=256 name=", want[2048] = "{(";
	size_t n = strlen(in), m = 2;

	memset(in + n, 'x', 1500);
	n += 1500;
	in[n++] = '\n';
	memset(want + m, 'x', TELL_NAME);
	m += TELL_NAME;
	want[m++] = ')';
	for (unsigned i = 0; i < 256; i++) {
		unsigned c = (i + 42) & 0xff;

		want[m++] = (char)i;
		if (c == 0 || c == '\n' || c == '\r' || c == '=') {
			in[n++] = '=';
			c += 64;
		}
		in[n++] = (char)c;
		if (i % 64 == 63)
			in[n++] = '\n';
	}
	want[m++] = '}';
	OK(told_is(run, in, n, want, m));
}

int
main(void)
{
	texts();
	data();
	all();
	return done();
}
