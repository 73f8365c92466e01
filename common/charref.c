/* SPDX-License-Identifier: ISC */
#include "common/charref.h"
#include "common/hex.h"
#include "common/utf8.h"

#include <string.h>

void
charref_start(struct charref *r)
{
	r->at = CHARREF_NONE;
	r->n = 0;
}

void
charref_begin(struct charref *r)
{
	r->at = CHARREF_AMP;
	r->code = 0;
	r->name_n = 0;
	r->n = 0;
}

static bool
alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* The character that a reference of this name is, '\0': none of those here. */
static char
named(const char *name, size_t n)
{
	static const struct {
		char name[CHARREF_NAME];
		char c;
	} ALL[] = {
		{ "amp", '&' }, { "AMP", '&' }, { "lt", '<' }, { "LT", '<' },
		{ "gt", '>' }, { "GT", '>' }, { "quot", '"' }, { "QUOT", '"' },
		{ "apos", '\'' }, { "plus", '+' }, { "sol", '/' }, { "bsol", '\\' },
		{ "colon", ':' }, { "semi", ';' }, { "comma", ',' }, { "equals", '=' },
		{ "num", '#' }, { "percnt", '%' }, { "lpar", '(' }, { "rpar", ')' },
		{ "period", '.' }, { "quest", '?' }, { "excl", '!' }, { "ast", '*' },
		{ "lowbar", '_' }, { "dollar", '$' }, { "commat", '@' },
		{ "grave", '`' }, { "Tab", '\t' }, { "NewLine", '\n' },
	};

	for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++)
		if (strlen(ALL[i].name) == n && memcmp(ALL[i].name, name, n) == 0)
			return ALL[i].c;
	return '\0';
}

/* Those that do without a semicolon. */
static bool
old(char c)
{
	return c == '&' || c == '<' || c == '>' || c == '"';
}

static void
add(struct charref *r, uint32_t c)
{
	r->out[r->n++] = (char)c;
}

/* A numeric reference, in UTF-8. */
static void
coded(struct charref *r)
{
	uint32_t c = r->code;

	if (c == 0 || c > 0x10ffff)
		c = 0xfffd;
	r->n += utf8_put(r->out + r->n, c);
}

/* It was none: what stood there. */
static void
as_it_stood(struct charref *r, bool semicolon)
{
	r->decoded = false;
	add(r, '&');
	if (r->at == CHARREF_HASH || r->at == CHARREF_HEX)
		add(r, '#');
	if (r->at == CHARREF_HEX)
		add(r, 'x');
	for (size_t i = 0; i < r->name_n; i++)
		add(r, (unsigned char)r->name[i]);
	if (semicolon)
		add(r, ';');
}

/* It ends before c, which may be its semicolon. */
static void
end(struct charref *r, char c)
{
	char is = '\0';

	r->decoded = true;
	if (r->at == CHARREF_NAMED)
		is = named(r->name, r->name_n);
	if (r->at == CHARREF_DIGITS || r->at == CHARREF_HEXDIGITS)
		coded(r);
	else if (is != '\0' && (c == ';' || (old(is) && c != '=' && !alnum(c))))
		add(r, (unsigned char)is);
	else
		as_it_stood(r, c == ';');
	r->at = CHARREF_NONE;
}

static void
digit(struct charref *r, unsigned base, int value)
{
	r->at = base == 16 ? CHARREF_HEXDIGITS : CHARREF_DIGITS;
	if (r->code <= 0x10ffff)
		r->code = r->code * base + (uint32_t)value;
}

bool
charref_byte(struct charref *r, char c)
{
	if (r->at == CHARREF_AMP && c == '#') {
		r->at = CHARREF_HASH;
	} else if (r->at == CHARREF_HASH && (c == 'x' || c == 'X')) {
		r->at = CHARREF_HEX;
	} else if ((r->at == CHARREF_HASH || r->at == CHARREF_DIGITS) &&
	    c >= '0' && c <= '9') {
		digit(r, 10, c - '0');
	} else if ((r->at == CHARREF_HEX || r->at == CHARREF_HEXDIGITS) && hex(c) >= 0) {
		digit(r, 16, hex(c));
	} else if ((r->at == CHARREF_AMP || r->at == CHARREF_NAMED) && alnum(c) &&
	    r->name_n < CHARREF_NAME) {
		r->at = CHARREF_NAMED;
		r->name[r->name_n++] = c;
	} else {
		end(r, c);
		return c == ';';
	}
	return true;
}

void
charref_end(struct charref *r)
{
	if (r->at != CHARREF_NONE)
		end(r, '\0');
}
