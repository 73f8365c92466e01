/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/carry.h"
#include "cmd/mimesplit/entity.h"
#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/reread.h"
#include "common/binhex.h"
#include "common/cli.h"
#include "common/cms.h"
#include "common/datauri.h"
#include "common/head.h"
#include "common/ical.h"
#include "common/name.h"
#include "common/tnef.h"
#include "common/uu.h"
#include "common/yenc.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_KEPT = 4096 };

/* A uuencode name this long may have been cut with its line. */
enum { NAME_CUT = LINE_MAX_KEPT - 64 };

/* The file that a decoder tells of at the moment, as it becomes a part. */
struct found {
	struct split *split;
	unsigned long in;	/* the part that carries it */
	unsigned long long from;	/* where that begins in its file */
	const char *source;	/* of its names */
	bool bare;		/* BinHex without its sentence */
	bool wide;		/* HTML in UTF-16 */
	bool message;		/* what comes out is a message or an entity */
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
	leaf_open(&f->leaf, f->split, f->part, TRANSFER_NONE, 0, false);
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

/* uuencode and begin-base64 (POSIX uuencode(1)), a line at a time. */
struct uu {
	const struct carried *to;
	enum { UU_TEXT, UU_NAMED, UU_DATA } at;	/* UU_NAMED: no data yet */
	bool base64, coded;	/* the data; the name too */
	struct transfer transfer;
	char name[LINE_MAX_KEPT];
	size_t nname;
};

static void
uu_stop(struct uu *u)
{
	char rest[TRANSFER_KEPT];
	size_t n;

	if (u->at == UU_DATA) {
		if (u->base64 && (n = transfer_end(&u->transfer, rest)) > 0)
			u->to->data(u->to->ctx, rest, n);
		u->to->end(u->to->ctx);
	}
	u->at = UU_TEXT;
}

static void
uu_coded_name(struct uu *u)
{
	char name[LINE_MAX_KEPT + 2 * TRANSFER_KEPT];
	struct transfer t;
	size_t n;

	transfer_start(&t, TRANSFER_BASE64);
	n = transfer_feed(&t, u->name, u->nname, name);
	n += transfer_end(&t, name + n);
	u->to->name(u->to->ctx, name, n);
}

static void
uu_open(struct uu *u)
{
	if (u->at != UU_NAMED)
		return;
	u->at = UU_DATA;
	u->to->file(u->to->ctx);
	u->to->name(u->to->ctx, u->name, u->nname);
	if (u->coded)
		uu_coded_name(u);
}

static void
uu_line(void *ctx, const char *p, size_t n, unsigned long long at)
{
	struct uu *u = ctx;
	char bytes[LINE_MAX_KEPT + TRANSFER_KEPT];
	struct span name;
	bool base64, coded;
	int got;

	(void)at;
	if (uu_begin(p, n, &name, &base64, &coded)) {
		uu_stop(u);
		u->at = UU_NAMED;
		u->base64 = base64;
		u->coded = coded;
		u->nname = name.n;
		memcpy(u->name, name.p, name.n);
		transfer_start(&u->transfer, TRANSFER_BASE64);
		return;
	}
	if (u->at == UU_TEXT)
		return;
	if (u->base64 ? n >= 4 && memcmp(p, "====", 4) == 0 : uu_end(p, n)) {
		uu_open(u);
		uu_stop(u);
		return;
	}
	/* A line that is no data may be somebody's, in the middle of it. */
	got = u->base64 ? (int)transfer_feed(&u->transfer, p, n, bytes) :
	    uu_data(p, n, bytes);
	if (got > 0) {
		uu_open(u);
		u->to->data(u->to->ctx, bytes, (size_t)got);
	}
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

/* Told each line, in pieces of LINE_MAX_KEPT bytes, and where each begins. */
typedef void line_fn(void *ctx, const char *p, size_t n, unsigned long long at);

/* The lines of the file; any of CR LF, LF and CR ends one. */
static void
each_line(struct window *w, unsigned long long from, line_fn *tell, void *ctx)
{
	char line[LINE_MAX_KEPT];
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

/* Pushes the whole file through a decoder. */
static void
push_all(struct window *w, unsigned long long at, void *decoder,
    void (*feed)(void *, const char *, size_t))
{
	const char *p;
	long n;

	while ((n = window_look(w, at, &p)) > 0) {
		feed(decoder, p, (size_t)n);
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
	push_all(&f->split->window, f->from, &d, name##_push); \
	name##_end(&d); \
	after; \
}

/* What is told of CMS that holds nothing to look at. */
static void
note_cms(struct found *f, const struct cms *d)
{
	if (d->enveloped)
		outline_limit(&f->split->outline, LIMIT_ENCRYPTED, f->in);
	if (d->compressed)
		outline_limit(&f->split->outline, LIMIT_COMPRESSED, f->in);
}

DECODER(yenc, (void)f, (void)f)
DECODER(binhex, d.bare = f->bare, (void)f)
DECODER(tnef, (void)f, (void)f)
DECODER(cms, (void)f, note_cms(f, &d))
DECODER(datauri, (void)f, (void)f)
DECODER(ical, (void)f, (void)f)

/* Of UTF-16 what matters is ASCII: the same without its NULs. */
static void
wide_push(void *ctx, const char *p, size_t n)
{
	char narrow[LINE_MAX_KEPT];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\0')
			narrow[k++] = p[i];
		if (k == sizeof narrow || (i + 1 == n && k > 0)) {
			datauri_feed(ctx, narrow, k);
			k = 0;
		}
	}
}

static void
carry_wide(struct found *f, const struct carried *to)
{
	static struct datauri d;

	if (!f->wide) {
		carry_datauri(f, to);
		return;
	}
	datauri_start(&d, to);
	push_all(&f->split->window, f->from, &d, wide_push);
	datauri_end(&d);
}

static void
carry_uu(struct found *f, const struct carried *to)
{
	static struct uu u;

	u.to = to;
	u.at = UU_TEXT;
	each_line(&f->split->window, f->from, uu_line, &u);
	uu_stop(&u);
}

static void
carry_message(struct split *s, const struct task *t)
{
	struct inner i = { .split = s, .task = t };

	each_line(&s->window, t->from, inner_line, &i);
	inner_end(&i, t->to);
}

void
carry(struct split *s, const struct task *t, int fd)
{
	static const struct {
		enum carrier carrier;
		const char *source;
		void (*run)(struct found *f, const struct carried *to);
	} ALL[] = {
		{ CARRIER_UU, "uu", carry_uu },
		{ CARRIER_YENC, "yenc", carry_yenc },
		{ CARRIER_BINHEX, "binhex", carry_binhex },
		{ CARRIER_DATA, "data", carry_wide },
		{ CARRIER_TNEF, "tnef", carry_tnef },
		{ CARRIER_CMS, "cms", carry_cms },
		{ CARRIER_ICAL, "ical", carry_ical },
	};
	static struct found f;
	const struct carried to = { &f, found_file, found_name, found_data, found_end };

	f.split = s;
	f.in = t->of;
	f.from = t->from;
	f.bare = (t->look & LOOK_BINHEX) != 0;
	f.wide = (t->look & LOOK_WIDE) != 0;
	for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
		if ((t->carriers & ALL[i].carrier) == 0)
			continue;
		f.source = ALL[i].source;
		f.message = ALL[i].carrier == CARRIER_CMS;
		window_range(&s->window, fd, t->from, t->to);
		ALL[i].run(&f, &to);
	}
	if ((t->carriers & CARRIER_MESSAGE) != 0) {
		window_range(&s->window, fd, t->from, t->to);
		carry_message(s, t);
	}
}
