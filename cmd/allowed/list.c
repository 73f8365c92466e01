/* SPDX-License-Identifier: ISC */
#include "cmd/allowed/list.h"
#include "common/fieldtext.h"

#include <stdlib.h>
#include <string.h>

enum { SUFFIX_MAX = 256 };	/* of a finding, coded */

/* --- the list -------------------------------------------------------------------- */

static bool
add_suffix(struct list *l, struct span suffix, unsigned long line)
{
	if (l->suffixes == l->room) {
		size_t room = l->room == 0 ? 16 : 2 * l->room;
		struct allowed_suffix *more = reallocarray(l->suffix, room, sizeof *more);

		if (more == NULL)
			return false;
		l->suffix = more;
		l->room = room;
	}
	l->suffix[l->suffixes++] = (struct allowed_suffix){ suffix, line };
	return true;
}

/* The line allows what it is for, in this message. */
static bool
add_rule(struct list *l, const struct rule *r, unsigned long line)
{
	if ((r->has & 1u << FIELD_SUFFIX) != 0)
		return add_suffix(l, r->suffix, line);
	for (unsigned kind = 0; kind < KINDS; kind++)
		if ((r->kinds & 1u << kind) != 0 && l->first[kind] == 0)
			l->first[kind] = line;
	return true;
}

static int
order(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		unsigned char x = (unsigned char)fieldtext_lower(a.p[i]);
		unsigned char y = (unsigned char)fieldtext_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

static int
by_suffix(const void *a, const void *b)
{
	const struct allowed_suffix *x = a, *y = b;
	int differ = order(x->suffix, y->suffix);

	return differ != 0 ? differ : x->line < y->line ? -1 : x->line > y->line;
}

/* Of each suffix the first line alone stays. */
static void
sort_suffixes(struct list *l)
{
	size_t n = 0;

	if (l->suffixes == 0)
		return;
	qsort(l->suffix, l->suffixes, sizeof *l->suffix, by_suffix);
	for (size_t i = 1; i < l->suffixes; i++)
		if (order(l->suffix[n].suffix, l->suffix[i].suffix) != 0)
			l->suffix[++n] = l->suffix[i];
	l->suffixes = n + 1;
}

int
list_read(struct list *l, struct span text, const struct parties *p,
    list_tell *tell, void *ctx)
{
	unsigned long long steps = LIST_STEPS;
	unsigned long line = 0;
	struct rule r;
	bool wrong = false;

	*l = (struct list){ .suffix = NULL };
	for (size_t at = 0, len; at < text.n; at += len + 1) {
		const char *end = memchr(text.p + at, '\n', text.n - at), *what;
		struct span about;

		len = end == NULL ? text.n - at : (size_t)(end - (text.p + at));
		what = rule_parse(&r, (struct span){ text.p + at, len }, &about);
		line++;
		wrong |= what != NULL;
		if (what != NULL)
			tell(ctx, line, about, what, false);
		else if ((what = rule_doubt(&r)) != NULL)
			tell(ctx, line, (struct span){ "", 0 }, what, true);
		if (!wrong && p != NULL && r.kinds != 0 && rule_holds(&r, p, &steps) &&
		    !add_rule(l, &r, line))
			return -1;
	}
	sort_suffixes(l);
	l->tired = steps == 0;
	return wrong;
}

void
list_free(struct list *l)
{
	free(l->suffix);
	*l = (struct list){ .suffix = NULL };
}

/* --- a finding ------------------------------------------------------------------- */

static size_t
count(struct span line, const char *key, struct span *value)
{
	struct word w;
	size_t at = 0, n = 0;

	while (record_word(line.p, line.n, &at, &w))
		if (w.key.n == strlen(key) && memcmp(w.key.p, key, w.key.n) == 0) {
			*value = w.value;
			n++;
		}
	return n;
}

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* KINDS: one that no line can allow, or none at all. */
static enum kind
kind_of(struct span finding)
{
	struct span verdict, why = { "", 0 };

	if (count(finding, "verdict", &verdict) != 1 || count(finding, "why", &why) > 1)
		return KINDS;
	if (is(verdict, "odd"))
		return KIND_ODD;
	if (is(verdict, "unscanned"))
		return is(why, "encrypted") ? KIND_ENCRYPTED : KIND_UNSCANNED;
	/* What the conversions file took out is out, and no longer a question. */
	if (is(verdict, "banned") && !is(why, "conversions"))
		return is(why, "size") ? KIND_SIZE : KIND_BANNED;
	return KINDS;
}

static unsigned long
find_suffix(const struct list *l, struct span finding)
{
	size_t low = 0, high = l->suffixes;
	struct span suffix, cut;
	char text[SUFFIX_MAX];

	if (high == 0 || count(finding, "suffix", &suffix) != 1 || suffix.n > sizeof text ||
	    count(finding, "cut", &cut) > 0)
		return 0;
	suffix = (struct span){ text, record_decode(text, suffix) };
	while (suffix.n > 0 && suffix.p[0] == '.') {
		suffix.p++;
		suffix.n--;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int differ = order(l->suffix[mid].suffix, suffix);

		if (differ == 0)
			return l->suffix[mid].line;
		if (differ < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

unsigned long
list_find(const struct list *l, struct span finding)
{
	enum kind kind = kind_of(finding);
	unsigned long line, own;

	if (kind == KINDS)
		return 0;
	line = l->first[kind];
	own = kind == KIND_BANNED ? find_suffix(l, finding) : 0;
	return line == 0 || (own != 0 && own < line) ? own : line;
}
