/* SPDX-License-Identifier: ISC */
#include "common/fieldfind.h"
#include "common/fieldtext.h"

#include <string.h>

bool
fieldfind_start(struct fieldfind *f, struct span name)
{
	memset(f, 0, sizeof *f);
	if (name.n == 0 || name.n > sizeof f->name)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == ':')
			return false;
		f->name[i] = fieldtext_lower(name.p[i]);
	}
	f->n = name.n;
	f->lf.fresh = f->cr.fresh = true;
	return true;
}

void
fieldfind_cr_alone(struct fieldfind *f)
{
	f->cr_alone = f->lf.ended = true;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What some clients pass over around a name. */
static bool
stray(char c)
{
	unsigned char u = (unsigned char)c;

	return u <= ' ' || u >= 0x7f;
}

/* The first byte of a line. */
static void
begin_line(struct fieldfind_lines *l, unsigned long long at, char c)
{
	if (l->ended || !l->fresh)
		return;
	l->fresh = false;
	l->begin = at;
	if ((l->more = blank(c) && l->field))
		return;
	l->start = at;
	l->empty = true;
	l->field = l->match = l->after = l->dead = l->stray = l->named = false;
	l->name = 0;
	l->any = FIND_NAME;
}

/* Is it a field of whatever name? */
static void
any_byte(struct fieldfind_lines *l, char c)
{
	if (c == ':')
		l->any = l->named ? FIND_YES : FIND_NO;
	else if (blank(c))
		l->any = l->named ? FIND_BLANKS : FIND_NAME;
	else if (c != '\0' && (l->any == FIND_BLANKS || stray(c)))
		l->any = FIND_NO;
	else
		l->named = true;
	l->field |= l->any == FIND_YES;
}

/* True: its colon, or a CR, which ends a line for some, as a name alone. */
static bool
name_byte(const struct fieldfind *f, struct fieldfind_lines *l, char c)
{
	if (l->after && (c == ':' || c == '\r'))
		return true;
	if (stray(c) && (l->after || l->name == 0 || c == '\0'))
		l->stray = true;
	else if (l->after || fieldtext_lower(c) != f->name[l->name])
		l->dead = true;
	else
		l->after = ++l->name == f->n;
	return false;
}

/* A byte of a line that is not its end; true: the field is one that is looked for. */
static bool
line_byte(const struct fieldfind *f, struct fieldfind_lines *l, char c)
{
	if (l->ended || l->more)
		return false;
	l->empty &= c == '\r';
	if (l->any == FIND_NAME || l->any == FIND_BLANKS)
		any_byte(l, c);
	if (l->dead || l->match || !name_byte(f, l, c))
		return false;
	return l->match = l->field = true;
}

/* A name alone is one as well: what is behind it may become its value. */
static bool
end_line(struct fieldfind_lines *l, bool may_end_head)
{
	if (l->ended)
		return false;
	l->fresh = true;
	if (l->more)
		return false;
	if (l->empty && may_end_head) {
		l->ended = true;
		l->end = l->start;
	}
	if (!l->after || l->dead || l->match)
		return false;
	return l->match = l->field = l->stray = true;
}

/* What the other reading took for the end of the head goes with the field. */
static void
revive(struct fieldfind *f)
{
	struct fieldfind_lines *l = &f->cr;

	if (!l->ended || l->end < f->lf.start)
		return;
	l->ended = l->fresh = l->more = l->field = l->match = l->empty = false;
	l->dead = true;
	l->any = FIND_NO;
}

static void
found(struct fieldfind *f, bool by_lf, bool by_cr)
{
	unsigned long long start = by_lf ? f->lf.start : f->cr.start;

	f->count++;
	f->by_cr += by_cr;
	f->plain = by_lf ? !f->lf.stray : f->cr_alone && !f->cr.stray;
	if (by_lf)
		revive(f);
	if (f->cutting)
		return;
	f->cutting = true;
	if (start < f->end)	/* a name alone by a CR was cut already */
		start = f->end;
	f->hangs = start == f->lf.begin && f->lf.more && !f->cr_alone;
	if (f->cr_alone || start == f->lf.begin)
		f->within = false;
	else if (start != f->end)	/* else as that which goes before it */
		f->within = true;
	f->start = start;
}

/* True: it is one of those that are looked for, and has a value. */
static bool
step(struct fieldfind *f, char c)
{
	bool by_lf, by_cr = false;

	if (c == '\n') {
		f->seen_lf = true;
		by_lf = end_line(&f->lf, true);
		if (f->last != '\r')
			by_cr = end_line(&f->cr, !f->lf.match);
	} else {
		by_lf = line_byte(f, &f->lf, c);
		by_cr = c == '\r' ? end_line(&f->cr, !f->lf.match) :
		    line_byte(f, &f->cr, c);
	}
	f->done = f->cr_alone ? f->cr.ended : f->lf.ended;
	if (by_lf || by_cr)
		found(f, by_lf, by_cr);
	return c == ':' && (by_lf || by_cr);
}

static bool
idle(const struct fieldfind_lines *l)
{
	return l->ended || (!l->fresh && (l->more || ((l->dead || l->match) &&
	    (l->any == FIND_YES || l->any == FIND_NO))));
}

/* How many bytes change nothing: up to the next CR or LF. */
static size_t
passed(const struct fieldfind *f, const char *p, size_t n)
{
	const char *end;

	if (!idle(&f->lf) || !idle(&f->cr))
		return 0;
	if ((end = memchr(p, '\n', n)) != NULL)
		n = (size_t)(end - p);
	if ((end = memchr(p, '\r', n)) != NULL)
		n = (size_t)(end - p);
	return n;
}

/*
 * What is left of a line begins no other line than before: the line end stays where
 * something stands before what is cut, it and the blank where something stands behind.
 */
static void
end_cut(struct fieldfind *f)
{
	bool hangs = f->hangs && f->last == '\r';

	f->cutting = false;
	f->start += hangs;
	f->end = f->at - (hangs || (f->within && f->last == '\n'));
}

size_t
fieldfind_feed(struct fieldfind *f, const char *p, size_t n, enum fieldfind_event *event)
{
	size_t i = 0;

	*event = FIELDFIND_NOTHING;
	while (i < n && !f->done && *event == FIELDFIND_NOTHING) {
		size_t skip = passed(f, p + i, n - i);

		if (skip > 0) {
			f->last = p[i + skip - 1];
			f->at += skip;
			i += skip;
			continue;
		}
		begin_line(&f->lf, f->at, p[i]);
		if (p[i] != '\n' || f->last != '\r')
			begin_line(&f->cr, f->at, p[i]);
		if (f->cutting && !f->lf.match && !f->cr.match) {
			end_cut(f);
			*event = FIELDFIND_END;
			return i;
		}
		if (step(f, p[i]))
			*event = FIELDFIND_VALUE;
		f->last = p[i++];
		f->at++;
	}
	return *event == FIELDFIND_NOTHING ? n : i;
}

enum fieldfind_event
fieldfind_finish(struct fieldfind *f)
{
	bool by_lf, by_cr;

	if (!f->done) {
		f->done = true;
		by_lf = !f->lf.fresh && end_line(&f->lf, false);
		by_cr = !f->cr.fresh && end_line(&f->cr, false);
		if (by_lf || by_cr)
			found(f, by_lf, by_cr);
	}
	if (!f->cutting)
		return FIELDFIND_NOTHING;
	end_cut(f);
	return FIELDFIND_END;
}

unsigned long long
fieldfind_count(const struct fieldfind *f)
{
	return f->seen_lf ? f->count : f->by_cr;
}
