/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/arcnames/zipdir.h"
#include "common/little.h"

#include <string.h>

enum {
	LOCAL_SIZE = 30, CENTRAL_SIZE = 46, END_SIZE = 22,
	END64_SIZE = 56, LOCATOR_SIZE = 20,
	EXTRA_ZIP64 = 0x0001, EXTRA_UNICODE = 0x7075,
	FLAG_ENCRYPTED = 1 << 0, FLAG_LATER = 1 << 3, FLAG_STRONG = 1 << 6,
	FLAG_MASKED = 1 << 13,
	METHOD_AES = 99, METHOD_MAX = 99, VERSION_MAX = 63,
	MADE_BY_UNIX = 3, MODE_TYPE = 0170000, MODE_LINK = 0120000,
	STARTS = 4096,		/* directories that are remembered */
	NONE16 = 0xffff
};
static const uint32_t NONE32 = 0xffffffff;

static const char LOCAL[] = "PK\3\4", CENTRAL[] = "PK\1\2", END[] = "PK\5\6",
    END64[] = "PK\6\6", LOCATOR[] = "PK\6\7", SPANNED[] = "PK\7\10", SINGLE[] = "PK00";

/* Directories that were walked; a second time brings nothing. */
struct starts {
	uint64_t at[STARTS];
	unsigned n;
};

struct walk {
	struct span file;
	struct zip_facts *facts;
	bool (*header)(void *ctx, const struct zip_header *h);
	void *ctx;
	unsigned long headers;
	struct starts centrals;
	bool stopped;
};

/* The sizes and the place of a header, which zip64 may have elsewhere. */
struct sizes {
	uint64_t size, packed, local;
};

/* Are there n bytes at `at', and do they begin with a signature? */
static bool
is(const struct walk *w, uint64_t at, const char *signature, size_t n)
{
	return at <= w->file.n && w->file.n - at >= n &&
	    memcmp(w->file.p + at, signature, 4) == 0;
}

/* False: it was one already, or there is no room to remember it. */
static bool
remember(struct walk *w, struct starts *s, uint64_t at)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->at[i] == at)
			return false;
	if (s->n == STARTS) {
		w->facts->limit = true;
		return false;
	}
	s->at[s->n++] = at;
	return true;
}

static bool
tell(struct walk *w, const struct zip_header *h)
{
	if (++w->headers > ZIP_HEADERS) {
		w->facts->limit = true;
		w->stopped = true;
	} else if (!w->header(w->ctx, h))
		w->stopped = true;
	w->facts->encrypted |= h->encrypted;
	return !w->stopped;
}

/* The next of several values in the zip64 field, if this one stands there. */
static void
from_zip64(struct span *field, uint64_t *value)
{
	if (*value != NONE32 || field->n < 8)
		return;
	*value = little64(field->p);
	field->p += 8;
	field->n -= 8;
}

/* Of the name in the field 0x7075: after a version and a sum of the other name. */
static void
read_extra(struct span extra, struct zip_header *h, struct sizes *s)
{
	while (extra.n >= 4) {
		unsigned id = little16(extra.p);
		struct span field = { extra.p + 4, little16(extra.p + 2) };

		if (field.n > extra.n - 4)
			field.n = extra.n - 4;
		extra.p = field.p + field.n;
		extra.n -= field.n + 4;
		if (id == EXTRA_UNICODE && field.n > 5)
			h->unicode = (struct span){ field.p + 5, field.n - 5 };
		if (id != EXTRA_ZIP64)
			continue;
		from_zip64(&field, &s->size);
		from_zip64(&field, &s->packed);
		from_zip64(&field, &s->local);
	}
}

static bool
encrypted(unsigned flags, unsigned method)
{
	return (flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)) != 0 ||
	    method == METHOD_AES;
}

static bool
folder(const struct zip_header *h, const struct sizes *s)
{
	return h->name.n > 0 && h->name.p[h->name.n - 1] == '/' && s->size == 0 &&
	    s->packed == 0;
}

