/* SPDX-License-Identifier: ISC */
/* Encoded words, percent escapes and the charsets they come in. */
#include "common/charset.h"
#include "common/encword.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

/* A copy of exactly n bytes, and a result of exactly 2 * n. */
static bool
decodes(unsigned how, const char *text, size_t n, const char *want, size_t wanted)
{
	char *copy = malloc(n + 1), *out = malloc(2 * n + 1);
	bool good;

	if (copy == NULL || out == NULL)
		abort();
	memcpy(copy, text, n);
	good = encword_decode(copy, n, how, out) == wanted && memcmp(out, want, wanted) == 0;
	free(copy);
	free(out);
	return good;
}

#define WORD(how, text, want) \
	OK(decodes(how, text, sizeof text - 1, want, sizeof want - 1))

static void
words(void)
{
	WORD(0, "=?utf-8?Q?a=2Eexe?=", "a.exe");
	WORD(0, "=?UTF-8?b?YS5leGU=?=", "a.exe");
	WORD(0, "=?utf-8?B?YS5leGU?=", "a.exe");
	WORD(0, "=?utf-8*en?Q?a_b=2e?=", "a b.");
	WORD(0, "=?utf-8?Q?a b?=", "a b");
	WORD(0, "x =?utf-8?Q?a?= y", "x a y");
	WORD(0, "=?utf-8?Q?a?= \n =?utf-8?Q?b?= c", "ab c");
	WORD(0, "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab");
	WORD(0, "=?utf-8?Q?a=?=", "a=");
	WORD(0, "=?utf-8?Q?a=4?=", "a=4");
	WORD(0, "=?utf-8?Q?" "?=", "");
	WORD(0, "=?x?B?Y\001S*5?=", "a.");
	WORD(0, "none", "");
	WORD(0, "=?utf-8?Z?a?=", "");
	WORD(0, "=?utf-8?Q?a", "");
	WORD(0, "=?utf-8?Q?a?b?=", "");
	WORD(0, "=?", "");
	WORD(0, "=?a", "");
	WORD(0, "=?a?Q", "");
	WORD(0, "=?a?Q?", "");
}

static void
readings(void)
{
	WORD(ENCWORD_BLANKS, "=?utf-8?Q?a?=  =?utf-8?Q?b?=", "a  b");
	WORD(ENCWORD_LOOSE, "=?utf-8?Q?a.exe", "a.exe");
	WORD(ENCWORD_LOOSE, "=?utf-8?Q?a.exe?", "a.exe");
	WORD(ENCWORD_LOOSE, "=?utf-8?Q?a?b?=", "a?b");
	WORD(0, "=?x?B?YQ==LmV4ZQ==?=", "a");
	WORD(ENCWORD_LOOSE, "=?x?B?YQ==LmV4ZQ==?=", "a.exe");
	WORD(ENCWORD_LOOSE, "=?x?B?_-__?=", "\xff\xef\xff");
	WORD(0, "=?x?B?YS5?= =?x?B?leGU=?=", "a.\x95\xe1\x94");
	WORD(ENCWORD_JOIN, "=?x?B?YS5?= =?X?b?leGU=?=", "a.exe");
	WORD(ENCWORD_JOIN, "=?x?B?YS5?= =?y?B?leGU=?=", "a.\x95\xe1\x94");
	WORD(ENCWORD_OCTETS, "=?cp037?Q?a.exe?= =?latin1?Q?=e4?=", "a.exe\xc3\xa4");
	WORD(ENCWORD_JOIN, "=?utf-16be?Q?=00a=00?= =?utf-16be?Q?.?=", "a.");
	OK(encword_only("=?a?Q?b?=\n =?a?Q?b?=", 20));
	OK(!encword_only("=?a?Q?b?= c", 11) && !encword_only(" ", 1) && !encword_only("", 0));
}

