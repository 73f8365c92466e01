/* SPDX-License-Identifier: ISC */
#include "common/clean.h"
#include "tests/unit/tap.h"

#include <stdbool.h>
#include <string.h>

typedef size_t cleaner(char *p, size_t n);

static bool
becomes(cleaner *clean, const char *in, const char *out)
{
	char text[256];
	size_t n = strlen(in);

	memcpy(text, in, n);
	n = clean(text, n);
	return n == strlen(out) && memcmp(text, out, n) == 0;
}

int
main(void)
{
	char nul[] = { 'a', '\0', 'b' };

	OK(becomes(clean_text, "", ""));
	OK(becomes(clean_text, "plain\n", "plain\n"));
	OK(becomes(clean_text, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
	OK(becomes(clean_text, "a\r\nb\rc\n", "a\nb?c\n"));
	OK(becomes(clean_text, "a \t\nb \r\n c ", "a\nb\n c"));
	OK(becomes(clean_text, "\x1b[2J\x07\x7f", "?[2J??"));
	OK(becomes(clean_text, "\xc2\x9b" "2J", "?2J"));		/* C1 */
	OK(becomes(clean_text, "cod.\xe2\x80\xae" "exe", "cod.?exe"));	/* RLO */
	OK(becomes(clean_text, "a\xe2\x80\xa8" "b", "a?b"));		/* line separator */
	OK(becomes(clean_text, "\xef\xbb\xbf" "a", "?a"));		/* byte order mark */
	OK(becomes(clean_text, "\xe9t\xe9", "?t?"));			/* Latin-1 */
	OK(becomes(clean_text, "\xc0\xaf\xed\xa0\x80", "?????"));	/* overlong, surrogate */
	OK(becomes(clean_text, "\xf4\x90\x80\x80", "????"));		/* beyond the last */
	OK(becomes(clean_text, "\xf0\x9f\x98", "???"));			/* cut */
	OK(clean_text(nul, 3) == 3 && memcmp(nul, "a?b", 3) == 0);

	OK(becomes(clean_line, "a\nb\tc\r\nd\re", "a b c d e"));
	OK(becomes(clean_line, " a ", " a "));

	OK(clean_seen("a", 1) == 1 && clean_seen("\xe2\x82\xac", 3) == 3 && clean_seen(" ", 1) == 1);
	OK(clean_seen("", 0) == 0 && clean_seen("\xe2\x82", 2) == 0 && clean_seen("\n", 1) == 0);
	OK(clean_seen("\xc2\xad", 2) == 0 && clean_seen("\xe2\x80\x8b", 3) == 0);	/* SHY, ZWSP */
	OK(clean_seen("\xef\xb8\x8f", 3) == 0);	/* a selector */
	OK(clean_seen("\xe3\x85\xa4", 3) == 0);	/* the Hangul filler */

	OK(clean_cut("abc", 3, 3) == 3);
	OK(clean_cut("abc", 3, 2) == 2);
	OK(clean_cut("a\xe2\x82\xac", 4, 3) == 1);
	OK(clean_cut("a\xe2\x82\xac", 4, 0) == 0);
	return done();
}