/* The local header at `at', of which the fixed part is there. */
static void
read_local(const struct walk *w, uint64_t at, struct zip_header *h, struct sizes *s)
{
	const char *p = w->file.p + at;
	size_t room = w->file.n - (size_t)at - LOCAL_SIZE;
	size_t name = little16(p + 26), extra = little16(p + 28);

	if (name > room)
		name = room;
	if (extra > room - name)
		extra = room - name;
	*h = (struct zip_header){ .name = { p + LOCAL_SIZE, name }, .local = at };
	*s = (struct sizes){ .size = little32(p + 22), .packed = little32(p + 18) };
	read_extra((struct span){ p + LOCAL_SIZE + name, extra }, h, s);
	h->encrypted = encrypted(little16(p + 6), little16(p + 8));
	h->folder = folder(h, s) && (little16(p + 6) & FLAG_LATER) == 0;
}

/* The next local header at or after `at'. */
static uint64_t
next_local(const struct walk *w, uint64_t at)
{
	const char *p;

	if (at >= w->file.n)
		return ZIP_NOWHERE;
	p = memmem(w->file.p + at, w->file.n - (size_t)at, LOCAL, 4);
	return p == NULL ? ZIP_NOWHERE : (uint64_t)(p - w->file.p);
}

/* The header at `at', of which the fixed part is there; its sizes. */
static struct sizes
tell_local(struct walk *w, uint64_t at)
{
	struct zip_header h;
	struct sizes s;

	read_local(w, at, &h, &s);
	tell(w, &h);
	return s;
}

/*
 * A member is another one to who believes its entry (c) than to who believes its
 * local header, where they differ in how it is packed or how long it is; lengths
 * that are told later may be zeros in the latter.
 */
static bool
disagree(const char *c, struct sizes central, const char *l, struct sizes local)
{
	if (little16(c + 10) != little16(l + 8))
		return true;
	if ((little16(l + 6) & (FLAG_LATER | FLAG_MASKED)) != 0)
		return false;
	return central.packed != local.packed || central.size != local.size;
}

/* What begins like a header stands in other data too. */
static bool
plausible(const char *p)
{
	return little16(p + 4) % 256 <= VERSION_MAX && little16(p + 8) <= METHOD_MAX &&
	    little16(p + 26) > 0;
}

/*
 * All of them, wherever they stand: no size is believed, for readers disagree on
 * which one counts.  Those of a zip that is stored in this one are among them.
 */
static void
walk_locals(struct walk *w)
{
	uint64_t at = 0;

	for (; !w->stopped && (at = next_local(w, at)) != ZIP_NOWHERE; at += 4)
		if (is(w, at, LOCAL, LOCAL_SIZE) && plausible(w->file.p + at))
			tell_local(w, at);
}

/* One entry of a directory, its fixed part is there; its length, 0: no more. */
static uint64_t
read_central(struct walk *w, uint64_t at, uint64_t base)
{
	const char *p = w->file.p + at;
	size_t name = little16(p + 28), extra = little16(p + 30), comment = little16(p + 32);
	size_t room = w->file.n - (size_t)at - CENTRAL_SIZE;
	struct sizes s = { little32(p + 24), little32(p + 20), little32(p + 42) };
	struct zip_header h = { .central = true };
	bool whole = name + extra <= room;
	uint64_t local;

	if (name > room)
		name = room;
	if (extra > room - name)
		extra = room - name;
	h.name = (struct span){ p + CENTRAL_SIZE, name };
	read_extra((struct span){ p + CENTRAL_SIZE + name, extra }, &h, &s);
	h.encrypted = encrypted(little16(p + 8), little16(p + 10));
	h.folder = folder(&h, &s);
	h.link = p[5] == MADE_BY_UNIX && (little16(p + 40) & MODE_TYPE) == MODE_LINK;
	local = s.local <= w->file.n ? s.local + base : ZIP_NOWHERE;
	h.local = local != ZIP_NOWHERE && is(w, local, LOCAL, LOCAL_SIZE) ?
	    local : ZIP_NOWHERE;
	w->facts->broken |= h.local == ZIP_NOWHERE || !whole;
	if (tell(w, &h) && h.local != ZIP_NOWHERE)
		w->facts->broken |= disagree(p, s, w->file.p + h.local,
		    tell_local(w, h.local));
	if (w->stopped || !whole)
		return 0;
	return CENTRAL_SIZE + name + extra + comment;
}

