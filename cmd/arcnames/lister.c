/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* tdestroy */
#include "cmd/arcnames/lister.h"
#include "cmd/arcnames/rar.h"
#include "cmd/arcnames/unpack.h"
#include "cmd/arcnames/zipdir.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* What waits to be looked into. */
struct content {
	struct span bytes;
	char *own;		/* bytes, where they are ours */
	char *in;		/* owned: REPORT_PATH at the most */
	size_t inlen;
	unsigned level;
	bool lone;		/* came out of a compressor */
	enum magic packer;	/* and that one's type */
	struct content *next;
};

struct lister {
	const struct lister_options *options;
	struct report *report;
	struct budget budget;
	struct content *first, **last;
	/* what is looked into now */
	struct content *now;
	struct place place;
	unsigned whys;
	bool doubtful;		/* it may be none: broken is told only with names */
	void *told;		/* names told of this archive: tsearch(3) */
};

static void *
must(void *p)
{
	if (p == NULL)
		err(UNPACK_FULL, "what is listed");
	return p;
}

/* Takes own, and puts bytes, which are in it or in FILE, into the queue. */
static struct content *
push(struct lister *l, struct span bytes, char *own, unsigned level)
{
	struct content *c = must(calloc(1, sizeof *c));

	c->bytes = bytes;
	c->own = own;
	c->level = level;
	*l->last = c;
	l->last = &c->next;
	return c;
}

static void
pop(struct lister *l)
{
	struct content *c = l->first;

	l->first = c->next;
	if (l->first == NULL)
		l->last = &l->first;
	free(c->own);
	free(c->in);
	free(c);
}

/* The way to a member of what is looked into: its name behind a slash. */
static void
set_way(struct lister *l, struct content *c, struct span name)
{
	const struct content *now = l->now;

	c->in = must(malloc(REPORT_PATH));
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

static void
tell_whys(struct lister *l)
{
	if (l->doubtful)
		l->whys &= ~(1u << WHY_BROKEN);
	for (enum why w = 0; w <= WHY_UNLISTABLE; w++)
		if (l->whys & 1u << w)
			report_why(l->report, &l->place, w);
	l->whys = 0;
}

static bool
tell(struct lister *l, const char *source, struct span name, struct span link)
{
	return name.p == NULL || report_name(l->report, &l->place, source, name, link);
}

static const struct span NO_LINK = { NULL, 0 };

/* --- what is in a member ---------------------------------------------------------- */

/* Does it hold an archive anywhere? */
static bool
has_archive(struct span bytes)
{
	uint64_t all = magic_all(bytes);
	enum magic m;

	for (m = 0; m < MAGIC_COUNT; m++)
		if ((all & (uint64_t)1 << m) && (magic_archive(m) ||
		    magic_compressor(m) || magic_unlistable(m)))
			return true;
	return magic_next(bytes, 0, &m) < bytes.n;
}

static void
open_member(struct lister *l, struct unpacked *u, struct span name)
{
	unsigned whys = 0;
	bool all;
	struct bytes b = unpack_data(u, &l->budget, &whys, &all);
	struct span bytes = { b.p, b.n };
	struct content *c;

	l->whys |= whys;
	if (b.n == 0 || !has_archive(bytes)) {
		free(b.p);
		return;
	}
	if (l->place.level == l->options->depth) {
		l->whys |= 1u << WHY_DEPTH;
		free(b.p);
		return;
	}
	c = push(l, bytes, b.p, l->place.level + 1);
	set_way(l, c, name);
}

/* --- zip ---------------------------------------------------------------------------- */

/* What was told in one zip. */
struct headers {
	struct zip_header *header;	/* owned */
	size_t n, room;
};

static bool
on_zip_header(void *ctx, const struct zip_header *z)
{
	struct headers *h = ctx;

	if (h->n == h->room) {
		h->room = h->room == 0 ? 64 : 2 * h->room;
		h->header = must(reallocarray(h->header, h->room, sizeof *h->header));
	}
	h->header[h->n++] = *z;
	return true;
}

static int
compare_spans(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 || a.p == b.p ? 0 : memcmp(a.p, b.p, a.n);
}

/* By the place of the member in the file; a directory's word comes first. */
static int
compare_headers(const void *left, const void *right)
{
	const struct zip_header *a = left, *b = right;
	int order;

	if (a->local != b->local)
		return a->local < b->local ? -1 : 1;
	if ((order = compare_spans(a->name, b->name)) != 0 ||
	    (order = compare_spans(a->unicode, b->unicode)) != 0)
		return order;
	return b->central - a->central;
}

static bool
same_header(const struct zip_header *a, const struct zip_header *b)
{
	return a->local == b->local && compare_spans(a->name, b->name) == 0 &&
	    compare_spans(a->unicode, b->unicode) == 0 && a->folder == b->folder;
}

/* What a symbolic link points to is its data. */
static void
tell_link(struct lister *l, struct unpacked *u, struct span name)
{
	struct budget small = { REPORT_PATH, REPORT_PATH };
	unsigned whys = 0;
	bool all;
	struct bytes b = unpack_data(u, &small, &whys, &all);

	l->whys |= whys;
	tell(l, "link", name, (struct span){ b.p == NULL ? "" : b.p, b.n });
	free(b.p);
}

struct zip_member {
	struct lister *lister;
	const struct zip_header *header;
};

static bool
on_zip_member(void *ctx, struct member *m)
{
	struct zip_member *z = ctx;

	if (m->data == NULL)
		return true;
	if (z->header->link)
		tell_link(z->lister, m->data, z->header->name);
	else
		open_member(z->lister, m->data, z->header->name);
	return true;
}

/* The members, each by its local header, whatever a directory says. */
static void
open_zip_members(struct lister *l, const struct headers *h)
{
	struct span file = l->now->bytes;

	for (size_t i = 0; i < h->n && !l->report->full; i++) {
		const struct zip_header *z = &h->header[i];
		struct zip_member m = { l, z };

		if (z->local == ZIP_NOWHERE || z->folder || z->encrypted ||
		    (i > 0 && z[-1].local == z->local))
			continue;
		unpack_members((struct span){ file.p + z->local, file.n - (size_t)z->local },
		    MAGIC_ZIP, &l->whys, on_zip_member, &m);
	}
}

/* Its names; false: there were too many. */
static bool
tell_headers(struct lister *l, const struct headers *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct zip_header *z = &h->header[i];
		const char *source = z->central ? "central" : "local";

		if (z->folder || (i > 0 && same_header(&z[-1], z)))
			continue;
		if (!tell(l, source, z->name, NO_LINK) ||
		    !tell(l, "unicode", z->unicode, NO_LINK))
			return false;
	}
	return true;
}