static bool
converts(const char *charset, enum charset_how how, const char *p, size_t n, const char *want,
    size_t wanted)
{
	struct span name = { charset, strlen(charset) };
	char *copy = malloc(n + 1), *out = malloc(2 * n + 1);
	bool good;

	if (copy == NULL || out == NULL)
		abort();
	memcpy(copy, p, n);
	good = charset_utf8(name, copy, n, how, out) == wanted &&
	    memcmp(out, want, wanted) == 0;
	free(copy);
	free(out);
	return good;
}

#define CHARSET(name, text, want) \
	OK(converts(name, CHARSET_USUAL, text, sizeof text - 1, want, sizeof want - 1))
#define AS_IT_IS(name, text, want) \
	OK(converts(name, CHARSET_OCTETS, text, sizeof text - 1, want, sizeof want - 1))
#define SWAPPED(name, text, want) \
	OK(converts(name, CHARSET_SWAP, text, sizeof text - 1, want, sizeof want - 1))

static void
unicode(void)
{
	CHARSET("UTF-8", "a\xc3\xa4", "a\xc3\xa4");
	CHARSET("no-such", "a\xff", "a\xff");
	CHARSET("a name that is longer than any we know of", "a\xff", "a\xff");
	CHARSET("ISO-8859-1", "a\xe4", "a\xc3\xa4");
	CHARSET("latin1", "\x80\xff", "\xc2\x80\xc3\xbf");
	CHARSET("utf-16", "\0a\0.", "a.");
	SWAPPED("utf-16", "a\0.\0", "a.");
	CHARSET("UTF-16LE", "a\0.\0", "a.");
	CHARSET("utf-16", "\xff\xfe" "a\0.\0", "a.");
	CHARSET("utf-16le", "\xfe\xff\0a\0.x", "a.");
	CHARSET("ucs-2", "\xd8\x3d\xde\x00", "\xf0\x9f\x98\x80");
	CHARSET("utf-16be", "\xde\x00\xd8\x00\0a", "a");
	CHARSET("utf-32", "\0\0\0a\0\1\xf6\0\xff\xff\xff\xff", "a\xf0\x9f\x98\x80\xef\xbf\xbd");
	SWAPPED("utf-32", "a\0\0\0.", "a");
	CHARSET("utf-7", "a+AC4-exe", "a.exe");
	CHARSET("UTF-7", "+AGEALgBlAHgAZQ", "a.exe");
	CHARSET("UTF-7", "+-a+AC4!", "+a.!");
}

static void
other(void)
{
	CHARSET("cp037", "\x81\x4b\x85\xa7\x85", "a.exe");
	CHARSET("IBM500", "\x81\x4b\x85\xa7\x85", "a.exe");
	CHARSET("ibm-1047", "\xe7\xf0", "X0");
	CHARSET("cp437", "\x81\x4b", "\x81\x4b");
	CHARSET("iso-2022-jp", "a\x1b(B.\x1b$B#e#x#e\x1b(Jb", "a.\xef\xbd\x85\xef\xbd\x98\xef\xbd\x85" "b");
	CHARSET("iso-2022-jp", "\x1b$B!%#E", "\xef\xbc\x8e\xef\xbc\xa5");
	CHARSET("iso-2022-kr", "\x1b$)Ca\x0e#e\x0f" "e", "a\xef\xbd\x85" "e");
	CHARSET("hz-gb-2312", "a~{#.#e~}~~x", "a\xef\xbc\x8e\xef\xbd\x85~x");
	CHARSET("euc-jp", "\xa1\xa5\xa3\xe5\xa4\xa2z", "\xef\xbc\x8e\xef\xbd\x85\xa4\xa2z");
	CHARSET("gb2312", "\xa3\xae\xa3\xe5z", "\xef\xbc\x8e\xef\xbd\x85z");
	CHARSET("euc-kr", "\xa3\xae\xa3\xe5z\xa3", "\xef\xbc\x8e\xef\xbd\x85z\xa3");
	CHARSET("Shift_JIS", "\x81\x44\x82\x85\xb1\x5c", "\xef\xbc\x8e\xef\xbd\x85\xb1\x5c");
	CHARSET("big5", "\xa1\x44\xa2\xd3\xa3\x40", "\xef\xbc\x8e\xef\xbc\xa5\xef\xbd\x97");
}

