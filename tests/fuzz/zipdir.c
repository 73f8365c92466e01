/* SPDX-License-Identifier: ISC */
// with: cmd/arcnames/zipdir.c
/*
 * Names lie in the file; a local header that is told of is one; no more is told
 * than may be; a walk that is stopped has told as much as it was let.
 */
#include "cmd/arcnames/zipdir.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

struct told {
	struct span file;
	unsigned long count, stop;
};

static void
in_file(struct span file, struct span s)
{
	if (s.p != NULL && (s.p < file.p || s.n > file.n ||
	    (size_t)(s.p - file.p) > file.n - s.n))
		abort();
}

static bool
on_header(void *ctx, const struct zip_header *h)
{
	struct told *t = ctx;

	in_file(t->file, h->name);
	in_file(t->file, h->unicode);
	if (h->local != ZIP_NOWHERE && (h->local > t->file.n - 4 ||
	    memcmp(t->file.p + h->local, "PK\3\4", 4) != 0))
		abort();
	return ++t->count != t->stop;
}

static struct told
walk(struct span file, unsigned long stop, struct zip_facts *f)
{
	struct told t = { .file = file, .stop = stop };
	bool whole = zip_walk(file, f, on_header, &t);

	if (t.count > ZIP_HEADERS || (stop > 0 && t.count > stop) ||
	    (whole && stop > 0 && t.count == stop))
		abort();
	return t;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span file = { (const char *)data, n };
	struct zip_facts f;
	struct told all = walk(file, 0, &f), some = walk(file, 2, &f);

	if (all.count < some.count)
		abort();
	return 0;
}