static void
list_zip(struct lister *l)
{
	struct headers h = { NULL, 0, 0 };
	struct zip_facts f;

	zip_walk(l->now->bytes, &f, on_zip_header, &h);
	l->place.type = MAGIC_ZIP;
	l->whys |= (unsigned)f.encrypted << WHY_ENCRYPTED | (unsigned)f.volume << WHY_VOLUME |
	    (unsigned)f.limit << WHY_LIMIT | (unsigned)f.broken << WHY_BROKEN;
	if (h.n > 1)
		qsort(h.header, h.n, sizeof *h.header, compare_headers);
	if (l->options->off[MAGIC_ZIP])
		l->whys |= 1u << WHY_UNLISTABLE;
	if (tell_headers(l, &h) && !l->options->off[MAGIC_ZIP])
		open_zip_members(l, &h);
	tell_whys(l);
	free(h.header);
}

/* --- others: a name may be had by two ways ------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
	return compare_spans(*(const struct span *)a, *(const struct span *)b);
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
	copy = must(malloc(sizeof *copy + name.n));
	*copy = (struct span){ (char *)(copy + 1), name.n };
	memcpy(copy + 1, name.p, name.n);
	must(tsearch(copy, &l->told, compare_names));
	return true;
}

static bool
tell_once(struct lister *l, const char *source, struct span name, struct span link)
{
	return (link.p == NULL && !is_new(l, name)) || tell(l, source, name, link);
}

static void
forget(struct lister *l)
{
	tdestroy(l->told, free);
	l->told = NULL;
}

static bool
on_member(void *ctx, struct member *m)
{
	struct lister *l = ctx;

	if (m->folder)
		return true;
	if (!tell_once(l, "member", m->names[0], m->link) ||
	    !tell_once(l, "member", m->names[1], m->link))
		return false;
	if (m->data != NULL)
		open_member(l, m->data, m->names[0]);
	return !l->report->full;
}

static bool
on_rar_member(void *ctx, const struct rar_member *m)
{
	struct lister *l = ctx;

	return m->folder || (tell_once(l, "header", m->name, m->target) &&
	    tell_once(l, "header", m->unicode, m->target));
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

/* One of several (MS-CAB 2.1: flags cfhdrPREV_CABINET, cfhdrNEXT_CABINET). */
static bool
cab_volume(struct span s)
{
	return s.n > 30 && (s.p[30] & 3) != 0;
}

