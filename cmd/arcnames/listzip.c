/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/listing.h"
#include "cmd/arcnames/zipdir.h"

#include <stdlib.h>

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
		h->header = listing_must(reallocarray(h->header, h->room, sizeof *h->header));
	}
	h->header[h->n++] = *z;
	return true;
}

/* By the place of the member in the file; a directory's word comes first. */
static int
compare_headers(const void *left, const void *right)
{
	const struct zip_header *a = left, *b = right;
	int order;

	if (a->local != b->local)
		return a->local < b->local ? -1 : 1;
	if ((order = listing_compare(a->name, b->name)) != 0 ||
	    (order = listing_compare(a->unicode, b->unicode)) != 0)
		return order;
	return b->central - a->central;
}

static bool
same_header(const struct zip_header *a, const struct zip_header *b)
{
	return a->local == b->local && listing_compare(a->name, b->name) == 0 &&
	    listing_compare(a->unicode, b->unicode) == 0 && a->folder == b->folder;
}

/* What a symbolic link points to is its data. */
static void
tell_link(struct lister *l, struct unpacked *u, struct span name)
{
	struct bytes b = unpack_some(u, REPORT_PATH, &l->whys);

	listing_tell(l, "link", name, (struct span){ b.p == NULL ? "" : b.p, b.n });
	free(b.p);
}

/* The headers of one member: what any of them makes of it. */
struct zip_member {
	struct lister *lister;
	struct span name;
	bool link;		/* for one of them */
	bool folder, encrypted;	/* for all */
	size_t headers;
};

static bool
on_zip_member(void *ctx, struct member *m)
{
	struct zip_member *z = ctx;

	if (m->data != NULL && z->link)
		tell_link(z->lister, m->data, z->name);
	else if (m->data != NULL)
		listing_open(z->lister, m->data, z->name);
	return true;
}

/* Of the headers from h on that are at one place. */
static struct zip_member
one_member(struct lister *l, const struct zip_header *h, size_t n)
{
	struct zip_member m = { .lister = l, .name = h->name, .folder = true,
	    .encrypted = true };

	for (; m.headers < n && h[m.headers].local == h->local; m.headers++) {
		const struct zip_header *z = &h[m.headers];

		m.link |= z->link;
		m.encrypted &= z->encrypted;
		if (m.folder && !z->folder) {
			m.folder = false;
			m.name = z->name;
		}
	}
	return m;
}

/* The members, each by its local header, whatever a directory says. */
static void
open_zip_members(struct lister *l, const struct headers *h)
{
	struct span file = l->now->bytes;
	struct zip_member m;

	for (size_t i = 0; i < h->n && !l->report->full; i += m.headers) {
		uint64_t at = h->header[i].local;

		m = one_member(l, &h->header[i], h->n - i);
		if (at != ZIP_NOWHERE && !m.folder && !m.encrypted)
			unpack_members((struct span){ file.p + at, file.n - (size_t)at },
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
		if (!listing_tell(l, source, z->name, NO_LINK) ||
		    !listing_tell(l, "unicode", z->unicode, NO_LINK))
			return false;
	}
	return true;
}

void
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
	listing_whys(l);
	free(h.header);
}