static void
ebcdic(void)
{
	static const char *const PAGES[] = { "1047", "500V1", "ibm-01140", "CP1388",
	    "csIBM037", "x-IBM935", "CCSID01025", "cp20273", "IBM930", "EBCDIC-JP-kana",
	    "posix-bc", "OSF100201F4", "ibm-1025_P100-1995" };
	static const char *const NONE[] = { "1046", "cp1251", "ibm866", "koi37", "1",
	    "OSF10020352", "windows-1251", "cp", "" };

	for (size_t i = 0; i < sizeof PAGES / sizeof PAGES[0]; i++)
		CHARSET(PAGES[i], "\xc1\x4b\xf0", "A.0");
	for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
		CHARSET(NONE[i], "\xc1.", "\xc1.");
	CHARSET("IBM930", "\xc1\x4b\x66\xb7\x66", "A.exe");
	CHARSET("cp935", "\x85\x0e\x42\x4b\x42\x85\x0f\xa7\x0e\x42",
	    "e\xef\xbc\x8e\xef\xbd\x85x\xc3\xa2");
	AS_IT_IS("cp037", "a.exe", "a.exe");
	AS_IT_IS("utf-16", "a.exe", "a.exe");
	AS_IT_IS("utf-7", "a+AC4-exe", "a.exe");
}

static void
marks(void)
{
	CHARSET("mac_arabic", "a\xae" "e\xc0", "a.e\xc0");
	CHARSET("MacHebrew", "a\xae\xb0\xb9", "a.09");
	CHARSET("ARMSCII-8", "a\xa9" "e\xae", "a.e\xae");
	CHARSET("ISIRI-3342", "a\xa6" "e", "a.e");
	CHARSET("UTF-7-IMAP", "a&AC4-e&-&,-", "a.e&");
	CHARSET("utf7-imap", "a+AC4-e+&AC4-e", "a.e.e");
	CHARSET("unicode_escape", "a\\x2ee\\170\\u0065\\U0001f600", "a.exe\xf0\x9f\x98\x80");
	CHARSET("java", "\\ud83d\\ude00\\\\u002e\\\n", "\xf0\x9f\x98\x80\\.");
	CHARSET("raw-unicode-escape", "\\u02\\x4\\z\\\xe4\\", "\\u02\\x4\\z\\\xc3\xa4\\");
	CHARSET("unicode_escape", "\\Uffffffff", "\xef\xbf\xbd");
	CHARSET("punycode", "a-b.exe-", "a-b.exe");
	CHARSET("punycode", "abc", "");
	CHARSET("utf-16//TRANSLIT", "\0a", "a");
	CHARSET("utf--------------------------------------------------16", "\0a", "a");
}

static bool
overlong(const char *text, size_t n, const char *want)
{
	char out[32];
	size_t o = charset_overlong(text, n, out);

	return o == strlen(want) && memcmp(out, want, o) == 0;
}

static void
escapes(void)
{
	char out[32];

	OK(encword_percent("a%2eb%", 6, out) == 4 && memcmp(out, "a.b%", 4) == 0);
	OK(encword_percent("%4", 2, out) == 2 && encword_percent("%zz", 3, out) == 3);
	OK(overlong("a\xc0\xae" "e", 4, "a.e"));
	OK(overlong("\xe0\x80\xae\xf0\x80\x81\xa1", 7, ".a"));
	OK(overlong("\xc3\xa4.", 3, ""));
	OK(overlong("\xc0", 1, "") && overlong("\xc0.", 2, ""));
}

int
main(void)
{
	words();
	readings();
	unicode();
	other();
	ebcdic();
	marks();
	escapes();
	return done();
}
