/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/leaf.h"
#include "common/cli.h"
#include "common/name.h"
#include "common/uu.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
sink_open(struct sink *k, struct split *s, unsigned long part)
{
	k->part = part;
	k->n = 0;
	if ((k->fd = workdir_create_part(&s->dir, part)) < 0)
		err(EXIT_RETRY, "parts/%lu", part);
	s->outline.entry[part].file = true;
}

static void
sink_flush(struct sink *k)
{
	if (write_all(k->fd, k->buf, k->n) < 0)
		err(EXIT_RETRY, "parts/%lu", k->part);
	k->n = 0;
}

/* Decoded bytes are at most 4 times what was read, and 1 MiB. */
static bool
within_limit(struct split *s, unsigned long part, size_t n)
{
	if (s->decoded + n <= 4 * s->seen + (1 << 20)) {
		s->decoded += n;
		return true;
	}
	outline_limit(&s->outline, LIMIT_DECODED, part);
	return false;
}

static void
sink_put(struct sink *k, struct split *s, const char *p, size_t n)
{
	if (!within_limit(s, k->part, n))
		return;
	s->outline.entry[k->part].size += n;
	if (n > SINK_SIZE - k->n)
		sink_flush(k);
	if (n > SINK_SIZE) {
		if (write_all(k->fd, p, n) < 0)
			err(EXIT_RETRY, "parts/%lu", k->part);
		return;
	}
	memcpy(k->buf + k->n, p, n);
	k->n += n;
}

static void
sink_close(struct sink *k)
{
	sink_flush(k);
	if (close(k->fd) < 0)
		err(EXIT_RETRY, "parts/%lu", k->part);
	k->fd = -1;
}

void
leaf_open(struct leaf *l, struct split *s, unsigned long part,
    enum transfer_coding coding, bool search)
{
	l->split = s;
	sink_open(&l->out, s, part);
	transfer_start(&l->transfer, coding);
	l->nheld = 0;
	l->search = search;
	l->uu = UU_NONE;
	l->nline = 0;
	l->cut = false;
}

/* The name of a begin line, as the words of the part inside. */
static char *
uu_words(struct names *names)
{
	static struct record r;

	record_start(&r);
	for (size_t i = 0; i < names->count; i++)
		record_addtagged(&r, "name", names->name[i].source,
		    names->bytes + names->name[i].at, names->name[i].n);
	if (names->full)
		record_addstr(&r, "cut", "name");
	return strdup(r.text);
}

static void
uu_open(struct leaf *l)
{
	struct split *s = l->split;
	struct outline *o = &s->outline;
	unsigned long part;

	if (o->count >= s->max_parts) {
		outline_limit(o, LIMIT_PARTS, l->out.part);
		l->uu = UU_NONE;
		return;
	}
	part = outline_add(o, l->out.part);
	o->entry[part].edit = o->entry[l->out.part].edit;
	o->entry[part].depth = o->entry[l->out.part].depth + 1;
	if ((o->entry[part].words = uu_words(l->names)) == NULL)
		err(EXIT_RETRY, "memory");
	if (l->names->full)
		outline_limit(o, LIMIT_NAMES, part);
	sink_open(&l->inner, s, part);
	l->uu = UU_OPEN;
}

static void
uu_close(struct leaf *l)
{
	if (l->uu == UU_OPEN)
		sink_close(&l->inner);
	l->uu = UU_NONE;
}

/* One line of decoded text. */
static void
uu_line(struct leaf *l, const char *p, size_t n)
{
	char bytes[UU_LINE];
	struct span name;
	int got;

	if (l->uu != UU_NONE && uu_end(p, n)) {
		if (l->uu == UU_BEGUN)
			uu_open(l);
		uu_close(l);
		return;
	}
	if (l->uu != UU_NONE && (got = uu_data(p, n, bytes)) >= 0) {
		if (l->uu == UU_BEGUN)
			uu_open(l);
		if (l->uu == UU_OPEN)
			sink_put(&l->inner, l->split, bytes, (size_t)got);
		return;
	}
	uu_close(l);
	if (uu_begin(p, n, &name)) {
		name_start(l->names);
		name_add(l->names, "uu", name.p, name.n);
		l->names->full |= l->cut;
		l->uu = UU_BEGUN;
	}
}

/* A line may come in pieces; only its first LEAF_LINE bytes are kept. */
static void
search(struct leaf *l, const char *p, size_t n)
{
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - p);

		if (l->nline == 0 && end != NULL) {
			if (l->uu != UU_NONE || (len > 0 && p[0] == 'b'))
				uu_line(l, p, len);
		} else {
			size_t room = LEAF_LINE - l->nline;
			size_t part = len < room ? len : room;

			memcpy(l->line + l->nline, p, part);
			l->nline += part;
			l->cut |= part < len;
			if (end != NULL) {
				uu_line(l, l->line, l->nline);
				l->nline = 0;
				l->cut = false;
			}
		}
		len += end != NULL;
		p += len;
		n -= len;
	}
}

static void
put(struct leaf *l, const char *p, size_t n)
{
	sink_put(&l->out, l->split, p, n);
	if (l->search)
		search(l, p, n);
}

static void
decode(struct leaf *l, const char *p, size_t n)
{
	if (l->transfer.coding == TRANSFER_NONE) {
		put(l, p, n);
		return;
	}
	while (n > 0) {
		size_t part = n < LEAF_CHUNK ? n : LEAF_CHUNK;

		put(l, l->chunk, transfer_feed(&l->transfer, p, part, l->chunk));
		p += part;
		n -= part;
	}
}

void
leaf_feed(struct leaf *l, const char *p, size_t n)
{
	size_t hold = 0;

	if (n > 0 && p[0] == '\n' && l->nheld == 1 && l->held[0] == '\r') {
		l->held[l->nheld++] = '\n';
		p++;
		n--;
	}
	if (n == 0)
		return;
	decode(l, l->held, l->nheld);
	if (p[n - 1] == '\n')
		hold = n > 1 && p[n - 2] == '\r' ? 2 : 1;
	else if (p[n - 1] == '\r')
		hold = 1;
	decode(l, p, n - hold);
	memcpy(l->held, p + n - hold, hold);
	l->nheld = hold;
}

void
leaf_close(struct leaf *l, bool delimited)
{
	if (!delimited)
		decode(l, l->held, l->nheld);
	put(l, l->chunk, transfer_end(&l->transfer, l->chunk));
	if (l->search && l->nline > 0)
		uu_line(l, l->line, l->nline);
	if (l->search)
		uu_close(l);
	sink_close(&l->out);
}
