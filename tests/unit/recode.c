/* SPDX-License-Identifier: ISC */
#include "common/recode.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static bool
gives(const char *charset, const char *text, const char *want)
{
	size_t n = 0;
	char *p = recode(charset, text, strlen(text), &n);
	bool good = p != NULL && n == strlen(want) && memcmp(p, want, n) == 0;

	free(p);
	return good;
}

static bool
refused(const char *charset, const char *text)
{
	size_t n = 0;
	char *p = recode(charset, text, strlen(text), &n);
	bool good = p == NULL;

	free(p);
	return good;
}

int
main(void)
{
	OK(gives("iso-8859-1", "caf\xc3\xa9", "caf\xe9"));
	OK(gives("iso-8859-15", "5 \xe2\x82\xac", "5 \xa4"));
	OK(gives("windows-1252", "\xe2\x80\x9cx\xe2\x80\x9d", "\x93x\x94"));
	OK(gives("KOI8-R", "\xd0\xb4\xd0\xb0", "\xc4\xc1"));
	OK(gives("iso-2022-jp", "\xe6\x97\xa5", "\x1b$BF|\x1b(B"));
	OK(gives("utf-8", "caf\xc3\xa9", "caf\xc3\xa9"));
	OK(gives("iso-8859-1", "", ""));
	OK(refused("iso-8859-1", "5 \xe2\x82\xac"));
	OK(refused("us-ascii", "caf\xc3\xa9"));
	OK(refused("iso-8859-1", "caf\xc3"));
	OK(refused("iso-8859-1", "\xff"));
	OK(refused("iso-8859-1//TRANSLIT", "a"));
	OK(refused("us-ascii//IGNORE", "caf\xc3\xa9"));
	OK(refused("", "a"));
	OK(refused("no-such", "a"));
	OK(refused("../../x", "a"));
	OK(recode_usable("iso-8859-15") && recode_usable("UTF-8") && recode_usable("iso-2022-jp"));
	OK(!recode_usable("utf-7"));
	OK(!recode_usable("utf-16"));
	OK(!recode_usable("ibm037"));
	OK(!recode_usable("no-such"));
	return done();
}
