/* SPDX-License-Identifier: ISC */
// with: cmd/suffixcheck/suffix.c cmd/suffixcheck/odd.c
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
	ITEM("*.vb*", "");
	ITEM("e?e", "");
	ITEM("a/exe", "");
	ITEM("a\\exe", "");
	ITEM("\001", "");
	ITEM(".ex\304e", "");			/* no UTF-8 */
	ITEM("ex\302\255e", "");			/* 00AD */
	ITEM("exe\342\200\213", "");
}

/* The reading that hits .exe or .tar.gz, or the device; "" where there is none. */
static const char *
reading(const char *name, size_t n)
{
	struct span two[] = { { ".exe", 4 }, { ".tar.gz", 7 } };
	struct suffixes list = { .item = two, .n = 2 };
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
	NAME("a.exe/\342\200\213", "suffix");		/* 200B */
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
	NAME("a.exe\357\270\217", "suffix");		/* FE0F */
	NAME("a.e\315\217xe", "suffix");		/* 034F */
	NAME("a.exe\343\205\244", "suffix");		/* 3164 */
	NAME("a.exe\363\240\204\200", "suffix");		/* E0100 */
	NAME("a.\033(Bexe", "suffix");
	NAME("a.\033$B\033(Bexe", "suffix");
	NAME("a.e\033$(Cxe", "suffix");
	NAME("a.\033exe", "suffix");
	NAME("a.exe\033", "suffix");
	NAME("a.exe\033$", "");
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
	NAME("a.exe: ", "stream");		/* a sentence goes on */
	NAME("a.exe: .", "stream");
	NAME("a.exe:\302\240", "stream");
	NAME("a.exe: : ", "stream");
	NAME("a.exe: b", "");
	NAME("a.exe\342\200\213: ;b", "");
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
	NAME("a \342\200\213 \342\200\213 \342\200\213 \342\200\213 \342\200\213 "
	    "\342\200\213 \342\200\213 \342\200\213 \342\200\213 .txt", "spaces");
	NAME("a\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200"
	    "\342\240\200\342\240\200\342\240\200\342\240\200\342\240\200.txt", "spaces");
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
	NAME("a.\360\235\233\206x\360\235\233\206", "confusable");	/* 1D6C6: Greek too */
	NAME("a\357\270\222exe", "dotlike");		/* FE12: 3002 upright */
	NAME("a\357\275\241exe", "dotlike");		/* FF61 */
	NAME("a&#12290;exe", "entity");
	NAME("a.exe&#63;.txt", "entity");
	NAME("a&#8238;fdp.txt", "entity");
	NAME("a&nbsp;&lt;b&gt;.txt", "");
	NAME("?a.exe?", "badchar");
	NAME("a.e?xe", "badchar");
	NAME("a.\"exe\"", "badchar");
	NAME("a.e:xe", "badchar");
	NAME("a./exe", "badchar");
	NAME("AC/DC: what? \"x\".txt", "");
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

static bool
location(const char *url, const char *want)
{
	struct span s = nameform_location((struct span){ url, strlen(url) });

	return s.n == strlen(want) && memcmp(s.p, want, s.n) == 0;
}

static void
locations(void)
{
	OK(location("http://x.example/a/b.exe", "/a/b.exe"));
	OK(location("http://x.example/a?b/c.exe#d", "/a"));
	OK(location("http://www.x.com", ""));
	OK(location("http://www.x.com/", ""));
	OK(location("http://www.x.com?a", ""));
	OK(location("http:\\\\x.com\\a.exe", "\\a.exe"));
	OK(location("//x.com/a", "/a"));
	OK(location("file:///C:/a.exe", "/C:/a.exe"));
	OK(location("C:\\x\\a.exe", "C:\\x\\a.exe"));
	OK(location("http:/a.exe", "http:/a.exe"));
	OK(location("a.exe:b", "a.exe:b"));
	OK(location("a.exe#b", "a.exe"));
	OK(location("cid:a@b.com", ""));
	OK(location("MID:a@b.com", ""));
	OK(location("CIDs:a", "CIDs:a"));
	OK(location("/", ""));
	OK(location("", ""));
}

/* Is .exe hit by the name, terminated, where this is the exception? */
static bool
hits(const char *glob, const char *name)
{
	struct span item = { ".exe", 4 };
	struct wild except;
	struct suffixes list = { &item, 1, &except, 1 };
	struct hit hit;
	int got;

	if (!suffix_exception(&fold, (struct span){ glob, strlen(glob) }, &except) ||
	    (list.excepts = except.n > 0,
	    got = suffix_hit(&list, (struct span){ name, strlen(name) }, &fold, &hit)) < 0)
		abort();
	free((uint16_t *)(size_t)except.p);
	return got > 0;
}

#define EXCEPT(glob, name) OK(!hits(glob, name))
#define HIT(glob, name) OK(hits(glob, name))

static void
exceptions(void)
{
	static char long_glob[300], name[70000];

	EXCEPT("setup.exe", "SETUP.EXE");
	EXCEPT("Setup.EXE.", "c:/x/setup.exe ");
	HIT("setup.exe", "asetup.exe");
	HIT("setup.exe", "a.exe:setup.exe");
	HIT("setup.exe", "set up.exe");		/* as it stands it is another */
	EXCEPT("set*up.exe", "set up.exe");
	HIT("set?up.exe", "set up.exe");	/* without the blank it is */
	EXCEPT("*.exe", "a.exe");
	EXCEPT("*.pdf.exe", "a.b.pdf.exe");
	HIT("*.pdf.exe", "a.pdf.x.exe");
	EXCEPT("a*b*c.exe", "a-bb-b-c-c.exe");
	HIT("a*b*c.exe", "a-bb-b-c-d.exe");
	EXCEPT("a?.exe", "a\303\251.exe");
	EXCEPT("a?.exe", "ae\314\201.exe");
	HIT("a??.exe", "a\303\251.exe");
	EXCEPT("*?\303\251.exe", "\303\251\303\251.exe");
	EXCEPT("*a?.exe", "a*a?.exe");
	EXCEPT("\357\274\241.exe", "a.exe");	/* FF21 */
	HIT("\304*.exe", "a.exe");		/* no UTF-8: it is not *.exe */
	HIT("*\302\255.exe", "a.exe");		/* 00AD */
	HIT("*\342\200\213.exe", "a.exe");
	EXCEPT("*??.exe", "\303\251\342\202\254.exe");
	HIT("*??.exe", "\342\202\254.exe");
	HIT("*\357\274\212.exe", "a.exe");	/* FF0A is no wildcard */
	HIT("", "a.exe");
	HIT("*", "a.exe");
	HIT("*.*", "a.exe");
	HIT("?????", "a.exe");
	HIT("* .exe", "a .exe");
	HIT("a/b.exe", "a/b.exe");
	HIT("a\\b.exe", "a\\b.exe");
	memset(long_glob, '?', sizeof long_glob);
	memcpy(long_glob + 251, ".exe", 5);
	memset(name, 'a', sizeof name);
	memcpy(name + 251, ".exe", 5);
	EXCEPT(long_glob, name);
	memcpy(long_glob + 251, "?.exe", 6);
	memcpy(name + 251, "a.exe", 6);
	HIT(long_glob, name);
	memset(name, 'a', sizeof name);
	memcpy(name + sizeof name - 5, ".exe", 5);
	HIT("*a*a*a*a*a*b.exe", name);
	HIT("*.exe", name);			/* no file has such a name */
}

int
main(void)
{
	items();
	exceptions();
	locations();
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
