/* SPDX-License-Identifier: ISC */
#include "cmd/mimejoin/headedit.h"
#include "cmd/mimejoin/fields.h"
#include "common/fieldtext.h"

#include <string.h>

enum {
	LOOK = FIELD_LINEMAX + 2,	/* bytes of a value that are looked at */
	REPLIES = 8			/* marks of a reply before it */
};

static const char SUBJECT[] = "Subject:";

static unsigned long long
least(unsigned long long a, unsigned long long b)
{
	return a < b ? a : b;
}

/* Feeds what is read; the event that it shows. */
static int
feed(const struct headedit *h, struct headedit_name *m, enum fieldfind_event *event)
{
	unsigned long long at = m->find.at;
	size_t n;

	if (m->used == m->n && !m->find.done && at < h->s->size) {
		m->used = 0;
		m->n = (size_t)least(sizeof m->chunk, h->s->size - at);
		if (splice_read(h->s, m->chunk, m->n, at) < 0)
			return -1;
	}
	if (m->used == m->n || m->find.done) {
		*event = fieldfind_finish(&m->find);
		m->over = *event == FIELDFIND_NOTHING;
		return 0;
	}
	n = fieldfind_feed(&m->find, m->chunk + m->used, m->n - m->used, event);
	m->used += n;
	return 0;
}

static int
next(const struct headedit *h, struct headedit_name *m)
{
	enum fieldfind_event wanted = m->subject ? FIELDFIND_VALUE : FIELDFIND_END;
	enum fieldfind_event event = FIELDFIND_NOTHING;

	m->ready = true;
	while (event != wanted && !m->over)
		if (feed(h, m, &event) < 0)
			return -1;
	m->start = m->subject ? m->find.at : m->find.start;
	m->end = m->subject ? m->find.at : m->find.end;
	return 0;
}

/* The one of the names whose next place comes first from `at' on; NULL: none has one. */
static int
first(struct headedit *h, unsigned long long at, struct headedit_name **which)
{
	*which = NULL;
	for (size_t i = 0; i < h->names; i++) {
		struct headedit_name *m = &h->name[i];

		while (!m->over && (!m->ready ||
		    (m->subject ? m->start < at : m->end <= at)))
			if (next(h, m) < 0)
				return -1;
		if (!m->over && (*which == NULL || m->start < (*which)->start))
			*which = m;
	}
	return 0;
}

/* --- Subject --------------------------------------------------------------------- */

static bool
letter(char c)
{
	c = fieldtext_lower(c);
	return c >= 'a' && c <= 'z';
}

/* How long a mark of a reply is that p begins with, like "Re:" or "Fwd:". */
static size_t
reply(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && i < 3 && letter(p[i]))
		i++;
	return i > 0 && i < n && p[i] == ':' ? i + 1 : 0;
}

static size_t
skip_blanks(const char *p, size_t n, size_t i)
{
	while (i < n && fieldtext_blank(p[i]))
		i++;
	return i;
}

/* The bytes of the value, of which the lines that go on begin with a blank. */
static size_t
value_length(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool end = p[i] == '\n' || (p[i] == '\r' && i + 1 < n && p[i + 1] != '\n');

		if (end && i + 1 < n && p[i + 1] != ' ' && p[i + 1] != '\t')
			return i;
	}
	return n;
}

/* Does the value begin with the text, or do so behind marks of replies? */
static bool
has_text(const struct headedit *h, const char *p, size_t n)
{
	size_t len = strlen(h->text), at = skip_blanks(p, n, 0), more;

	for (int i = 0; i < REPLIES; i++) {
		if (n - at >= len && memcmp(p + at, h->text, len) == 0)
			return true;
		if ((more = reply(p + at, n - at)) == 0)
			return false;
		at = skip_blanks(p, n, at + more);
	}
	return false;
}

