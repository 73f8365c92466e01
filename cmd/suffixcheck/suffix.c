/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/suffix.h"

#include <string.h>

static bool
control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * A form of a name that can be compared: lower case, without control bytes,
 * with or without its blanks, and without what Windows or a client takes off
 * the end.
 */
static size_t
fold(char *to, struct span s, bool blanks)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!control(s.p[i]) && (blanks || s.p[i] != ' '))
			to[n++] = lower(s.p[i]);
	while (n > 0 && strchr(" .;,'\"", to[n - 1]) != NULL)
		n--;
	return n;
}

size_t
suffix_item(char *to, struct span text)
{
	size_t n;

	if (text.n > 0 && text.p[0] == '*') {
		text.p++;
		text.n--;
	}
	n = fold(to, text, true);
	if (n == 0 || memchr(to, ' ', n) != NULL || memchr(to, '/', n) != NULL ||
	    memchr(to, '\\', n) != NULL)
		return 0;
	if (to[0] != '.') {
		memmove(to + 1, to, n++);
		to[0] = '.';
	}
	return n;
}

static bool
separator(char c)
{
	return c == '/' || c == '\\';
}

static bool
blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && !control(s.p[i]))
			return false;
	return true;
}

/* The last component of a path that is not blank; else the first. */
static struct span
last_component(struct span name)
{
	struct span s = name;
	size_t end = name.n, start;

	for (;;) {
		start = end;
		while (start > 0 && !separator(name.p[start - 1]))
			start--;
		s.p = name.p + start;
		s.n = end - start;
		if (start == 0 || !blank(s))
			return s;
		end = start - 1;
	}
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

/* A reading cuts the last component as some client does. */
static const struct reading {
	const char *why;
	struct span (*cut)(struct span s);
} READINGS[] = {
	{ "suffix", whole },
	{ "nul", up_to_nul },
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

bool
suffix_hit(const struct suffixes *list, struct span name, char *room,
    struct hit *hit)
{
	struct span last = last_component(name), form;

	form.p = room;
	for (size_t i = 0; i < sizeof READINGS / sizeof READINGS[0]; i++) {
		struct span s = READINGS[i].cut(last);

		hit->why = READINGS[i].why;
		form.n = fold(room, s, true);
		if (ends_in(list, form, &hit->item))
			return true;
		form.n = fold(room, s, false);
		if (ends_in(list, form, &hit->item))
			return true;
	}
	return false;
}
