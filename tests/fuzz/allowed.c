/* SPDX-License-Identifier: ISC */
// with: cmd/allowed/rule.c cmd/allowed/list.c
/*
 * Input: a list, a NUL, and a finding.  A list with an error allows nothing; no list
 * allows what is infected, nor anything of nobody's message by a condition on who
 * it is from; a line that allows stands in the list.
 */
#include "cmd/allowed/list.h"
#include "common/fieldtext.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

struct told {
	struct span text;
	unsigned long errors;
};

static void
tell(void *ctx, unsigned long line, struct span about, const char *what, bool doubt)
{
	struct told *t = ctx;

	if (line == 0 || what[0] == '\0' || memchr(about.p, '\n', about.n) != NULL ||
	    (about.n > 0 && (about.p < t->text.p ||
	    about.p + about.n > t->text.p + t->text.n)))
		abort();
	t->errors += !doubt;
}

static unsigned long
lines(struct span text)
{
	unsigned long n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

/* Is there a condition that asks nothing of the envelope? */
static bool
asks_nothing(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (fieldtext_at(text, i, "suffix"))
			return true;
	return false;
}

static unsigned long
try(struct span text, struct span finding, const struct parties *p)
{
	struct told t = { text, 0 };
	struct list l;
	unsigned long line = 0;
	int r = list_read(&l, text, p, tell, &t);

	if ((r == 0) != (t.errors == 0))
		abort();
	if (r == 0 && record_valid(finding.p, finding.n))
		line = list_find(&l, finding);
	if (line > lines(text))
		abort();
	list_free(&l);
	return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct span INFECTED = { "n=1 verdict=infected why=encrypted", 34 };
	static const struct span TO = { "lab@company.com", 15 };
	const char *text = (const char *)data, *end = memchr(data, '\0', n);
	struct span list = { text, end == NULL ? n : (size_t)(end - text) };
	struct span finding = { "n=1 verdict=banned suffix=.js", 29 }, none = { "", 0 };
	struct parties known = { .from = TO, .host = TO, .user = TO, .to = &TO, .count = 1,
	    .known = true, .client = { .lo = 0xc0000201 } };
	struct parties nobody = { .from = none, .host = none, .user = none };

	if (n == 0)
		list.p = "";
	if (end != NULL)
		finding = (struct span){ end + 1, n - list.n - 1 };
	try(list, finding, &known);
	if (try(list, finding, NULL) != 0 || try(list, INFECTED, &known) != 0)
		abort();
	nobody.from = (struct span){ data == NULL ? "" : text, list.n };
	if (list.n > PARTIES_TEXT && !asks_nothing(list) && try(list, finding, &nobody) != 0)
		abort();
	return 0;
}
