/* SPDX-License-Identifier: ISC */
// with: cmd/arcnames/rar.c
/* Names and targets lie in the file, or are no longer than it; a walk that is
   stopped tells no more. */
#include "cmd/arcnames/rar.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>

struct seen {
	struct span file;
	size_t members, stop, bytes;
	bool encrypted;
};

static void
within(const struct seen *s, struct span one)
{
	if (one.n > 0 && (one.p < s->file.p || one.n > s->file.n ||
	    one.p > s->file.p + s->file.n - one.n))
		abort();
}

static bool
member(void *ctx, const struct rar_member *m)
{
	struct seen *s = ctx;

	within(s, m->name);
	within(s, m->target);
	s->bytes += m->name.n + m->unicode.n;
	for (size_t i = 0; i < m->unicode.n; i++)
		s->bytes += m->unicode.p[i] == 'x';
	if ((m->folder && m->link) || s->members >= s->stop)
		abort();
	s->encrypted = s->encrypted || m->encrypted;
	return ++s->members < s->stop;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span file = { (const char *)data, n };
	struct seen all = { file, 0, SIZE_MAX, 0, false }, some = { file, 0, 1, 0, false };
	struct rar_facts f;

	for (size_t at = 0; at < 2; at++) {
		all.members = all.bytes = 0;
		all.encrypted = false;
		if (!rar_walk(file, at, &f, member, &all) && all.members > 0)
			abort();
		/* a name in two forms, and once more for quick open */
		if (f.end < at || (f.end > n && n >= at) || f.encrypted != all.encrypted ||
		    all.bytes > 16 * n)
			abort();
		some.members = 0;
		rar_walk(file, at, &f, member, &some);
		if (some.members != (all.members > 0))
			abort();
	}
	return 0;
}
