/* SPDX-License-Identifier: ISC */
#include "common/param.h"

#include <string.h>

struct cursor {
	const char *p, *end;
	char *out;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Past a comment that begins at c->p; nested, with quoted pairs. */
static void
skip_comment(struct cursor *c)
{
	unsigned long depth = 0;

	for (; c->p < c->end; c->p++) {
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
		else if (*c->p == '(')
			depth++;
		else if (*c->p == ')' && --depth == 0) {
			c->p++;
			return;
		}
	}
}

static void
skip_blanks(struct cursor *c)
{
	while (c->p < c->end && (blank(*c->p) || *c->p == '(')) {
		if (*c->p == '(')
			skip_comment(c);
		else
			c->p++;
	}
}

/* A quoted string that begins at c->p. */
static void
quoted(struct cursor *c)
{
	for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
		*c->out++ = *c->p;
	}
	if (c->p < c->end)
		c->p++;
}

/* Everything up to stop or `;' in lower case, blanks and comments dropped. */
static struct span
word(struct cursor *c, char stop)
{
	struct span s = { c->out, 0 };

	for (;;) {
		skip_blanks(c);
		if (c->p == c->end || *c->p == ';' || *c->p == stop)
			break;
		*c->out++ = lower(*c->p++);
	}
	s.n = (size_t)(c->out - s.p);
	return s;
}

/* Quoted strings run together, or a run up to `;' less blanks at its end. */
static void
value(struct cursor *c, struct param *p)
{
	char *start = c->out, *end = c->out;

	p->quoted = false;
	skip_blanks(c);
	while (c->p < c->end && *c->p != ';') {
		if (*c->p == '"') {
			p->quoted = true;
			quoted(c);
			end = c->out;
		} else if (*c->p == '(') {
			skip_comment(c);
		} else {
			*c->out = *c->p;
			if (!blank(*c->p++))
				end = c->out + 1;
			c->out++;
		}
	}
	c->out = end;
	p->value.p = start;
	p->value.n = (size_t)(end - start);
}

void
param_parse(struct params *ps, const char *field, size_t n, char *arena)
{
	struct cursor c = { field, field + n, arena };
	struct param p;
	bool first = false;

	ps->n = 0;
	ps->full = false;
	ps->main = word(&c, ';');
	if (ps->main.n > 0 && memchr(ps->main.p, '=', ps->main.n) != NULL) {
		/* no value at all: the first one is a parameter */
		c = (struct cursor){ field, field + n, arena };
		ps->main.n = 0;
		first = true;
	}
	while (c.p < c.end) {
		if (!first)
			c.p++;		/* the `;' */
		first = false;
		p.attr = word(&c, '=');
		if (c.p == c.end || *c.p != '=')
			continue;
		c.p++;
		value(&c, &p);
		if (p.attr.n == 0)
			continue;
		if (ps->n == PARAM_MAX)
			ps->full = true;
		else
			ps->p[ps->n++] = p;
	}
}

bool
param_get(const struct params *ps, const char *attr, struct param *p)
{
	for (size_t i = 0; i < ps->n; i++) {
		*p = ps->p[i];
		if (p->attr.n == strlen(attr) && memcmp(p->attr.p, attr, p->attr.n) == 0)
			return true;
	}
	return false;
}

struct span
param_token(const struct param *p)
{
	struct span s = { p->value.p, 0 };

	while (s.n < p->value.n && (p->quoted || !blank(s.p[s.n])))
		s.n++;
	return s;
}
