/* SPDX-License-Identifier: ISC */
#include "common/fieldtext.h"

#include <string.h>

bool
fieldtext_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
fieldtext_token(char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

char
fieldtext_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
fieldtext_at(struct span v, size_t i, const char *lower)
{
	for (; *lower != '\0'; i++, lower++)
		if (i >= v.n || fieldtext_lower(v.p[i]) != *lower)
			return false;
	return true;
}

struct span
fieldtext_trim(struct span v)
{
	while (v.n > 0 && fieldtext_blank(v.p[0])) {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && fieldtext_blank(v.p[v.n - 1]))
		v.n--;
	return v;
}

/* Where in a field the reader stands. */
struct place {
	unsigned long depth;	/* of comments */
	bool quoted, escaped;
};

/* Is this byte one of a comment that goes?  Moves on. */
static bool
comment(struct place *at, unsigned how, char c)
{
	bool in = at->depth > 0;

	if (at->escaped)
		at->escaped = false;
	else if (c == '\\' && (in || at->quoted))
		at->escaped = true;
	else if (c == '"' && !in)
		at->quoted = !at->quoted;
	else if (c == '(' && (!at->quoted || (how & FIELDTEXT_ALLCOMMENTS) != 0)) {
		at->depth++;
		in = true;
	} else if (c == ')' && in)
		at->depth--;
	return in;
}

size_t
fieldtext(struct span v, unsigned how, char *out)
{
	struct place at = { 0 };
	bool fold = false;
	size_t o = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool ctl = ((unsigned char)c < ' ' && c != '\t' && c != '\n') || c == 0x7f;

		if ((how & (FIELDTEXT_COMMENTS | FIELDTEXT_ALLCOMMENTS)) != 0 &&
		    comment(&at, how, c))
			continue;
		if (((how & FIELDTEXT_CONTROLS) != 0 && ctl) ||
		    ((how & FIELDTEXT_QUOTES) != 0 && c == '"'))
			continue;
		if (fold && (c == ' ' || c == '\t'))
			continue;
		fold = false;
		if (c != '\n' || (how & 7) == 0)
			out[o++] = c;
		else if ((how & FIELDTEXT_UNFOLD) == 0) {
			if ((how & FIELDTEXT_ONEBLANK) != 0)
				out[o++] = ' ';
			fold = true;
		}
	}
	return o;
}
