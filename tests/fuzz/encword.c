/* SPDX-License-Identifier: ISC */
/* Encoded words and charsets: what they write fits where the header says. */
#include "common/charset.h"
#include "common/encword.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
convert(const char *charset, const char *p, size_t n, char *out)
{
	struct span name = { charset, strlen(charset) };

	for (enum charset_how how = CHARSET_USUAL; how < CHARSET_HOWS; how++)
		if (charset_utf8(name, p, n, how, out) > 2 * n)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const CHARSETS[] = { "iso-8859-1", "utf-7", "utf-16", "utf-16le",
	    "utf-32", "cp037", "iso-2022-jp", "iso-2022-kr", "hz", "euc-jp", "gbk",
	    "shift_jis", "big5", "utf-8", "utf-7-imap", "cp930", "mac_hebrew",
	    "armscii-8", "unicode_escape", "punycode" };
	const char *p = (const char *)data;
	char *out = malloc(2 * n + 1), *once = malloc(n + 1);
	size_t o;

	if (out == NULL || once == NULL)
		abort();
	for (unsigned how = 0; how < 32; how++)
		if (encword_decode(p, n, how, out) > 2 * n)
			abort();
	if (encword_only(p, n) && n < 6)
		abort();
	if ((o = encword_percent(p, n, once)) > n || charset_overlong(p, n, out) > n)
		abort();
	for (size_t i = 0; i < sizeof CHARSETS / sizeof CHARSETS[0]; i++)
		convert(CHARSETS[i], p, n, out);
	free(out);
	free(once);
	return 0;
}
