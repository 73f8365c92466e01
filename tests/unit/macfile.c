/* SPDX-License-Identifier: ISC */
#include "common/macfile.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(macfile, (void)0)

#define TELLS(in, want) \
	told_is(run, in, sizeof in - 1, want, sizeof want - 1)

#define MAGIC "\0\5\x16\0\0\2\0\0"
#define DOUBLE "\0\5\x16\7\0\2\0\0"
#define FILLER "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define NAME_50_5 "\0\0\0\3\0\0\0\x32\0\0\0\5"
#define DATA_55_5 "\0\0\0\1\0\0\0\x37\0\0\0\5"

static void
apple(void)
{
	OK(TELLS(MAGIC FILLER "\0\2" NAME_50_5 DATA_55_5 "a.exehello", "{hello(a.exe)}"));
	OK(TELLS(MAGIC FILLER "\0\2" DATA_55_5 NAME_50_5 "a.exehelloxx",
	    "{hello(a.exe)}"));
	/* without data; behind the end; one in the other; cut off */
	OK(TELLS(DOUBLE FILLER "\0\1" "\0\0\0\3\0\0\0\x26\0\0\0\5" "a.exe", "{(a.exe)}"));
	OK(TELLS(MAGIC FILLER "\0\1" "\0\0\0\3\0\0\1\0\0\0\0\5" "a.exe", ""));
	OK(TELLS(MAGIC FILLER "\0\2" NAME_50_5 "\0\0\0\1\0\0\0\x32\0\0\0\x0a"
	    "a.exehello",
	    "{a.exehello(a.exe)}"));
	OK(TELLS(MAGIC FILLER "\0\2" NAME_50_5 "\0\0\0\1\0\0\0\x37\xff\xff\xff\xff"
	    "a.exehello", "{hello(a.exe)}"));
	OK(TELLS(MAGIC FILLER "\xff\xff" NAME_50_5 DATA_55_5 "a.exehello",
	    "{hello(a.exe)}"));
	OK(TELLS(MAGIC FILLER "\0\0", ""));
	OK(TELLS("\0\5\x16", ""));
	OK(TELLS("", ""));
}

static size_t
binary(char *out, const char *name, unsigned more)
{
	memset(out, 0, 512);
	out[1] = (char)strlen(name);
	memcpy(out + 2, name, strlen(name));
	out[86] = 5;
	out[121] = (char)more;
	memcpy(out + 128 + (more + 127) / 128 * 128, "hello", 5);
	return 512;
}

static void
macbinary(void)
{
	char in[512];
	size_t n = binary(in, "a.exe", 0);

	OK(macfile_begins(in, n));
	OK(!macfile_begins(in, 127));
	OK(told_is(run, in, n, "{hello(a.exe)}", 14));
	OK(told_is(run, in, 127, "", 0));
	OK(told_is(run, in, 130, "{he(a.exe)}", 11));
	n = binary(in, "a.exe", 3);
	OK(told_is(run, in, n, "{hello(a.exe)}", 14));
	binary(in, "a\x01xe", 0);
	OK(!macfile_begins(in, n));
	binary(in, "", 0);
	OK(!macfile_begins(in, n));
	binary(in, "a", 0);
	in[82] = 1;
	OK(!macfile_begins(in, n));
	OK(told_is(run, in, n, "", 0));
}

int
main(void)
{
	apple();
	macbinary();
	return done();
}
