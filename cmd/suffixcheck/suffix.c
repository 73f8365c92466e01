/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/suffix.h"

#include <stdlib.h>
#include <string.h>

enum {
	GLOB_CHARS = 255,	/* of an exception */
	FORM_OCTETS = 1024,	/* of a file's name, folded: one more is no exception */
	FORM_GROWS = 12		/* times as long: a character of 3 octets has up to 33 */
};

/* What the last component of a name without blanks has not. */
static bool
has_blank(struct span s)
{
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		int32_t c;

		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_blank(c) || s.p[i] == '/' || s.p[i] == '\\')
			return true;
	}
	return false;
}

/* It would be left out, and what is left hit more than was meant. */
static bool
has_unseen(struct span s)
{
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		int32_t c;

		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_unseen(c))
			return true;
	}
	return false;
}

/* Taken for a suffix by who wrote it, it would hit next to nothing. */
static bool
has_wildcard(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '*' || s.p[i] == '?')
			return true;
	return false;
}

bool
suffix_item(struct fold *f, struct span text, struct span *item)
{
	struct span form;
	char *p;

	if (text.n > 0 && text.p[0] == '*') {
		text.p++;
		text.n--;
	}
	if (!fold_name(f, text))
		return false;
	form = f->form[0];
	if ((p = malloc(form.n + 1)) == NULL)
		return false;
	item->p = p;
	item->n = 0;
	if (form.n == 0 || has_unseen(text) || has_blank(form) || has_wildcard(form))
		return true;
	if (form.p[0] != '.')
		p[item->n++] = '.';
	memcpy(p + item->n, form.p, form.n);
	item->n += form.n;
	return true;
}

/* More than wildcards and dots, which all names match, and not too long. */
static bool
is_glob(struct wild w)
{
	size_t chars = 0, plain = 0;

	for (size_t i = 0; i < w.n; i++) {
		plain += w.p[i] < WILD_ONE && w.p[i] != '.';
		chars += w.p[i] >= WILD_ONE || (w.p[i] & 0xc0) != 0x80;
	}
	return plain > 0 && chars <= GLOB_CHARS;
}

bool
suffix_exception(struct fold *f, struct span text, struct wild *glob)
{
	size_t room = FORM_GROWS * text.n + 1;
	uint16_t *p = calloc(room, sizeof *p);
	enum pattern got;

	if (p == NULL)
		return false;
	*glob = (struct wild){ p, 0, true };
	got = nameform_pattern(f, text, '?', '\0', p, room, glob);
	if (got != PATTERN_GOOD || !is_glob(*glob))
		*glob = (struct wild){ p, 0, true };
	if (got == PATTERN_NO_MEMORY)
		free(p);
	return got != PATTERN_NO_MEMORY;
}

static bool
ends_in(const struct suffixes *list, struct span form, struct span *item)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct span *s = &list->item[i];

		if (form.n >= s->n &&
		    memcmp(form.p + form.n - s->n, s->p, s->n) == 0) {
			*item = *s;
			return true;
		}
	}
	return false;
}

/* Both lengths are bounded: it takes no steps to speak of. */
static bool
excepted(const struct suffixes *list, struct span form)
{
	unsigned long long steps = (unsigned long long)-1;

	for (size_t i = 0; form.n <= FORM_OCTETS && i < list->excepts; i++)
		if (wild_match(list->except[i], form, &steps))
			return true;
	return false;
}

static bool
hits(const struct suffixes *list, struct span form, struct hit *hit)
{
	if (!ends_in(list, form, &hit->item))
		return false;
	if (!excepted(list, form))
		return true;
	hit->excepted = hit->item;
	return false;
}

int
suffix_hit(const struct suffixes *list, struct span name, struct fold *f,
    struct hit *hit)
{
	struct nameform n;
	int got;

	hit->excepted.n = 0;
	nameform_start(&n, name);
	while ((got = nameform_next(&n, f)) > 0) {
		hit->why = n.why;
		if (hits(list, f->form[0], hit) || hits(list, f->form[1], hit))
			return 1;
	}
	return got;
}