/* Would the line become too long, if the text is put into it? */
static bool
too_long(const struct headedit *h, const char *p, size_t n)
{
	size_t room = FIELD_LINEMAX - sizeof SUBJECT - strlen(h->text) - 2;

	return n > room && memchr(p, '\n', room) == NULL;
}

/* Before the value that begins here. */
static int
put_text(struct headedit *h, unsigned long long at)
{
	size_t n = (size_t)least(LOOK, h->s->size - at);
	const char *between = "";
	char p[LOOK];

	h->subjects++;
	if (splice_read(h->s, p, n, at) < 0)
		return -1;
	if (has_text(h, p, value_length(p, n)))
		return 0;
	if (n > 0 && !fieldtext_blank(p[0]))
		between = " ";
	if (splice_text(h->s, " ", 1) < 0 || splice_text(h->s, h->text, strlen(h->text)) < 0)
		return -1;
	if (too_long(h, p, n) && splice_text(h->s, h->s->eol, strlen(h->s->eol)) < 0)
		return -1;
	return splice_text(h->s, between, strlen(between));
}

int
headedit_subject(struct headedit *h)
{
	struct splice *s = h->s;

	if (h->text[0] == '\0')
		return 0;
	if (splice_text(s, SUBJECT, sizeof SUBJECT - 1) < 0 || splice_text(s, " ", 1) < 0 ||
	    splice_text(s, h->text, strlen(h->text)) < 0)
		return -1;
	return splice_text(s, s->eol, strlen(s->eol));
}

/* --- the copy -------------------------------------------------------------------- */

int
headedit_copy(struct headedit *h, unsigned long long start, unsigned long long len)
{
	unsigned long long at = start, end = start + len, to;
	struct headedit_name *m;

	while (at < end) {
		if (first(h, at, &m) < 0)
			return -1;
		to = m == NULL ? end : least(m->start, end);
		if (to > at && splice_range(h->s, at, to - at) < 0)
			return -1;
		if (to == end)
			return 0;
		at = to > at ? to : at;
		if (!m->subject)
			at = m->end;
		else if (put_text(h, at) < 0 || next(h, m) < 0)
			return -1;
	}
	return 0;
}

static bool
add_name(struct headedit *h, struct span name, bool subject)
{
	struct headedit_name *m = &h->name[h->names++];

	m->subject = subject;
	m->ready = m->over = false;
	m->start = m->end = 0;
	m->used = m->n = 0;
	if (!fieldfind_start(&m->find, name))
		return false;
	if (h->s->eol[0] == '\r' && h->s->eol[1] == '\0')
		fieldfind_cr_alone(&m->find);
	return true;
}

/* Is there a Subject field that every client sees? */
static int
look_for_subject(struct headedit *h)
{
	struct headedit_name *m = &h->name[h->names - 1];

	h->lacks = true;
	while (!m->over && h->lacks) {
		if (next(h, m) < 0)
			return -1;
		h->lacks = m->over || !m->find.plain;
	}
	h->names--;
	return 0;
}

static void
join_texts(struct headedit *h, const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->subjects; i++) {
		if (n > 0)
			h->text[n++] = ' ';
		n += record_decode(h->text + n, p->subject[i]);
	}
	h->text[n] = '\0';
}

int
headedit_start(struct headedit *h, struct splice *s, const struct plan *p)
{
	static const struct span NAME = { "subject", 7 };
	char name[FIELDFIND_NAME];

	h->s = s;
	h->names = h->subjects = 0;
	h->lacks = false;
	join_texts(h, p);
	if (h->text[0] != '\0' && (!add_name(h, NAME, true) || look_for_subject(h) < 0))
		return -1;
	if (h->text[0] != '\0')
		add_name(h, NAME, true);
	for (size_t i = 0; i < p->strips; i++) {
		struct span one = { name, 0 };

		one.n = record_decode(name, p->strip[i]);
		add_name(h, one, false);
		h->lacks |= one.n == NAME.n && fieldtext_at(one, 0, NAME.p);
	}
	return 0;
}
