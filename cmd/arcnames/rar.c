/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/rar.h"
#include "common/little.h"
#include "common/utf8.h"

#include <stdint.h>
#include <string.h>

/* RAR 1.5 to 4: a block's head, and what is added by its type. */
enum {
	OLD_MARK = 7,
	OLD_HEAD = 7,
	OLD_FILE = 32,
	OLD_NAME_MAX = 65535
};

enum {
	OLD_MAIN = 0x73,
	OLD_MEMBER = 0x74,
	OLD_SERVICE = 0x7a,
	OLD_END = 0x7b
};

enum {				/* flags, by the type of block */
	OLD_LONG = 0x8000,
	MAIN_VOLUME = 0x0001, MAIN_COMMENT = 0x0002, MAIN_ENCRYPTED = 0x0080,
	MEMBER_BEFORE = 0x0001, MEMBER_AFTER = 0x0002, MEMBER_ENCRYPTED = 0x0004,
	MEMBER_COMMENT = 0x0008, MEMBER_FOLDER = 0x00e0, MEMBER_LARGE = 0x0100,
	MEMBER_UNICODE = 0x0200,
	END_NEXT = 0x0001
};

enum { OLD_UNIX = 3, OLD_STORED = 0x30 };

/* RAR 5. */
enum { NEW_MARK = 8, NEW_SIZE_MAX = 0x200000 };

enum {
	NEW_MAIN = 1,
	NEW_MEMBER = 2,
	NEW_SERVICE = 3,
	NEW_ENCRYPTION = 4,
	NEW_END = 5
};

enum {
	HAS_EXTRA = 0x01, HAS_DATA = 0x02, SPLIT_BEFORE = 0x08, SPLIT_AFTER = 0x10,
	NEW_VOLUME = 0x01,
	NEW_FOLDER = 0x01, NEW_TIME = 0x02, NEW_CRC = 0x04,
	NEW_NEXT = 0x01,
	EXTRA_ENCRYPTION = 1, EXTRA_REDIRECTION = 5
};

enum { REPLACEMENT = 0xfffd };

struct walk {
	struct span file;
	size_t at;
	struct rar_facts *f;
	bool (*member)(void *, const struct rar_member *);
	void *ctx;
	bool stop;		/* nothing more is to be read */
};

/* A cursor over the fields of a header. */
struct fields {
	const unsigned char *p, *end;
	bool bad;		/* one of them did not fit */
};

static const unsigned char *
octets(struct span s)
{
	return (const unsigned char *)s.p;
}

static uint32_t
crc32(const unsigned char *p, size_t n)
{
	static const uint32_t NIBBLE[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
	};
	uint32_t crc = UINT32_MAX;

	for (; n > 0; n--) {
		crc ^= *p++;
		crc = crc >> 4 ^ NIBBLE[crc & 15];
		crc = crc >> 4 ^ NIBBLE[crc & 15];
	}
	return ~crc;
}

static void
broken(struct walk *w)
{
	w->f->broken = true;
	w->stop = true;
}

/* Beyond n octets of data; a cut file ends there. */
static void
skip(struct walk *w, uint64_t n)
{
	if (n <= w->file.n - w->at) {
		w->at += (size_t)n;
		return;
	}
	w->at = w->file.n;
	broken(w);
}

static void
tell(struct walk *w, struct rar_member *m)
{
	m->folder = m->folder && !m->link;
	w->f->encrypted = w->f->encrypted || m->encrypted;
	if (!w->member(w->ctx, m))
		w->stop = true;
}

/* Names in Unicode, RAR 3 and 4: units of UTF-16, by reference to the OEM name. */
struct wide {
	const unsigned char *oem;
	size_t oem_n;
	size_t units, most;	/* more there cannot be before a NUL */
	unsigned high;		/* a surrogate that waits for its other half */
	size_t n;
	char to[3 * OLD_NAME_MAX + 3];
};

static void
put(struct wide *d, uint32_t c)
{
	d->n += utf8_put(d->to + d->n, c);
}

static void
unit(struct wide *d, unsigned u)
{
	unsigned high = d->high;

	if (d->units >= d->most)
		return;
	d->units++;
	d->high = 0;
	if (high != 0 && u >= 0xdc00 && u < 0xe000) {
		put(d, 0x10000 + ((high & 0x3ffu) << 10) + (u & 0x3ff));
		return;
	}
	if (high != 0)
		put(d, REPLACEMENT);
	if (u >= 0xd800 && u < 0xdc00)
		d->high = u;
	else
		put(d, u >= 0xdc00 && u < 0xe000 ? REPLACEMENT : u);
}

