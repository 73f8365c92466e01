/* SPDX-License-Identifier: ISC */
/* OK has two spellings for a request, no more; a name lies within its line. */
#include "common/clamd.h"
#include "tests/fuzz/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check_ok(const char *line, size_t n, unsigned long id)
{
	char head[32];
	size_t h = (size_t)snprintf(head, sizeof head, "%lu: ", id);

	if (n < h + 9 || memcmp(line, head, h) != 0 ||
	    memcmp(line + n - 4, ": OK", 4) != 0)
		abort();
	line += h;
	n -= h;
	if (n == 10 && memcmp(line, "stream", 6) == 0)
		return;
	if (memcmp(line, "fd[", 3) != 0 || line[n - 5] != ']')
		abort();
	for (size_t i = 3; i < n - 5; i++)
		if (line[i] < '0' || line[i] > '9')
			abort();
}

static void
check_name(const char *line, size_t n, struct span name)
{
	struct clamd_meaning m = clamd_meaning(name);
	bool infected = strcmp(m.verdict, "infected") == 0;

	if (name.n == 0 || name.p < line || name.p + name.n + 6 > line + n)
		abort();
	if (memchr(m.why, '\0', sizeof m.why) == NULL ||
	    infected != (m.why[0] == '\0'))
		abort();
}

/* The names of a text lie in it one after the other, a blank between. */
static void
check_names(struct span text)
{
	const char *at = text.p, *end = text.p + text.n;
	struct span name;

	while (clamd_name(&text, &name)) {
		if (name.p != at || name.p + name.n > end ||
		    memchr(name.p, ' ', name.n) != NULL)
			abort();
		at = text.p;
		if (at != NULL && (at > end || at[-1] != ' '))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *line = (const char *)data;
	struct span set;
	bool answered;

	for (unsigned long id = 1; id < 20; id += 9) {
		struct clamd_reply r = clamd_parse(line, n, id);

		if (r.kind == CLAMD_OK)
			check_ok(line, n, id);
		if (r.kind == CLAMD_FOUND)
			check_name(line, n, r.text);
		if (r.kind == CLAMD_FOUND)
			check_names(r.text);
		if (r.kind == CLAMD_UNSCANNED && (r.text.n > 14 ||
		    memcmp(r.text.p, "engine-", 7) != 0))
			abort();
		if (r.text.p < line || r.text.p + r.text.n > line + n)
			abort();
		if (clamd_set(line, n, id, &set, &answered) && !answered)
			abort();
		if (set.p < line || set.p + set.n > line + n)
			abort();
	}
	return 0;
}
