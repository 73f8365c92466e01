/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c cmd/suffixcheck/fold.c cmd/suffixcheck/odd.c
#include "cmd/suffixcheck/odd.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static struct fold fold;

/* The item made from text, terminated; "" where there is none. */
static const char *
item(const char *text, size_t n)
{
	static char to[64];
	struct span s = { text, n }, made;

	if (!suffix_item(&fold, s, &made) || made.n >= sizeof to)
		abort();
	memcpy(to, made.p, made.n);
	to[made.n] = '\0';
	free((char *)(size_t)made.p);
	return to;
}

#define ITEM(text, want) OK(strcmp(item(text, sizeof text - 1), want) == 0)

static void
items(void)
{
	ITEM("*.exe", ".exe");
	ITEM(".exe", ".exe");
	ITEM("exe", ".exe");
	ITEM("*.EXE", ".exe");
	ITEM("tar.gz", ".tar.gz");
	ITEM(".exe.", ".exe");
	ITEM("", "");
	ITEM("*", "");
	ITEM(".", "");
	ITEM("*.", "");
	ITEM("exe scr", "");
	ITEM("a/exe", "");
	ITEM("a\\exe", "");
	ITEM("\001", "");
}

/* The reading that hits .exe or .tar.gz, or the device; "" where there is none. */
static const char *
reading(const char *name, size_t n)
{
	struct span two[] = { { ".exe", 4 }, { ".tar.gz", 7 } };
	struct suffixes list = { two, 2 };
	struct span s = { NULL, n };
	struct hit hit;
	enum odd odd;
	char *copy = malloc(n + 1);
	int found;

	if (copy == NULL)
		abort();
	memcpy(copy, name, n);
	s.p = copy;
	if ((found = suffix_hit(&list, s, &fold, &hit)) < 0 ||
	    !odd_name(&list, s, &fold, &odd))
		abort();
	free(copy);
	return found ? hit.why : odd == ODD_NONE ? "" : odd_word(odd);
}

#define NAME(name, want) OK(strcmp(reading(name, sizeof name - 1), want) == 0)

static void
names(void)
{
	NAME("a.exe", "suffix");
	NAME("A.ExE", "suffix");
	NAME(".exe", "suffix");
	NAME("love.txt.exe", "suffix");
	NAME("a.tar.gz", "suffix");
	NAME("a.gz", "");
	NAME("aexe", "");
	NAME("exe", "");
	NAME("a.exes", "");
	NAME("a.exe.pdf", "");
	NAME("a.exe_", "");
	NAME("", "");
	NAME(".", "path");
	NAME("a.\303\251xe", "");
	NAME("caf\351.exe", "suffix");
}

static void
junk(void)
{
	NAME("a.exe . . ", "suffix");
	NAME("a.exe\037.", "suffix");
	NAME("a.exe\177", "suffix");
	NAME("a.exe,", "suffix");
	NAME("a.exe;'\"", "suffix");
	NAME("a. exe", "suffix");
	NAME("a .exe", "suffix");
	NAME("a.e\001xe", "suffix");
	NAME("a.e\txe", "suffix");
	NAME("a.exe)", "");
}

static void
paths_and_nuls(void)
{
	NAME("../../a.exe", "suffix");
	NAME("C:\\tmp\\a.exe", "suffix");
	NAME("a.exe\\", "suffix");
	NAME("a.exe/ ", "suffix");
	NAME("a.exe/b.txt", "path");
	NAME("/", "path");
	NAME("\\\\//", "path");
	NAME("a.exe\0.txt", "nul");
	NAME("a.txt\0.exe", "suffix");
	NAME("\0", "");
	NAME("a.exe\0", "suffix");
}

