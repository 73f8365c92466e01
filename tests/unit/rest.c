/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/rest.c
#include "cmd/virtally/rest.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static bool
among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_value(char c)
{
	return letter(c) || among(c, "0123456789._-+/:@,=");
}

static bool
is_tag(char c)
{
	return letter(c) || among(c, "0123456789._-/");
}

static bool
is_field(char c)
{
	return c != ' ' && c != ',';
}

static bool
is_address(char c)
{
	return !among(c, " \"\\<>");
}

static bool
is_word(char c)
{
	return c != ' ';
}

static bool
is_key(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_name(char c)
{
	return is_key(c) || (c >= 'A' && c <= 'Z');
}

/* A run of n bytes, at which there is c: where does it end?  With more before it, and not. */
static bool
ends_right(int class, bool (*is)(char), size_t n, size_t at, char c, size_t before)
{
	char *whole = malloc(before + n), *p = whole + before;
	struct rest r = { p, p + n, before + n >= REST_BLOCK };
	struct span s;
	bool good;

	if (whole == NULL)
		abort();
	memset(whole, before > 0 ? c : '7', before + n);
	memset(p, is('7') ? '7' : 'x', n);
	p[at] = c;
	s = rest_skip(&r, class);
	good = s.p == p && r.p == p + s.n && s.n == (is(c) ? n : at);
	free(whole);
	return good;
}

static bool
all_right(int class, bool (*is)(char))
{
	bool good = true;

	for (int c = 0; c < 256; c++)
		for (size_t n = 1; n < 40; n++)
			for (size_t at = 0; at < n; at += 1 + n / 8)
				good = good && ends_right(class, is, n, at, (char)c, 0) &&
				    ends_right(class, is, n, at, (char)c, 17);
	return good;
}

int
main(void)
{
	struct rest r = { "abc", NULL, false };

	OK(all_right(REST_VALUE, is_value));
	OK(all_right(REST_TAG, is_tag));
	OK(all_right(REST_SMALL, is_small));
	OK(all_right(REST_NAME, is_name));
	OK(all_right(REST_FIELD, is_field));
	OK(all_right(REST_ADDRESS, is_address));
	OK(all_right(REST_WORD, is_word));
	OK(all_right(REST_KEY, is_key));
	OK(all_right(REST_DIGIT, is_digit));
	r.end = r.p + 3;
	OK(!SKIP_TEXT(&r, "abcd") && !SKIP_TEXT(&r, "x") && SKIP_TEXT(&r, "ab") && *r.p == 'c');
	OK(rest_skip(&r, REST_SMALL).n == 1 && rest_skip(&r, REST_SMALL).n == 0 && r.p == r.end);
	OK(!SKIP_TEXT(&r, "x"));
	return done();
}
