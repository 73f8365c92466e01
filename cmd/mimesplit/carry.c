/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/carry.h"
#include "cmd/mimesplit/uufile.h"
#include "cmd/mimesplit/entity.h"
#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/reread.h"
#include "common/binhex.h"
#include "common/cli.h"
#include "common/cms.h"
#include "common/datauri.h"
#include "common/head.h"
#include "common/ical.h"
#include "common/macfile.h"
#include "common/name.h"
#include "common/openpgp.h"
#include "common/srcdoc.h"
#include "common/tnef.h"
#include "common/yenc.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* A uuencode name this long may have been cut with its line. */
enum { NAME_CUT = LINE_KEPT - 64 };

/* A text as it stands, without its NULs, or in UTF-16. */
enum as { AS_IT_IS, AS_STRIPPED, AS_LITTLE, AS_BIG };

/* The file that a decoder tells of at the moment, as it becomes a part. */
struct found {
	struct split *split;
	unsigned long in;	/* the part that carries it */
	unsigned long long from;	/* where that begins in its file */
	unsigned long long to;	/* ... and ends */
	int fd;
	unsigned look;		/* enum look bits */
	const char *source;	/* of its names */
	bool message;		/* what comes out is a message or an entity */
	bool markup;		/* ... or is looked into as markup */
	bool opaque;		/* its own bytes are nothing to look for heads in */
	enum as as;
	bool second;		/* of a unit: the byte to come */
	char half;		/* its first one */
	bool bare, again;	/* for one decoder: see there */
	bool open;		/* false too where there was no room for it */
	unsigned long part;
	struct names names;
	struct leaf leaf;
};

static void
found_file(void *ctx)
{
	struct found *f = ctx;
	struct outline *o = &f->split->outline;

	f->open = false;
	if (!split_room(f->split, f->in))
		return;
	if (o->entry[f->in].depth >= f->split->max_depth) {
		outline_limit(o, LIMIT_DEPTH, f->in);
		return;
	}
	f->part = outline_add(o, f->in);
	o->entry[f->part].edit = o->entry[f->in].edit;
	o->entry[f->part].aside = o->entry[f->in].aside;
	o->entry[f->part].depth = o->entry[f->in].depth + 1;
	o->carriers = true;
	name_start(&f->names);
	leaf_open(&f->leaf, f->split, f->part, TRANSFER_NONE,
	    f->markup ? LOOK_MARKUP : 0, false);
	f->open = true;
}

static void
found_name(void *ctx, const char *p, size_t n)
{
	struct found *f = ctx;

	if (!f->open)
		return;
	name_add(&f->names, f->source, p, n);
	/* So long a one may have been cut: its suffix is not known. */
	f->names.full |= n == TELL_NAME || n >= NAME_CUT;
}

static void
found_data(void *ctx, const char *p, size_t n)
{
	struct found *f = ctx;

	if (f->open)
		leaf_feed(&f->leaf, p, n);
}

static void
found_end(void *ctx)
{
	struct found *f = ctx;
	struct outline *o = &f->split->outline;
	static struct record r;
	char *words;

	if (!f->open)
		return;
	f->open = false;
	leaf_close(&f->leaf, false);
	record_start(&r);
	for (size_t i = 0; i < f->names.count; i++)
		record_addtagged(&r, "name", f->names.name[i].source,
		    f->names.bytes + f->names.name[i].at, f->names.name[i].n);
	if (f->names.full) {
		record_addstr(&r, "cut", "name");
		outline_limit(o, LIMIT_NAMES, f->part);
	}
	if ((words = strdup(r.text)) == NULL)
		err(EXIT_RETRY, "memory");
	outline_set_words(o, f->part, words, split_words(f->split));
	if (f->message)
		reread_decoded(f->split, f->part, KIND_MESSAGE, NULL, 0, false);
}

/*
 * The heads inside a text that hold a field that decides.  What follows each is
 * read as the message that it begins: to the end of the text or, as many of them
 * would cost too much, to the next head.  Where the line before it is like a
 * delimiter the text is a multipart instead.
 */
enum { INNER_WHOLE = 8 };

struct inner {
	struct split *split;
	const struct task *task;
	bool run;		/* the lines before were fields */
	bool found;		/* one of them decides */
	unsigned long long start;	/* where they begin */
	unsigned long heads;
	unsigned long long last;	/* where the head before begins, or 0 */
	char dash[GUESS_MAX];	/* the line before, without its "--" */
	size_t ndash;
};

static void
inner_add(struct inner *i, struct task t)
{
	t.message = i->task->message;
	t.source = i->task->source;
	t.of = i->task->of;
	t.inner = true;
	i->split->outline.carriers = true;
	split_add(i->split, &t);
}

/* The head whose end was not known yet ends here. */
static void
inner_end(struct inner *i, unsigned long long at)
{
	if (i->last != 0)
		inner_add(i, (struct task){ .from = i->last, .to = at });
	i->last = 0;
}

