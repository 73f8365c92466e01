/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/leaf.h"
#include "cmd/mimesplit/split.h"
#include "common/cli.h"

#include <err.h>
#include <string.h>
#include <unistd.h>

void
leaf_open(struct leaf *l, struct split *s, unsigned long part,
    enum transfer_coding coding, unsigned look, bool unsaid)
{
	struct entry *e = &s->outline.entry[part];

	l->split = s;
	l->part = part;
	l->n = l->nheld = 0;
	l->fd = -1;
	transfer_start(&l->transfer, coding);
	sniff_start(&l->sniff, look, unsaid);
	e->deferred = e->raw && e->aside;
}

static void
flush(struct leaf *l)
{
	const struct entry *e = &l->split->outline.entry[l->part];

	if (e->deferred) {
		l->n = 0;
		return;
	}
	if (l->fd < 0 && e->aside)
		agenda_charge(&l->split->agenda, AGENDA_FILE);
	if (l->fd < 0 && (l->fd = workdir_create_part(&l->split->dir, l->part)) < 0)
		err(EXIT_RETRY, "parts/%lu", l->part);
	if (write_all(l->fd, l->buf, l->n) < 0)
		err(EXIT_RETRY, "parts/%lu", l->part);
	l->n = 0;
}

/* Decoded bytes are at most so many times what was read, and 1 MiB. */
static bool
within_limit(struct leaf *l, size_t n)
{
	struct split *s = l->split;

	if (s->decoded + n <= s->max_decoded * s->seen + (1 << 20)) {
		s->decoded += n;
		s->outline.entry[l->part].size += n;
		return true;
	}
	outline_limit(&s->outline, LIMIT_DECODED, l->part);
	return false;
}

/* n more bytes stand at the end of buf: they are looked at, and kept. */
static void
keep(struct leaf *l, size_t n)
{
	if (n == 0 || !within_limit(l, n))
		return;
	sniff_feed(&l->sniff, l->buf + l->n, n);
	l->n += n;
}

static void
decode(struct leaf *l, const char *p, size_t n)
{
	while (n > 0) {
		size_t piece = n < LEAF_CHUNK ? n : LEAF_CHUNK;

		if (l->n + piece > LEAF_BUFFER)
			flush(l);
		keep(l, transfer_feed(&l->transfer, p, piece, l->buf + l->n));
		p += piece;
		n -= piece;
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

static void
note_defects(struct leaf *l)
{
	static const struct {
		enum transfer_odd odd;
		enum defect defect;
	} NOTES[] = {
		{ ODD_BASE64_JUNK, DEFECT_BASE64_JUNK },
		{ ODD_BASE64_PADDING, DEFECT_BASE64_PADDING },
		{ ODD_BASE64_URL, DEFECT_BASE64_URL },
		{ ODD_BASE64_SHORT, DEFECT_BASE64_SHORT },
		{ ODD_BASE64_LINE, DEFECT_BASE64_LINE },
		{ ODD_QP_ILLEGAL, DEFECT_QP_ILLEGAL },
		{ ODD_QP_LOWER, DEFECT_QP_LOWER },
		{ ODD_QP_BREAK, DEFECT_QP_BREAK },
		{ ODD_QP_BLANKS, DEFECT_QP_BLANKS },
	};

	for (size_t i = 0; i < sizeof NOTES / sizeof NOTES[0]; i++)
		if ((l->transfer.odd & NOTES[i].odd) != 0)
			outline_defect(&l->split->outline, NOTES[i].defect, l->part);
}

/*
 * What it carries is taken out later: from its file or, where its bytes stand
 * elsewhere as they are, from there; so one text is looked into once, in however
 * many readings it stands.
 */
static void
follow(struct leaf *l)
{
	struct split *s = l->split;
	struct entry *e = &s->outline.entry[l->part];
	struct task t = { .source = l->part, .to = e->size, .of = l->part,
	    .carriers = l->sniff.found, .look = l->sniff.look };

	if (t.carriers == 0)
		return;
	e->carries = true;
	if (e->raw) {
		t.message = e->in_message;
		t.source = e->source;
		t.from = e->from;
		t.to = e->from + e->size;
	}
	split_add(s, &t);
}

void
leaf_close(struct leaf *l, bool delimited)
{
	struct split *s = l->split;

	if (!delimited)
		decode(l, l->held, l->nheld);
	if (l->n + TRANSFER_KEPT > LEAF_BUFFER)
		flush(l);
	keep(l, transfer_end(&l->transfer, l->buf + l->n));
	sniff_end(&l->sniff);
	flush(l);
	if (l->fd >= 0 && close(l->fd) < 0)
		err(EXIT_RETRY, "parts/%lu", l->part);
	s->outline.entry[l->part].file = true;
	note_defects(l);
	follow(l);
}