/* A directory of so many entries; offsets in it count from base. */
static void
walk_central(struct walk *w, uint64_t at, uint64_t base, uint64_t entries)
{
	uint64_t seen = 0, len = 1;

	if (!remember(w, &w->centrals, at))
		return;
	for (; len > 0 && is(w, at, CENTRAL, CENTRAL_SIZE); at += len, seen++)
		len = read_central(w, at, base);
	w->facts->directories++;
	w->facts->broken |= !w->stopped && seen < entries;
}

/* What an end record says. */
struct end {
	uint64_t at;		/* where the directory ends */
	uint64_t entries, size, offset;
	bool volume;
};

/* The zip64 record that stands before, where one does. */
static void
read_end64(const struct walk *w, struct end *e)
{
	uint64_t at;
	const char *p;

	if (e->at < LOCATOR_SIZE || !is(w, e->at - LOCATOR_SIZE, LOCATOR, LOCATOR_SIZE))
		return;
	p = w->file.p + e->at - LOCATOR_SIZE;
	at = little64(p + 8);
	e->volume |= little32(p + 4) != 0 || little32(p + 16) > 1;
	if (!is(w, at, END64, END64_SIZE)) {
		if (e->at < LOCATOR_SIZE + END64_SIZE)
			return;
		at = e->at - LOCATOR_SIZE - END64_SIZE;
		if (!is(w, at, END64, END64_SIZE))
			return;
	}
	p = w->file.p + at;
	e->at = at;
	e->entries = little64(p + 32);
	e->size = little64(p + 40);
	e->offset = little64(p + 48);
}

/*
 * Readers look for the directory where it is said to begin, or so much before
 * its end as it is said to be long; before both there may be anything.  empty:
 * there may be none.  False: it is in neither place.
 */
static bool
walk_directory(struct walk *w, const struct end *e, bool empty)
{
	bool found = false;

	if (e->size == 0 && e->entries == 0) {
		w->facts->directories += empty;
		return empty;
	}
	if (e->size <= e->at && is(w, e->at - e->size, CENTRAL, CENTRAL_SIZE)) {
		uint64_t start = e->at - e->size;

		walk_central(w, start, start >= e->offset ? start - e->offset : 0,
		    e->entries);
		found = true;
	}
	if (!w->stopped && is(w, e->offset, CENTRAL, CENTRAL_SIZE)) {
		walk_central(w, e->offset, 0, e->entries);
		found = true;
	}
	return found;
}

/*
 * What begins like an end record stands in much that is no zip: it is one if it
 * leads to a directory, or ends the file.
 */
static void
walk_end(struct walk *w, uint64_t at)
{
	const char *p = w->file.p + at;
	struct end e = { .at = at, .entries = little16(p + 10), .size = little32(p + 12),
	    .offset = little32(p + 16) };
	unsigned disk = little16(p + 4), first = little16(p + 6);
	bool last = at + END_SIZE + little16(p + 20) == w->file.n, found;

	e.volume = (disk != 0 && disk != NONE16) || (first != 0 && first != NONE16);
	read_end64(w, &e);
	found = walk_directory(w, &e, last || at == 0);
	w->facts->volume |= (found || last) && e.volume;
	w->facts->broken |= !found && last;
}

/* Every end record, in the order of the file. */
static void
walk_ends(struct walk *w)
{
	uint64_t at = 0;

	while (!w->stopped && at < w->file.n) {
		const char *p = memmem(w->file.p + at, w->file.n - (size_t)at, END, 4);

		if (p == NULL)
			return;
		at = (uint64_t)(p - w->file.p);
		if (w->file.n - at < END_SIZE)
			return;
		walk_end(w, at);
		at += 4;
	}
}

bool
zip_walk(struct span file, struct zip_facts *f,
    bool (*header)(void *ctx, const struct zip_header *h), void *ctx)
{
	struct walk w = { .file = file, .facts = f, .header = header, .ctx = ctx };
	bool spanned = is(&w, 0, SPANNED, 4), begins;
	uint64_t start = spanned || is(&w, 0, SINGLE, 4) ? 4 : 0;

	*f = (struct zip_facts){ .volume = spanned };
	walk_ends(&w);
	begins = is(&w, start, LOCAL, LOCAL_SIZE);
	f->broken |= begins && f->directories == 0;
	if (begins || f->directories > 0)
		walk_locals(&w);
	return !w.stopped || f->limit;
}