/* A run of the OEM name's letters, each moved by add and put on a page; behind
   its end there is the NUL that ends the name. */
static void
run(struct wide *d, size_t n, unsigned add, unsigned page)
{
	for (; n > 0 && d->units < d->most; n--)
		unit(d, d->units < d->oem_n ?
		    ((d->oem[d->units] + add) & 0xff) | page : 0);
}

static unsigned
octet(struct fields *c)
{
	if (c->p < c->end)
		return *c->p++;
	c->bad = true;
	return 0;
}

/* One of four ways to say the next unit or units. */
static void
coded(struct wide *d, struct fields *c, unsigned way, unsigned page)
{
	unsigned a = octet(c), b;

	switch (way) {
	case 0:
		b = 0;
		break;
	case 1:
		b = page;
		break;
	case 2:
		b = octet(c) << 8;
		break;
	default:
		if (a & 0x80)
			run(d, (a & 0x7f) + 2, octet(c), page);
		else
			run(d, a + 2, 0, 0);
		return;
	}
	if (!c->bad)
		unit(d, a | b);
}

static struct span
unicode(struct wide *d, struct span oem, struct fields c)
{
	unsigned page, flags;

	d->oem = octets(oem);
	d->oem_n = oem.n;
	d->most = oem.n + (size_t)(c.end - c.p);
	page = octet(&c) << 8;
	d->units = d->n = 0;
	d->high = 0;
	while (c.p < c.end) {
		flags = octet(&c);
		for (int i = 6; i >= 0 && c.p < c.end; i -= 2)
			coded(d, &c, flags >> i & 3, page);
	}
	if (d->high != 0)
		put(d, REPLACEMENT);
	return (struct span){ d->to, d->n };
}

/* With the flag the name is OEM, NUL, Unicode; or without a NUL UTF-8. */
static void
old_name(struct wide *d, struct rar_member *m, struct span name, bool wide)
{
	const char *nul = wide ? memchr(name.p, '\0', name.n) : NULL;
	const char *end = name.p + name.n;

	m->name = name;
	m->unicode = (struct span){ NULL, 0 };
	if (nul == NULL)
		return;
	m->name.n = (size_t)(nul - name.p);
	m->unicode = unicode(d, m->name, (struct fields){
	    (const unsigned char *)nul + 1, (const unsigned char *)end, false });
}

/* A file's header of n octets is at at; its data follows. */
static void
old_member(struct walk *w, const unsigned char *p, size_t n, unsigned flags,
    uint64_t packed)
{
	struct rar_member m = { .size = little32(p + 11) };
	size_t head = flags & MEMBER_LARGE ? OLD_FILE + 8 : OLD_FILE;
	size_t name_n = little16(p + 26);
	struct wide wide;

	if (flags & MEMBER_LARGE && n >= head)
		m.size |= (unsigned long long)little32(p + 36) << 32;
	if (n < head || name_n > n - head)
		w->f->broken = true;
	if (n < head)
		return;
	if (name_n > n - head)
		name_n = n - head;
	m.encrypted = (flags & MEMBER_ENCRYPTED) != 0;
	m.folder = (flags & MEMBER_FOLDER) == MEMBER_FOLDER;
	m.link = p[15] == OLD_UNIX && (little32(p + 28) & 0xf000) == 0xa000;
	if (m.link && p[25] == OLD_STORED && !m.encrypted && packed <= w->file.n - w->at)
		m.target = (struct span){ w->file.p + w->at, (size_t)packed };
	if (flags & (MEMBER_BEFORE | MEMBER_AFTER))
		w->f->volume = true;
	old_name(&wide, &m, (struct span){ (const char *)p + head, name_n },
	    (flags & MEMBER_UNICODE) != 0);
	tell(w, &m);
}

/* The sum does not cover an old comment within the header. */
static bool
old_sum(const unsigned char *p, size_t n, unsigned type, unsigned flags)
{
	switch (type) {
	case OLD_MAIN:
		if (flags & MAIN_COMMENT)
			return true;
		break;
	case OLD_MEMBER:
		if (flags & MEMBER_COMMENT)
			return true;
		break;
	case OLD_SERVICE:
	case OLD_END:
		break;
	default:
		return true;
	}
	return (crc32(p + 2, n - 2) & 0xffff) == little16(p);
}