/* NFKC, case folding without a locale, characters that are not seen. */
static void
unicode(void)
{
	NAME("a\357\274\216exe", "suffix");		/* FF0E */
	NAME("a\342\200\244exe", "suffix");		/* 2024 */
	NAME("a.\357\274\245\357\274\270\357\274\245", "suffix");
	NAME("a.e\313\243e", "suffix");		/* 02E3 */
	NAME("a.e\342\200\213xe", "suffix");		/* 200B */
	NAME("a.ex\302\255e", "suffix");		/* 00AD */
	NAME("a.exe\302\240", "suffix");		/* 00A0 */
	NAME("a.\343\200\200exe", "suffix");		/* 3000 */
	NAME("a.\377\376exe", "suffix");
	NAME("a.exe\314\201", "");			/* 0301: another letter */
	NAME("a.\360\237\230\200exe", "");
	ITEM(".P\304\260F", ".pif");			/* 0130 */
	ITEM("p\304\261f", ".pif");			/* 0131 */
	ITEM("\305\277cr", ".scr");			/* 017F */
	ITEM("a\302\240b", "");
}

static void
cuts(void)
{
	char name[600];

	memset(name, 'a', sizeof name);
	memcpy(name + 251, ".exe.txt", 8);
	OK(strcmp(reading(name, 259), "truncate") == 0);
	memcpy(name + 252, ".exe.txt", 8);
	OK(strcmp(reading(name, 260), "length") == 0);
	memset(name, 'a', sizeof name);
	OK(strcmp(reading(name, 255), "") == 0);
	OK(strcmp(reading(name, 256), "length") == 0);
	NAME("a.exe:b.txt", "stream");
	NAME("a.exe::$DATA", "stream");
	NAME("a.exe: b.txt", "");
	NAME("Re: Booking.com: x.eml", "");
	NAME("a.txt::$DATA", "stream");
	NAME("a.txt:$", "");
}

static void
devices(void)
{
	NAME("a.txt.{00020810-0000-0000-C000-000000000046}", "clsid");
	NAME("a.txt.{00020810-0000-0000-C000-00000000004}", "");
	NAME("a\342\200\256fdp.txt", "bidi");
	NAME("\327\251\342\200\217.pdf", "");		/* 200F */
	NAME("a          .txt", "spaces");
	NAME("a         .txt", "");
	NAME("a\343\200\200\343\200\200\343\200\200\343\200\200\343\200\200"
	    "\343\200\200\343\200\200\343\200\200\343\200\200\343\200\200.txt", "spaces");
	NAME("a.txt                  ", "");
	NAME("../a.txt", "path");
	NAME("a/../b.txt", "path");
	NAME("b.exe\\a.txt", "path");
	NAME("a..b/c.txt", "");
	NAME("AC/DC.pdf", "");
	NAME("a.exe?.txt", "badchar");
	NAME("really?.txt", "");
	NAME("a\343\200\202exe", "dotlike");		/* 3002 */
	NAME("\346\227\245\346\234\254\343\200\202.txt", "");
	NAME("a&#46;exe", "entity");
	NAME("a&period;exe", "entity");
	NAME("Smith &amp; Sons.pdf", "");
	NAME("a.\320\265x\320\265", "confusable");	/* Cyrillic e */
	NAME("a.\316\265\317\207\316\265", "confusable");	/* Greek */
	NAME("\320\264\320\276\320\272.txt", "");
}

/* Marks in a row would be sorted for ever. */
static void
marks(void)
{
	enum { N = 200000 };
	char *name = malloc(2 * N + 4);

	if (name == NULL)
		abort();
	for (size_t i = 0; i < N; i++)
		memcpy(name + 2 * i, i % 2 ? "\314\201" : "\314\247", 2);
	memcpy(name + 2 * N, ".exe", 4);
	OK(strcmp(reading(name, 2 * N + 4), "suffix") == 0);
	free(name);
}

int
main(void)
{
	items();
	names();
	junk();
	paths_and_nuls();
	unicode();
	cuts();
	devices();
	marks();
	fold_free(&fold);
	return done();
}