/* Returns an offset behind what is known to be of it. */
static size_t
list_archive(struct lister *l, enum magic type, size_t at)
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
	l->doubtful &= l->report->names == names;
	tell_whys(l);
	forget(l);
	return end > at ? end : at + 1;
}

/* Those that begin behind something else, as in a program that unpacks itself. */
static void
list_embedded(struct lister *l, bool zip)
{
	struct span s = l->now->bytes;
	unsigned tries = 16;
	size_t at = 1;
	enum magic m;

	while ((at = magic_next(s, at, &m)) < s.n && tries > 0 && !l->report->full) {
		report_place(l->report);
		if (m == MAGIC_ZIP && !zip) {
			zip = true;
			l->doubtful = false;
			list_zip(l);
		}
		if (m == MAGIC_ZIP) {
			at++;
			continue;
		}
		tries--;
		l->doubtful = true;
		at = list_archive(l, m, at);
	}
}

static void
unpack(struct lister *l, enum magic type)
{
	struct content *now = l->now, *c;
	struct bytes b;

	tell(l, "header", type == MAGIC_GZIP ? unpack_gzip_name(now->bytes) : NO_LINK, NO_LINK);
	if (l->options->off[type] || !unpack_reads(type)) {
		l->whys |= 1u << WHY_UNLISTABLE;
	} else if (now->level + now->lone > l->options->depth) {
		l->whys |= 1u << WHY_DEPTH;
	} else {
		b = unpack_file(now->bytes, type, &l->budget, &l->whys);
		c = push(l, (struct span){ b.p, b.n }, b.p, now->level + now->lone);
		c->lone = true;
		c->packer = type;
		set_way(l, c, (struct span){ "", 0 });
	}
	tell_whys(l);
}

/* As one of the kinds that its octets may be. */
static void
look_as(struct lister *l, enum magic m)
{
	l->place.type = m;
	l->doubtful = false;
	report_place(l->report);
	if (magic_unlistable(m))
		l->whys |= 1u << WHY_UNLISTABLE;
	if (magic_compressor(m))
		unpack(l, m);
	else if (m == MAGIC_ZIP)
		list_zip(l);
	else if (magic_archive(m))
		list_archive(l, m, 0);
	tell_whys(l);
}

static void
look(struct lister *l)
{
	struct content *now = l->now = l->first;
	uint64_t all = magic_all(now->bytes), archives = 0;
	const char *suffix;

	l->place = (struct place){ now->level, MAGIC_NONE, { now->in, now->inlen } };
	for (enum magic m = 0; m < MAGIC_COUNT && !l->report->full; m++) {
		if ((all & (uint64_t)1 << m) == 0 ||
		    !(magic_archive(m) || magic_compressor(m) || magic_unlistable(m)))
			continue;
		archives |= (uint64_t)1 << m;
		look_as(l, m);
	}
	if (now->lone && archives == 0) {
		l->place.type = now->packer;
		suffix = magic_suffix(now->bytes);
		report_magic(l->report, &l->place, suffix == NULL ? "" : suffix);
	}
	if (!l->report->full)
		list_embedded(l, archives & (uint64_t)1 << MAGIC_ZIP);
}

void
lister_run(struct span file, const struct lister_options *o, struct report *r)
{
	struct lister l = { .options = o, .report = r,
		.budget = { UNPACK_MUST, UNPACK_MAY } };

	l.last = &l.first;
	push(&l, file, NULL, 1);
	while (l.first != NULL && !r->full) {
		look(&l);
		pop(&l);
	}
	if (r->full) {
		report_place(r);
		report_why(r, &l.place, WHY_LIMIT);
	}
}