/* The octets of data behind a block's head. */
static uint64_t
old_data(const unsigned char *p, size_t n, unsigned type, unsigned flags)
{
	uint64_t data = 0;
	bool member = type == OLD_MEMBER || type == OLD_SERVICE;

	if ((flags & OLD_LONG || member) && n >= OLD_HEAD + 4)
		data = little32(p + 7);
	if (member && flags & MEMBER_LARGE && n >= OLD_FILE + 8)
		data |= (uint64_t)little32(p + 32) << 32;
	return data;
}

static void
old_block(struct walk *w)
{
	const unsigned char *p = octets(w->file) + w->at;
	size_t left = w->file.n - w->at, n;
	unsigned type, flags;
	uint64_t data;

	if (left < OLD_HEAD || (n = little16(p + 5)) < OLD_HEAD || n > left) {
		broken(w);
		return;
	}
	type = p[2];
	flags = little16(p + 3);
	data = old_data(p, n, type, flags);
	if (!old_sum(p, n, type, flags))
		w->f->broken = true;
	w->at += n;
	if (type == OLD_MAIN) {
		w->f->volume = w->f->volume || flags & MAIN_VOLUME;
		w->f->headers_encrypted = (flags & MAIN_ENCRYPTED) != 0;
		w->stop = w->f->headers_encrypted;
	} else if (type == OLD_MEMBER && n < OLD_FILE) {
		w->f->broken = true;
	} else if (type == OLD_MEMBER) {
		old_member(w, p, n, flags, data);
	} else if (type == OLD_END) {
		w->f->volume = w->f->volume || flags & END_NEXT;
		w->stop = true;
	}
	if (!w->stop)
		skip(w, data);
}

/* A number in groups of seven bits, the lowest first. */
static uint64_t
number(struct fields *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70 && c->p < c->end; shift += 7) {
		uint64_t bits = *c->p & 0x7f;

		if (shift == 63 && bits > 1)
			break;
		v |= bits << shift;
		if ((*c->p++ & 0x80) == 0)
			return v;
	}
	c->bad = true;
	c->p = c->end;
	return 0;
}

static void
over(struct fields *c, size_t n)
{
	if (n > (size_t)(c->end - c->p)) {
		n = (size_t)(c->end - c->p);
		c->bad = true;
	}
	c->p += n;
}

/* A name with its length; one that does not fit is cut. */
static struct span
text(struct fields *c)
{
	uint64_t n = number(c);
	const unsigned char *from = c->p;

	over(c, n > SIZE_MAX ? SIZE_MAX : (size_t)n);
	return (struct span){ (const char *)from, (size_t)(c->p - from) };
}

/* The records behind a header's own fields. */
static void
extras(struct fields *c, struct rar_member *m)
{
	while (c->p < c->end && !c->bad) {
		struct span one = text(c);
		struct fields r = { octets(one), octets(one) + one.n, false };
		uint64_t type = number(&r);

		if (type == EXTRA_ENCRYPTION)
			m->encrypted = true;
		if (type == EXTRA_REDIRECTION) {
			number(&r);
			number(&r);
			m->target = text(&r);
			m->link = true;
		}
		c->bad = c->bad || r.bad;
	}
}

/* The fields of a file's header and of a service's, which are the same. */
static struct rar_member
new_fields(struct fields *c)
{
	struct rar_member m = { .size = 0 };
	uint64_t flags = number(c);

	m.size = number(c);
	m.folder = (flags & NEW_FOLDER) != 0;
	number(c);			/* attributes */
	over(c, (flags & NEW_TIME ? 4u : 0u) + (flags & NEW_CRC ? 4u : 0u));
	number(c);			/* compression */
	number(c);			/* system */
	m.name = text(c);
	return m;
}

/* One header: what is in front of its own fields, and where things are. */
struct head {
	struct fields own, extra;
	uint64_t type, flags, data;
	size_t n;		/* of all of it, its sum included; 0: does not fit */
	bool bad;		/* the sum is wrong, or a field did not fit */
};

