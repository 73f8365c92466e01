/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/listing.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void *
listing_must(void *p)
{
	if (p == NULL)
		err(UNPACK_FULL, "what is listed");
	return p;
}

struct content *
listing_push(struct lister *l, struct span bytes, char *own, unsigned level)
{
	struct content *c = listing_must(calloc(1, sizeof *c));

	c->bytes = bytes;
	c->own = own;
	c->level = level;
	*l->last = c;
	l->last = &c->next;
	return c;
}

void
listing_way(struct lister *l, struct content *c, struct span name)
{
	const struct content *now = l->now;

	c->in = listing_must(malloc(REPORT_PATH));
	c->inlen = now->inlen;
	if (now->inlen > 0)
		memcpy(c->in, now->in, now->inlen);
	if (now->inlen > 0 && name.n > 0 && c->inlen < REPORT_PATH)
		c->in[c->inlen++] = '/';
	if (name.n > REPORT_PATH - c->inlen)
		name.n = REPORT_PATH - c->inlen;
	if (name.n > 0)
		memcpy(c->in + c->inlen, name.p, name.n);
	c->inlen += name.n;
}

void
listing_whys(struct lister *l)
{
	/* Of what is none, all flags are chance. */
	if (l->doubtful && (l->whys & 1u << WHY_BROKEN))
		l->whys = 0;
	for (enum why w = 0; w <= WHY_UNLISTABLE; w++)
		if (l->whys & 1u << w)
			report_why(l->report, &l->place, w);
	l->whys = 0;
}

bool
listing_tell(struct lister *l, const char *source, struct span name, struct span link)
{
	return name.p == NULL || report_name(l->report, &l->place, source, name, link);
}

int
listing_compare(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 || a.p == b.p ? 0 : memcmp(a.p, b.p, a.n);
}

/* Does it hold an archive anywhere? */
static bool
has_archive(struct span bytes)
{
	uint64_t all = magic_all(bytes);
	enum magic m;

	return magic_any(all, magic_archive) || magic_any(all, magic_compressor) ||
	    magic_any(all, magic_unlistable) || magic_next(bytes, 0, &m) < bytes.n;
}

void
listing_open(struct lister *l, struct unpacked *u, struct span name)
{
	struct bytes b = unpack_data(u, &l->budget, &l->whys);
	struct content *c;
	char *p;

	if (b.n == 0 || !has_archive((struct span){ b.p, b.n })) {
		free(b.p);
		return;
	}
	if (l->place.level == l->options->depth) {
		l->whys |= 1u << WHY_DEPTH;
		free(b.p);
		return;
	}
	if (b.n > l->budget.must) {
		l->whys |= 1u << WHY_LIMIT;
		b.n = (size_t)l->budget.must;
	}
	l->budget.must -= b.n;
	p = listing_must(realloc(b.p, b.n + 1));
	c = listing_push(l, (struct span){ p, b.n }, p, l->place.level + 1);
	listing_way(l, c, name);
}
