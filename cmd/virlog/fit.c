/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/fit.h"

#include <string.h>

enum {
	VALUE_MIN = 32,		/* a value is not cut shorter than this */
	STEP = 8
};

void
pen_put(struct pen *p, struct span s)
{
	if (p->full || s.n > p->room - p->len) {
		p->full = true;
		return;
	}
	memcpy(p->to + p->len, s.p, s.n);
	p->len += s.n;
}

void
pen_say(struct pen *p, const char *text)
{
	pen_put(p, (struct span){ text, strlen(text) });
}

bool
span_same(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

bool
span_is(struct span a, const char *text)
{
	return span_same(a, (struct span){ text, strlen(text) });
}

struct span
fit_cut(struct span v, size_t max)
{
	if (v.n <= max)
		return v;
	v.n = max;
	for (size_t i = 1; i <= 2 && i <= max; i++)
		if (v.p[max - i] == '%')
			v.n = max - i;
	return v;
}

/* Is a word of this key cut that stands before word end? */
static bool
cut_before(const struct fit *f, size_t end, struct span key)
{
	for (size_t i = 0; i < end; i++)
		if (f->w[i].value.n > f->max && span_same(f->w[i].key, key))
			return true;
	return false;
}

bool
fit_lost(const struct fit *f, size_t *at, struct span *key)
{
	for (; *at < f->n; ++*at) {
		*key = f->w[*at].key;
		if (f->w[*at].value.n <= f->max || cut_before(f, *at, *key))
			continue;
		++*at;
		return true;
	}
	*key = f->dropped;
	return (*at)++ == f->n && key->n > 0 && !cut_before(f, f->n, *key);
}

static void
collect(struct fit *f, const char *record, size_t n)
{
	struct word w;
	size_t at = 0, first;

	f->n = 0;
	f->dropped.n = 0;
	while (record_word(record, n, &at, &w)) {
		if (f->n == FIT_WORDS) {
			f->dropped = w.key;
			break;
		}
		for (first = 0; first < f->n; first++)
			if (span_same(f->w[first].key, w.key))
				break;
		f->first[f->n] = first;
		f->w[f->n++] = w;
	}
}

/* Has all of f put behind what begun has. */
static bool
try(struct pen *p, struct pen begun, const struct fit *f,
    void (*put)(struct pen *p, const struct fit *f))
{
	*p = begun;
	put(p, f);
	return !p->full;
}

void
fit_words(struct pen *p, const char *record, size_t n,
    void (*put)(struct pen *p, const struct fit *f))
{
	struct pen begun = *p;
	struct fit f;
	size_t good = VALUE_MIN, bad;

	collect(&f, record, n);
	bad = f.max = p->room;
	if (try(p, begun, &f, put))
		return;
	while (bad > good + STEP) {
		f.max = good + (bad - good) / 2;
		*(try(p, begun, &f, put) ? &good : &bad) = f.max;
	}
	f.max = good;
	while (!try(p, begun, &f, put) && f.n > 0)
		f.dropped = f.w[--f.n].key;
}