static void
inner_found(struct inner *i)
{
	i->found = true;
	inner_end(i, i->start);
	if (i->ndash > 0) {
		inner_add(i, (struct task){ .from = i->task->from, .to = i->task->to,
		    .body = true, .is = KIND_MULTIPART, .boundary = i->dash,
		    .nboundary = i->ndash });
		return;
	}
	if (i->heads++ < INNER_WHOLE)
		inner_add(i, (struct task){ .from = i->start, .to = i->task->to });
	else
		i->last = i->start;
}

static void
inner_dash(struct inner *i, const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	i->ndash = 0;
	if (n < 3 || n - 2 > sizeof i->dash || p[0] != '-' || p[1] != '-')
		return;
	i->ndash = n - 2;
	memcpy(i->dash, p + 2, n - 2);
}

static void
inner_line(void *ctx, const char *p, size_t n, unsigned long long at)
{
	struct inner *i = ctx;
	size_t namelen;

	if (i->run && n > 0 && (p[0] == ' ' || p[0] == '\t'))
		return;
	if (head_field_line(p, n, &namelen) == 0) {
		i->run = false;
		inner_dash(i, p, n);
		return;
	}
	if (!i->run) {
		i->start = at;
		i->found = false;
	}
	i->run = true;
	if (!i->found && head_decides(p, n))
		inner_found(i);
}

/* Told each line, in pieces of LINE_KEPT bytes, and where each begins. */
typedef void line_fn(void *ctx, const char *p, size_t n, unsigned long long at);

/* The lines of the file; any of CR LF, LF and CR ends one. */
static void
each_line(struct window *w, unsigned long long from, line_fn *tell, void *ctx)
{
	char line[LINE_KEPT];
	unsigned long long at = from, start = from;
	size_t n = 0;
	const char *p;
	char last = '\0';
	long have;

	while ((have = window_look(w, at, &p)) > 0) {
		for (long k = 0; k < have; last = p[k++]) {
			if (p[k] != '\n' && p[k] != '\r') {
				if (n == sizeof line) {
					tell(ctx, line, n, start);
					start = at + (unsigned long long)k;
					n = 0;
				}
				line[n++] = p[k];
				continue;
			}
			if (!(p[k] == '\n' && last == '\r'))
				tell(ctx, line, n, start);
			n = 0;
			start = at + (unsigned long long)k + 1;
		}
		at += (unsigned long long)have;
	}
	if (have < 0)
		err(EXIT_RETRY, "a part");
	if (n > 0)
		tell(ctx, line, n, start);
}

typedef void feed_fn(void *decoder, const char *p, size_t n);

/* A byte of a file in UTF-16, of which what matters is ASCII; the first of a unit
   is kept until its second one is there. */
static size_t
narrow(struct found *f, char c, char *out)
{
	char ascii = f->as == AS_LITTLE ? f->half : c;
	char high = f->as == AS_LITTLE ? c : f->half;

	if (f->as == AS_STRIPPED) {
		*out = c;
		return c != '\0';
	}
	f->half = c;
	f->second = !f->second;
	if (f->second)
		return 0;
	*out = high == '\0' ? ascii : '\x7f';
	return 1;
}

static void
push_narrow(struct found *f, const char *p, size_t n, void *decoder, feed_fn *feed)
{
	char out[LINE_KEPT];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		k += narrow(f, p[i], out + k);
		if (k == sizeof out) {
			feed(decoder, out, k);
			k = 0;
		}
	}
	if (k > 0)
		feed(decoder, out, k);
}

/* Pushes the whole file through a decoder. */
static void
push_all(struct found *f, void *decoder, feed_fn *feed)
{
	struct window *w = &f->split->window;
	unsigned long long at = f->from;
	const char *p;
	long n;

	window_range(w, f->fd, f->from, f->to);
	f->second = false;
	while ((n = window_look(w, at, &p)) > 0) {
		if (f->as == AS_IT_IS)
			feed(decoder, p, (size_t)n);
		else
			push_narrow(f, p, (size_t)n, decoder, feed);
		at += (unsigned long long)n;
	}
	if (n < 0)
		err(EXIT_RETRY, "a part");
}

