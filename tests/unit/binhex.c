/* SPDX-License-Identifier: ISC */
#include "common/binhex.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

static bool bare;

TOLD_RUN(binhex, d.bare = bare)

#define SENTENCE "(This file must be converted with BinHex 4.0)\n\n"

/* By another program (Convert::BinHex): both forks, no runs. */
#define FORKS ":#R*eEL\"YC5jPH'8!39\"36(4PFh3\"!!!!!\"-!!!!(dc\"NBA4KN!#3!(K\"38'3!*!\n" \
	"!N!#3!*!!C@jN#SN+FR0bB`!!!26e:\n"
static const char BOTH[] = "{(run me.exe)data\x90\x90xAAA\x90\x90\x90\x90\x90"
	"end\n}{(run me.exe)rsrc\0\0\0}";

/* 1,000 zeros, four A, six 0x90; read alike by another program (hexbin). */
#define ZEROS ":\"ATPFQpc!&4&@&4dG(Kd!*!%!r8!N!5H0`#3r`#3r`#3r`#3kd'3\"*!!N!CPEQ5\n" \
	"UN`!!:\n"

/* "datadata" and "resource", of which the header says 4 and 2. */
#define SHORT ":\"A0SEh*d!&4&@&4dG(Kd!*!&\"!!!!!,4\"Q4KG'&NBA4KrRabCA0[GA*MC5KX:\n"

/* "xx\n"; no resources. */
#define SMALL ":!@)!9%9B9(4dH(3!N!8$!*!%02KiH!T4%`!!:\n"

static bool
tells(const char *in, const char *want)
{
	return told_is(run, in, strlen(in), want, strlen(want));
}

static void
files(void)
{
	char want[1100] = "{(zeros)";

	OK(told_is(run, SENTENCE FORKS ":", strlen(SENTENCE FORKS ":"),
	    BOTH, sizeof BOTH - 1));
	memcpy(want + 8 + 1000, "AAAA\x90\x90\x90\x90\x90\x90" "end}", 14);
	OK(told_is(run, SENTENCE ZEROS, strlen(SENTENCE ZEROS), want, 1022));
	OK(tells(SENTENCE SMALL "bye: now\n", "{(b)xx\n}"));
	OK(tells(SENTENCE SMALL SENTENCE SMALL, "{(b)xx\n}{(b)xx\n}"));
	OK(tells("a: b\n" SMALL, ""));
	OK(tells("(This file must be converted; you knew\r :!@)!9%9B9(4dH(3!N!8$!*!%02KiH!T4%",
	    "{(b)xx\n}"));
}

static void
broken(void)
{
	OK(tells(SENTENCE ":\"A0SEh*d!&4&@&4dG(Kd!*!&\"!!!!!,4\"Q4KG", "{(short)da}"));
	OK(tells(SENTENCE ":!@)!9%9B9(4dH(3!N!8$!*!", ""));
	OK(tells(SENTENCE "::\n:\n:::", ""));
	/* what the sizes leave out is told, but for the 2 bytes after a fork that are
	   taken for its check sum */
	OK(tells(SENTENCE SHORT, "{(short)data}{(short)ta}{(short)resource(l}"));
	/* a colon that was none, at a line start */
	OK(tells(SENTENCE ":not this\n" SMALL, "{(b)xx\n}"));
	OK(tells(SENTENCE ":!@)!9%9 ~~\n\tB9(4dH(3!N!8$!*!%02KiH!T4%`!!\n:", "{(b)xx\n}"));
}

int
main(void)
{
	files();
	broken();
	bare = true;
	OK(tells("a: b\n" SMALL, "{(b)xx\n}"));
	OK(tells(SMALL, "{(b)xx\n}"));
	return done();
}
