/* SPDX-License-Identifier: ISC */
#include "cmd/virlog/line.h"

#include <string.h>

enum {
	WORDS = 64,		/* of a record that are looked at */
	SUBJECT_MAX = 128,
	VALUE_MIN = 32		/* a value is not cut shorter than this */
};

/* A record's kind: the first of these that it is. */
static const struct kind {
	const char *key;
	const char *value;	/* NULL: any */
	const char *subject;	/* the key whose value the line begins with */
	const char *text;
	bool dealt;		/* the text goes on with what was done */
	enum line_level level;
} kinds[] = {
	{ "verdict", "infected", "sig", "virus found and", true, LINE_ALERT },
	{ "why", "conversions", "rule", "conversion", true, LINE_NOTICE },
	{ "verdict", "banned", "suffix", "suffix", true, LINE_NOTICE },
	{ "verdict", "odd", "why", "odd part", true, LINE_NOTICE },
	{ "verdict", "unscanned", "why", "not scanned", false, LINE_WARNING },
	{ "ignored", NULL, "ignored", "finding ignored", false, LINE_NOTICE },
	{ "relay", NULL, "relay", "relay", true, LINE_NOTICE },
	{ "do", NULL, "do", "action", false, LINE_NOTICE },
	{ NULL, NULL, "verdict", "other record", false, LINE_WARNING }
};

static const struct kind *
find_kind(const char *record, size_t n)
{
	const struct kind *k = kinds;
	struct span v;

	for (; k->key != NULL; k++)
		if (k->value != NULL ? record_is(record, n, k->key, k->value) :
		    record_get(record, n, k->key, &v))
			break;
	return k;
}

bool
line_wanted(const char *record, size_t n)
{
	struct span v;

	return find_kind(record, n)->key != NULL || !record_get(record, n, "check", &v);
}

enum line_level
line_level(const char *record, size_t n)
{
	return find_kind(record, n)->level;
}

/* A line being made; what finds no room sets full and is left out. */
struct out {
	char *to;
	size_t len;
	size_t room;
	bool full;
};

static void
put(struct out *o, const char *p, size_t n)
{
	if (o->full || n > o->room - o->len) {
		o->full = true;
		return;
	}
	memcpy(o->to + o->len, p, n);
	o->len += n;
}

static void
say(struct out *o, const char *text)
{
	put(o, text, strlen(text));
}

/* The length of a coded value that is cut, between escapes, at max. */
static size_t
cut_at(struct span v, size_t max)
{
	if (v.n <= max)
		return v.n;
	for (size_t i = 1; i <= 2 && i <= max; i++)
		if (v.p[max - i] == '%')
			return max - i;
	return max;
}

struct words {
	struct word w[WORDS];
	size_t n;
	struct span dropped;	/* the first key that was left out; n 0: none */
};

static void
collect(struct words *all, const char *record, size_t n)
{
	struct word w;
	size_t at = 0;

	all->n = 0;
	all->dropped.n = 0;
	while (record_word(record, n, &at, &w)) {
		if (all->n == WORDS) {
			all->dropped = w.key;
			break;
		}
		all->w[all->n++] = w;
	}
}

static bool
same(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Was the key of word i named as cut before it? */
static bool
named(const struct words *all, size_t i, size_t max)
{
	for (size_t j = 0; j < i; j++)
		if (all->w[j].value.n > max && same(all->w[j].key, all->w[i].key))
			return true;
	return false;
}

/* All words, their values cut at max, and cut=KEY for those that were. */
static void
put_words(struct out *o, const struct words *all, size_t max)
{
	for (size_t i = 0; i < all->n; i++) {
		say(o, " ");
		put(o, all->w[i].key.p, all->w[i].key.n);
		say(o, "=");
		put(o, all->w[i].value.p, cut_at(all->w[i].value, max));
	}
	for (size_t i = 0; i < all->n && !o->full; i++) {
		if (all->w[i].value.n <= max || named(all, i, max))
			continue;
		say(o, " cut=");
		put(o, all->w[i].key.p, all->w[i].key.n);
	}
	if (all->dropped.n > 0) {
		say(o, " cut=");
		put(o, all->dropped.p, all->dropped.n);
	}
}

static const char *
level_name(enum line_level level)
{
	switch (level) {
	case LINE_ALERT: return "alert";
	case LINE_WARNING: return "warning";
	case LINE_NOTICE: return "notice";
	}
	return "notice";
}

/* Was nothing done but to let it pass? */
static bool
passed(const char *record, size_t n)
{
	static const struct span pass = { "pass", 4 }, deliver = { "deliver", 7 };
	struct word w;
	size_t at = 0;
	bool any = false;

	while (record_word(record, n, &at, &w)) {
		if (w.key.n != 2 || memcmp(w.key.p, "do", 2) != 0)
			continue;
		if (!same(w.value, pass) && !same(w.value, deliver))
			return false;
		any = true;
	}
	return any;
}

size_t
line_text(char *to, size_t room, const char *record, size_t n)
{
	const struct kind *k = find_kind(record, n);
	struct span subject = { "unknown", 7 }, v;
	struct words all;
	struct out o = { to, 0, room, false }, begun;
	size_t max = LINE_BYTES;

	if (record_get(record, n, k->subject, &v) && v.n > 0)
		subject = v;
	/* The number is what Solaris gave every line of a mail program. */
	say(&o, "[ID 702911 mail.");
	say(&o, level_name(k->level));
	say(&o, "] ");
	put(&o, subject.p, cut_at(subject, SUBJECT_MAX));
	say(&o, " ");
	say(&o, k->text);
	if (k->dealt)
		say(&o, passed(record, n) ? " passed" : " dealt");
	begun = o;
	collect(&all, record, n);
	while (put_words(&o, &all, max), o.full) {
		o = begun;
		if (max > VALUE_MIN)
			max -= 8;
		else
			all.dropped = all.w[--all.n].key;
	}
	return o.len;
}
