/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/fit.h"

#include <string.h>

enum {
	TO_MANY = 10,
	VALUE_SHORT = 100,
	VALUE_MIN = 32,
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

void
pen_number(struct pen *p, size_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	pen_put(p, (struct span){ digits + i, sizeof digits - i });
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

/* Does a word cut= of the record, as it stands in the line, name this key? */
static bool
said_cut(const struct fit *f, struct span key)
{
	for (size_t i = 0; f->cuts && i < f->n; i++)
		if (span_is(f->w[i].key, "cut") && f->w[i].value.n <= f->max &&
		    span_same(f->w[i].value, key))
			return true;
	return false;
}

/* The first word of this key; f->n: there is none. */
static size_t
first_of(const struct fit *f, struct span key)
{
	size_t i = 0;

	while (i < f->n && !span_same(f->w[i].key, key))
		i++;
	return i;
}

bool
fit_name(const struct fit *f, struct named *named, size_t i)
{
	bool before = named->word[f->first[i]];

	named->word[f->first[i]] = true;
	return !before && !said_cut(f, f->w[i].key);
}

/* The same of a key whose word need not be there any more. */
static bool
name_left(const struct fit *f, struct named *named, struct span key)
{
	size_t i = first_of(f, key);

	return i < f->n ? fit_name(f, named, i) : !said_cut(f, key);
}

bool
fit_lost(const struct fit *f, struct named *named, struct span *key)
{
	while (named->at < f->n) {
		size_t i = named->at++;

		*key = f->w[i].key;
		if (f->w[i].value.n > f->max && fit_name(f, named, i))
			return true;
	}
	if (named->at == f->n) {
		named->at++;
		*key = (struct span){ "to", 2 };
		if (f->to_left && name_left(f, named, *key))
			return true;
	}
	*key = f->dropped;
	return named->at++ == f->n + 1 && key->n > 0 && name_left(f, named, *key);
}

/* The last word to= is left out, if there are more than keep of them. */
static bool
drop_to(struct fit *f, size_t keep)
{
	size_t i = f->n;

	if (f->tos <= keep)
		return false;
	while (!span_is(f->w[--i].key, "to"))
		continue;
	for (; i + 1 < f->n; i++) {
		f->w[i] = f->w[i + 1];
		/* The first word to= stays, so none has this one for its first. */
		f->first[i] = f->first[i + 1] > i ? f->first[i + 1] - 1 : f->first[i + 1];
	}
	f->n--;
	f->tos--;
	f->left++;
	f->to_left = true;
	return true;
}

/* The last word is left out. */
static bool
drop_last(struct fit *f)
{
	if (f->n == 0)
		return false;
	f->left++;
	f->dropped = f->w[--f->n].key;
	return true;
}

static void
add(struct fit *f, const struct word *w)
{
	f->w[f->n] = *w;
	f->first[f->n] = first_of(f, w->key);
	f->n++;
	f->tos += span_is(w->key, "to");
	f->cuts = f->cuts || span_is(w->key, "cut");
}

static void
collect(struct fit *f, const char *record, size_t n)
{
	struct word w;
	size_t at = 0;

	*f = (struct fit){ .n = 0 };
	while (record_word(record, n, &at, &w)) {
		bool to = span_is(w.key, "to");

		if (f->n < FIT_WORDS || (!to && f->dropped.n == 0 && drop_to(f, TO_MANY))) {
			add(f, &w);
			continue;
		}
		f->left++;
		if (to)
			f->to_left = true;
		else if (f->dropped.n == 0)
			f->dropped = w.key;
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

/* Values cut to what fits, at least and at the most so long; false: even min does not. */
static bool
cut_values(struct pen *p, struct pen begun, struct fit *f, size_t min, size_t max,
    void (*put)(struct pen *p, const struct fit *f))
{
	f->max = min;
	if (!try(p, begun, f, put))
		return false;
	while (max > min + STEP) {
		f->max = min + (max - min) / 2;
		*(try(p, begun, f, put) ? &min : &max) = f->max;
	}
	f->max = min;
	return try(p, begun, f, put);
}

void
fit_words(struct pen *p, const char *record, size_t n,
    void (*put)(struct pen *p, const struct fit *f))
{
	struct pen begun = *p;
	struct fit f;

	collect(&f, record, n);
	f.max = p->room;
	do
		if (try(p, begun, &f, put))
			return;
	while (drop_to(&f, TO_MANY));
	do
		if (cut_values(p, begun, &f, VALUE_SHORT, p->room, put))
			return;
	while (drop_to(&f, 1));
	if (cut_values(p, begun, &f, VALUE_MIN, VALUE_SHORT, put))
		return;
	while (drop_last(&f) && !try(p, begun, &f, put))
		continue;
}
