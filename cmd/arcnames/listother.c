/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* tdestroy */
#include "cmd/arcnames/listing.h"
#include "cmd/arcnames/rar.h"
#include "cmd/arcnames/tarnames.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum {
	MEMBERS = 100000	/* of all archives */
};

/* False: there were too many. */
static bool
count(struct lister *l)
{
	l->report->full |= ++l->members > MEMBERS;
	return !l->report->full;
}

/* A name may be had by two ways, and is told once. */
static int
compare_names(const void *a, const void *b)
{
	return listing_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Was it not told yet? */
static bool
is_new(struct lister *l, struct span name)
{
	struct span *copy, **found;

	if (name.p == NULL)
		return false;
	found = tfind(&name, &l->told, compare_names);
	if (found != NULL)
		return false;
	copy = listing_must(malloc(sizeof *copy + name.n));
	*copy = (struct span){ (char *)(copy + 1), name.n };
	memcpy(copy + 1, name.p, name.n);
	listing_must(tsearch(copy, &l->told, compare_names));
	return true;
}

/* A link is told for where it leads to. */
static bool
tell_once(struct lister *l, const char *source, struct span name, struct span link)
{
	return (!is_new(l, name) && link.p == NULL) || listing_tell(l, source, name, link);
}

static void
forget(struct lister *l)
{
	tdestroy(l->told, free);
	l->told = NULL;
}

/* Is it read once for each tree of names that it has? */
static bool
several_trees(enum magic type)
{
	return type == MAGIC_ISO || type == MAGIC_BRIDGE;
}

static bool
on_member(void *ctx, struct member *m)
{
	struct lister *l = ctx;
	unsigned long names = l->report->names;
	bool fresh;

	if (!count(l))
		return false;
	if (m->folder)
		return true;
	if (!tell_once(l, "member", m->names[0], m->link) ||
	    !tell_once(l, "member", m->names[1], m->link))
		return false;
	fresh = l->report->names > names;
	if (m->data != NULL && (fresh || !several_trees(l->place.type)))
		listing_open(l, m->data, m->names[0]);
	return !l->report->full;
}

static bool
on_rar_member(void *ctx, const struct rar_member *m)
{
	struct lister *l = ctx;

	return count(l) && (m->folder || (tell_once(l, "header", m->name, m->target) &&
	    tell_once(l, "header", m->unicode, m->target)));
}

/* The headers of RAR say what libarchive does not. */
static size_t
list_rar(struct lister *l, size_t at)
{
	struct rar_facts f;

	rar_walk(l->now->bytes, at, &f, on_rar_member, l);
	l->whys |= (unsigned)(f.encrypted | f.headers_encrypted) << WHY_ENCRYPTED |
	    (unsigned)f.volume << WHY_VOLUME | (unsigned)f.broken << WHY_BROKEN;
	return f.end;
}

static bool
on_tar_name(void *ctx, struct span name)
{
	struct lister *l = ctx;

	return count(l) && tell_once(l, "header", name, NO_LINK);
}

/* One of several (MS-CAB 2.1: flags cfhdrPREV_CABINET, cfhdrNEXT_CABINET). */
static bool
cab_volume(struct span s)
{
	return s.n > 30 && (s.p[30] & 3) != 0;
}

size_t
list_at(struct lister *l, enum magic type, size_t at)
{
	struct span s = { l->now->bytes.p + at, l->now->bytes.n - at };
	unsigned long names = l->report->names;
	size_t end = at + 1;

	l->place.type = type;
	if (type == MAGIC_RAR || type == MAGIC_RAR5)
		end = list_rar(l, at);
	if (type == MAGIC_CAB && cab_volume(s))
		l->whys |= 1u << WHY_VOLUME;
	if (l->options->off[type] || !unpack_reads(type))
		l->whys |= 1u << WHY_UNLISTABLE;
	else if (!l->report->full)
		unpack_members(s, type, &l->whys, on_member, l);
	if (type == MAGIC_TAR)
		tar_walk(s, on_tar_name, l);
	l->doubtful &= l->report->names == names;
	if (l->doubtful)
		end = at + 1;	/* forged, maybe, and it hides the next one */
	listing_whys(l);
	forget(l);
	return end > at ? end : at + 1;
}

void
list_packed(struct lister *l, enum magic type)
{
	struct content *now = l->now, *c;
	struct bytes b;

	if (type == MAGIC_GZIP)
		listing_tell(l, "header", unpack_gzip_name(now->bytes), NO_LINK);
	if (l->options->off[type] || !unpack_reads(type)) {
		l->whys |= 1u << WHY_UNLISTABLE;
	} else if (now->level + now->lone > l->options->depth) {
		l->whys |= 1u << WHY_DEPTH;
	} else {
		b = unpack_file(now->bytes, type, &l->budget, &l->whys);
		c = listing_push(l, (struct span){ b.p, b.n }, b.p, now->level + now->lone);
		c->lone = true;
		c->packer = type;
		listing_way(l, c, (struct span){ "", 0 });
	}
	listing_whys(l);
}
