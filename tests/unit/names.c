/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/names.c
#include "cmd/virtally/names.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct span
span(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static bool
is(const struct names *n, uint32_t number, const char *text)
{
	struct span t = names_text(n, number);

	return t.n == strlen(text) && memcmp(t.p, text, t.n) == 0;
}

static void
numbers(void)
{
	struct names *n = names_new();
	uint32_t a = names_number(n, span("W32/Klez-H")), b = names_number(n, span("Eicar"));

	OK(a != b && a > NAMES_MANY && b > NAMES_MANY);
	OK(names_number(n, span("W32/Klez-H")) == a);
	OK(names_number(n, span("Eicar")) == b);
	OK(is(n, a, "W32/Klez-H"));
	OK(names_number(n, span("")) == NAMES_EMPTY);
	OK(is(n, NAMES_EMPTY, ""));
	OK(names_number(n, span("%2A")) == NAMES_MANY);
	OK(names_number(n, span("*")) == NAMES_MANY);
	names_free(n);
	names_free(NULL);
}

/* One spelling, whatever came. */
static void
coding(void)
{
	struct names *n = names_new();
	char all[256], longer[2 * NAMES_LEN];
	struct span t;

	OK(is(n, names_number(n, span("a b")), "a%20b"));
	OK(names_number(n, span("a b")) == names_number(n, span("a%20b")));
	OK(is(n, names_number(n, span("%41%0a%")), "%2541%250a%25"));
	OK(is(n, names_number(n, span("<script>")), "%3Cscript%3E"));
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	t = names_text(n, names_number(n, (struct span){ all, sizeof all }));
	OK(t.n <= NAMES_LEN && t.n > NAMES_LEN - 3);
	memset(longer, ' ', sizeof longer);
	t = names_text(n, names_number(n, (struct span){ longer, sizeof longer }));
	OK(t.n == NAMES_LEN / 3 * 3 && memcmp(t.p + t.n - 3, "%20", 3) == 0);
	memset(longer, 'x', sizeof longer);
	OK(names_number(n, (struct span){ longer, sizeof longer }) ==
	    names_number(n, (struct span){ longer, NAMES_LEN }));
	names_free(n);
}

/* More than there is room for are one. */
static void
many(void)
{
	struct names *n = names_new();
	char text[32];
	uint32_t first = 0, last = 0, number, bad = 0;

	for (uint32_t i = 0; i < NAMES_MAX + 10; i++) {
		snprintf(text, sizeof text, "name-%u", i);
		number = names_number(n, span(text));
		first = i == 0 ? number : first;
		bad += i > 0 && number != NAMES_MANY && number != last + 1;
		last = number;
	}
	OK(bad == 0);
	OK(last == NAMES_MANY);
	OK(names_number(n, span("name-0")) == first && is(n, first, "name-0"));
	OK(names_number(n, span("name-1048575")) == NAMES_MANY);
	OK(is(n, names_number(n, span("name-1000000")), "name-1000000"));
	names_free(n);
}

int
main(void)
{
	numbers();
	coding();
	many();
	return done();
}