static struct head
new_head(struct span s)
{
	struct head h = { .n = 0, .data = 0 };
	struct fields c = { octets(s), octets(s) + s.n, false };
	uint64_t n, extra = 0;

	over(&c, 4);
	n = number(&c);
	if (c.bad || n == 0 || n > NEW_SIZE_MAX || n > (size_t)(c.end - c.p))
		return h;
	c.end = c.p + n;
	h.n = (size_t)(c.end - octets(s));
	h.type = number(&c);
	h.flags = number(&c);
	if (h.flags & HAS_EXTRA)
		extra = number(&c);
	if (h.flags & HAS_DATA)
		h.data = number(&c);
	if (extra > (size_t)(c.end - c.p)) {
		extra = 0;
		c.bad = true;
	}
	h.extra = (struct fields){ c.end - extra, c.end, false };
	c.end -= extra;
	h.own = c;
	h.bad = c.bad || crc32(octets(s) + 4, h.n - 4) != little32(octets(s));
	return h;
}

static void
new_member(struct walk *w, struct head *h)
{
	struct rar_member m = new_fields(&h->own);

	extras(&h->extra, &m);
	if (h->own.bad || h->extra.bad)
		w->f->broken = true;
	tell(w, &m);
}

/* Copies of headers, "QO": a sum and a size in front of flags, the offset of the
   original, and the header itself. */
static void
quick_open(struct walk *w, struct span data)
{
	while (data.n > 0 && !w->stop) {
		struct fields c = { octets(data), octets(data) + data.n, false };
		struct span one, header;
		struct head h;

		over(&c, 4);
		one = text(&c);
		if (c.bad)
			return;
		data.n -= (size_t)(c.p - octets(data));
		data.p = (const char *)c.p;
		c = (struct fields){ octets(one), octets(one) + one.n, false };
		number(&c);
		number(&c);
		header = text(&c);
		h = new_head(header);
		if (h.n > 0 && h.type == NEW_MEMBER)
			new_member(w, &h);
	}
}

static void
new_service(struct walk *w, struct head *h)
{
	struct rar_member m = new_fields(&h->own);

	extras(&h->extra, &m);
	if (m.name.n == 2 && memcmp(m.name.p, "QO", 2) == 0 && !m.encrypted &&
	    h->data <= w->file.n - w->at)
		quick_open(w, (struct span){ w->file.p + w->at, (size_t)h->data });
}

static void
new_block(struct walk *w)
{
	struct head h = new_head((struct span){ w->file.p + w->at, w->file.n - w->at });
	uint64_t flags;

	if (h.n == 0) {
		broken(w);
		return;
	}
	w->at += h.n;
	if (h.bad)
		w->f->broken = true;
	if (h.flags & (SPLIT_BEFORE | SPLIT_AFTER))
		w->f->volume = true;
	switch (h.type) {
	case NEW_MAIN:
		flags = number(&h.own);
		w->f->volume = w->f->volume || flags & NEW_VOLUME;
		break;
	case NEW_MEMBER:
		new_member(w, &h);
		break;
	case NEW_SERVICE:
		new_service(w, &h);
		break;
	case NEW_ENCRYPTION:
		w->f->headers_encrypted = true;
		w->stop = true;
		break;
	case NEW_END:
		flags = number(&h.own);
		w->f->volume = w->f->volume || flags & NEW_NEXT;
		w->stop = true;
		break;
	}
	if (!w->stop)
		skip(w, h.data);
}

bool
rar_walk(struct span file, size_t at, struct rar_facts *f,
    bool (*member)(void *ctx, const struct rar_member *m), void *ctx)
{
	static const char OLD[OLD_MARK] = { 'R', 'a', 'r', '!', 0x1a, 7, 0 };
	static const char NEW[NEW_MARK] = { 'R', 'a', 'r', '!', 0x1a, 7, 1, 0 };
	struct walk w;

	*f = (struct rar_facts){ .end = at };
	w = (struct walk){ file, at, f, member, ctx, false };
	if (at > file.n)
		return false;
	if (file.n - at >= NEW_MARK && memcmp(file.p + at, NEW, NEW_MARK) == 0) {
		for (w.at += NEW_MARK; !w.stop; )
			new_block(&w);
	} else if (file.n - at >= OLD_MARK && memcmp(file.p + at, OLD, OLD_MARK) == 0) {
		/* an end block is no older than RAR 3 */
		for (w.at += OLD_MARK; !w.stop && w.at < file.n; )
			old_block(&w);
	} else {
		return false;
	}
	f->end = w.at;
	return true;
}
