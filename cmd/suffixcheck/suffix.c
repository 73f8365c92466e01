/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/suffix.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	NAME_OCTETS = 255,	/* of a file's name, where more are cut off */
	GLOB_CHARS = 255,	/* of an exception */
	FORM_OCTETS = 1024	/* of a file's name, folded: one more is no exception */
};

static bool
separator(char c)
{
	return c == '/' || c == '\\';
}

static bool
wildcard(char c)
{
	return c == '*' || c == '?';
}

/* What the last component of a name without blanks has not. */
static bool
has_blank(struct span s)
{
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		int32_t c;

		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_blank(c) || separator(s.p[i]))
			return true;
	}
	return false;
}

/* Taken for a suffix by who wrote it, it would hit next to nothing. */
static bool
has_wildcard(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (wildcard(s.p[i]))
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
	if (form.n == 0 || has_blank(form) || has_wildcard(form))
		return true;
	if (form.p[0] != '.')
		p[item->n++] = '.';
	memcpy(p + item->n, form.p, form.n);
	item->n += form.n;
	return true;
}

/* More than wildcards and dots, which all names match, and not too long. */
static bool
is_glob(struct span s)
{
	size_t chars = 0, plain = 0, len;

	for (size_t i = 0; i < s.n; i += len) {
		int32_t c;

		len = fold_char(s.p + i, s.n - i, &c);
		plain += !wildcard(s.p[i]) && s.p[i] != '.';
		chars++;
	}
	return plain > 0 && chars <= GLOB_CHARS && !has_blank(s);
}

bool
suffix_exception(struct fold *f, struct span text, struct span *glob)
{
	struct span form;
	char *p;

	if (!fold_name(f, text))
		return false;
	form = f->form[0];
	if ((p = malloc(form.n + 1)) == NULL)
		return false;
	memcpy(p, form.p, form.n);
	glob->p = p;
	glob->n = is_glob(form) ? form.n : 0;
	return true;
}

static bool
blank(struct span s)
{
	int32_t c;
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		len = fold_char(s.p + i, s.n - i, &c);
		if (!fold_blank(c) && !fold_unseen(c))
			return false;
	}
	return true;
}

struct span
suffix_component(struct span path)
{
	struct span s = path;
	size_t end = path.n, start;

	for (;;) {
		start = end;
		while (start > 0 && !separator(path.p[start - 1]))
			start--;
		s.p = path.p + start;
		s.n = end - start;
		if (start == 0 || !blank(s))
			return s;
		end = start - 1;
	}
}

static bool
is_scheme_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '+' || c == '-' || c == '.';
}

static struct span
cut_before(struct span s, const char *chars)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && strchr(chars, s.p[i]) != NULL)
			s.n = i;
	return s;
}

static struct span
skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/* Without query and fragment; one of separators only is none. */
static struct span
url_path(struct span s)
{
	size_t n = 0;

	s = cut_before(s, "?#");
	while (n < s.n && separator(s.p[n]))
		n++;
	return n == s.n ? skip(s, n) : s;
}

struct span
suffix_location(struct span url)
{
	struct span s = url;
	size_t n = 0;

	while (n < s.n && is_scheme_char(s.p[n]))
		n++;
	if (n == 3 && n < s.n && s.p[n] == ':' &&
	    (strncasecmp(s.p, "cid", 3) == 0 || strncasecmp(s.p, "mid", 3) == 0))
		return skip(s, s.n);
	if (n < s.n && s.p[n] == ':')
		s = skip(s, n + 1);
	if (s.n < 2 || !separator(s.p[0]) || !separator(s.p[1]))
		return url_path(url);
	s = skip(s, 2);
	return url_path(skip(s, cut_before(s, "/\\?#").n));
}

static struct span
whole(struct span s)
{
	return s;
}

/* What a program in C sees. */
static struct span
up_to_nul(struct span s)
{
	const char *end = s.n > 0 ? memchr(s.p, '\0', s.n) : NULL;

	if (end != NULL)
		s.n = (size_t)(end - s.p);
	return s;
}

/* What a file system keeps. */
static struct span
cut_off(struct span s)
{
	if (s.n > NAME_OCTETS)
		s.n = NAME_OCTETS;
	return s;
}

/* At the end of a name it is not kept, or it is a colon. */
static bool
trails(int32_t c)
{
	return fold_blank(c) || fold_unseen(c) ||
	    (c < 0x80 && strchr(":.;,'\"", (int)c) != NULL);
}

/*
 * What Windows takes for a file and a stream of it; in a sentence a blank follows,
 * and then more of it.
 */
static struct span
before_colon(struct span s)
{
	size_t end = 0, len;
	bool colon = false, blank_follows;
	int32_t c, next;

	for (size_t i = 0; i < s.n; i += len) {
		len = fold_char(s.p + i, s.n - i, &c);
		if (c == ':') {
			blank_follows = i + 1 < s.n &&
			    (fold_char(s.p + i + 1, s.n - i - 1, &next), fold_blank(next));
			if (!blank_follows) {
				s.n = i;
				return s;
			}
		}
		if (!trails(c)) {
			end = i + len;
			colon = false;
		} else if (c == ':')
			colon = true;
	}
	if (colon)
		s.n = end;
	return s;
}

size_t
suffix_stream(struct span s)
{
	size_t i = s.n;

	while (i > 0 && ((s.p[i - 1] >= 'A' && s.p[i - 1] <= 'Z') || s.p[i - 1] == '_' ||
	    (s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z') ||
	    (s.p[i - 1] >= '0' && s.p[i - 1] <= '9')))
		i--;
	return i < s.n && i >= 2 && s.p[i - 1] == '$' && s.p[i - 2] == ':' ? i - 2 : s.n;
}

/* a:b.exe:$DATA is the stream b.exe of a. */
static struct span
without_stream(struct span s)
{
	s.n = suffix_stream(s);
	return s;
}

/* A reading cuts the last component as some client does. */
static const struct reading {
	const char *why;
	struct span (*cut)(struct span s);
} READINGS[] = {
	{ "suffix", whole },
	{ "nul", up_to_nul },
	{ "truncate", cut_off },
	{ "stream", before_colon },
	{ "stream", without_stream },
};

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

/* Goes back to the last * only, so the product of both lengths is the most. */
static bool
matches(struct span glob, struct span s)
{
	size_t g = 0, i = 0, star = 0, again = 0;
	int32_t c;

	while (i < s.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = ++g;
			again = i;
		} else if (g < glob.n && glob.p[g] == '?') {
			g++;
			i += fold_char(s.p + i, s.n - i, &c);
		} else if (g < glob.n && glob.p[g] == s.p[i]) {
			g++;
			i++;
		} else if (star > 0) {
			again += fold_char(s.p + again, s.n - again, &c);
			i = again;
			g = star;
		} else
			return false;
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}

static bool
excepted(const struct suffixes *list, struct span form)
{
	for (size_t i = 0; form.n <= FORM_OCTETS && i < list->excepts; i++)
		if (matches(list->except[i], form))
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
	struct span last = suffix_component(name);

	hit->excepted.n = 0;
	for (size_t i = 0; i < sizeof READINGS / sizeof READINGS[0]; i++) {
		struct span s = READINGS[i].cut(last);

		if (i > 0 && s.n == last.n)
			continue;	/* it cuts nothing off */
		if (!fold_name(f, s))
			return -1;
		hit->why = READINGS[i].why;
		if (hits(list, f->form[0], hit) || hits(list, f->form[1], hit))
			return 1;
	}
	return 0;
}