/* One of each of these: struct NAME, NAME_start, _feed, _end. */
#define DECODER(name, before, after) \
static void \
name##_push(void *ctx, const char *p, size_t n) \
{ \
	name##_feed(ctx, p, n); \
} \
\
static void \
carry_##name(struct found *f, const struct carried *to) \
{ \
	static struct name d; \
\
	name##_start(&d, to); \
	before; \
	push_all(f, &d, name##_push); \
	name##_end(&d); \
	after; \
}

/* What is told of a carrier of which nobody here can see what it holds. */
static void
note_closed(struct found *f, bool encrypted, bool compressed)
{
	if (encrypted)
		outline_limit(&f->split->outline, LIMIT_ENCRYPTED, f->in);
	if (compressed)
		outline_limit(&f->split->outline, LIMIT_COMPRESSED, f->in);
}

/* What is said to be S/MIME, and is, is opened as that and not as a text. */
static void
note_cms(struct found *f, const struct cms *d)
{
	note_closed(f, d->enveloped, d->compressed);
	f->opaque |= (f->look & LOOK_CMS) != 0 && d->form == CMS_BER && d->whole &&
	    d->content;
}

DECODER(yenc, (void)f, (void)f)
DECODER(binhex, d.bare = (f->look & LOOK_BINHEX) != 0, (void)f)
DECODER(tnef, (void)f, (void)f)
DECODER(cms, (void)f, note_cms(f, &d))
DECODER(datauri, (void)f, (void)f)
DECODER(ical, (void)f, (void)f)
DECODER(macfile, (void)f, (void)f)
DECODER(openpgp, d.bare = f->bare, note_closed(f, d.encrypted, d.compressed))
DECODER(srcdoc, d.restart = f->again, f->again |= d.nested)

/* In armour somewhere in it, or as it is. */
static void
carry_pgp(struct found *f, const struct carried *to)
{
	f->bare = false;
	carry_openpgp(f, to);
	f->bare = true;
	if ((f->look & LOOK_PGP) != 0)
		carry_openpgp(f, to);
}

/* Once more where a page seems to stand in a page in a page. */
static void
carry_pages(struct found *f, const struct carried *to)
{
	f->again = false;
	carry_srcdoc(f, to);
	if (f->again)
		carry_srcdoc(f, to);
}

static void
uu_line(void *ctx, const char *p, size_t n, unsigned long long at)
{
	(void)at;
	uufile_line(ctx, p, n);
}

/* Where it is the coding of the part, in each way that one is decoded. */
static void
carry_uu(struct found *f, const struct carried *to)
{
	static struct uufile u;
	bool said = (f->look & LOOK_UU) != 0;

	for (int how = UU_USUAL; how <= (said ? UU_STREAM : UU_USUAL); how++) {
		window_range(&f->split->window, f->fd, f->from, f->to);
		uufile_start(&u, to, said, (enum uu_how)how);
		each_line(&f->split->window, f->from, uu_line, &u);
		uufile_end(&u);
	}
}

static void
carry_message(struct split *s, const struct task *t)
{
	struct inner i = { .split = s, .task = t };

	each_line(&s->window, t->from, inner_line, &i);
	inner_end(&i, t->to);
}

/* How a file is read: those of text in UTF-16 as what they may be in it. */
static void
run(struct found *f, const struct carried *to,
    void (*take)(struct found *f, const struct carried *to), bool text)
{
	f->as = AS_IT_IS;
	if (!text || (f->look & LOOK_WIDE) == 0) {
		take(f, to);
		return;
	}
	for (int as = AS_STRIPPED; as <= AS_BIG; as++) {
		f->as = (enum as)as;
		take(f, to);
	}
}

void
carry(struct split *s, const struct task *t, int fd)
{
	static const struct {
		enum carrier carrier;
		const char *source;
		void (*run)(struct found *f, const struct carried *to);
		bool text, message, markup;
	} ALL[] = {
		{ CARRIER_UU, "uu", carry_uu, false, false, false },
		{ CARRIER_YENC, "yenc", carry_yenc, false, false, false },
		{ CARRIER_BINHEX, "binhex", carry_binhex, false, false, false },
		{ CARRIER_DATA, "data", carry_datauri, true, false, true },
		{ CARRIER_SRCDOC, "data", carry_pages, true, false, true },
		{ CARRIER_TNEF, "tnef", carry_tnef, false, false, false },
		{ CARRIER_CMS, "cms", carry_cms, false, true, false },
		{ CARRIER_PGP, "pgp", carry_pgp, false, true, false },
		{ CARRIER_MAC, "mac", carry_macfile, false, false, false },
		{ CARRIER_ICAL, "ical", carry_ical, true, false, false },
	};
	static struct found f;
	const struct carried to = { &f, found_file, found_name, found_data, found_end };

	f.split = s;
	f.in = t->of;
	f.from = t->from;
	f.to = t->to;
	f.fd = fd;
	f.look = t->look;
	f.opaque = false;
	for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
		if ((t->carriers & ALL[i].carrier) == 0)
			continue;
		f.source = ALL[i].source;
		f.message = ALL[i].message;
		f.markup = ALL[i].markup;
		run(&f, &to, ALL[i].run, ALL[i].text);
	}
	if ((t->carriers & CARRIER_MESSAGE) != 0 && !f.opaque) {
		window_range(&s->window, fd, t->from, t->to);
		carry_message(s, t);
	}
}
