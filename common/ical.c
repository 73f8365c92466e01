/* SPDX-License-Identifier: ISC */
#include "common/ical.h"

#include <string.h>
#include <strings.h>

void
ical_start(struct ical *i, const struct carried *to)
{
	tell_start(&i->tell, to);
	i->at = ICAL_NAME;
	i->end = ICAL_IN_LINE;
	i->quoted = false;
	i->base64 = false;
	i->param_n = 0;
	i->names_n = 0;
	i->escape = false;
	i->line_n = 0;
	i->chunk_n = 0;
	datauri_start(&i->data, to);
}

/* The names, a file that is open now having them. */
static void
tell_names(struct ical *i)
{
	const char *p = i->names, *end = p + i->names_n, *eol;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		tell_name(&i->tell, p, (size_t)(eol - p));
	}
}

static void
put(struct ical *i, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (!i->tell.open) {
		tell_file(&i->tell);
		tell_names(i);
	}
	tell_data(&i->tell, p, n);
}

static void
chunk(struct ical *i)
{
	char out[ICAL_CHUNK + TRANSFER_KEPT];

	put(i, out, transfer_feed(&i->transfer, i->chunk, i->chunk_n, out));
	i->chunk_n = 0;
}

static void
base64_byte(struct ical *i, char c)
{
	i->chunk[i->chunk_n++] = c;
	if (i->chunk_n == sizeof i->chunk)
		chunk(i);
}

/* The property is over: its file, too. */
static void
property_end(struct ical *i)
{
	char out[TRANSFER_KEPT];

	if (i->at == ICAL_BASE64) {
		chunk(i);
		put(i, out, transfer_end(&i->transfer, out));
		tell_end(&i->tell);
	}
	if (i->at == ICAL_VALUE)
		datauri_end(&i->data);
	i->at = ICAL_NAME;
	i->quoted = false;
	i->base64 = false;
	i->param_n = 0;
	i->names_n = 0;
	i->line_n = 0;
}

static bool
is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

static void
keep_name(struct ical *i, const char *p, size_t n)
{
	size_t room = sizeof i->names - i->names_n;

	if (room < 2)
		return;
	if (n > room - 1)
		n = room - 1;
	memcpy(i->names + i->names_n, p, n);
	i->names_n += n;
	i->names[i->names_n++] = '\n';
}

/* A parameter, ATTRIBUTE=VALUE; in vCard 2.1 it may be the value alone. */
static void
param(struct ical *i)
{
	const char *p = i->param, *equals = memchr(p, '=', i->param_n);
	size_t attr = equals != NULL ? (size_t)(equals - p) : 0;
	size_t n = equals != NULL ? i->param_n - attr - 1 : i->param_n;
	const char *v = equals != NULL ? equals + 1 : p;

	if (attr >= 8 && is_word(p + attr - 8, 8, "filename"))
		keep_name(i, v, n);
	if (n > 1 && v[0] == '"' && v[n - 1] == '"') {
		v++;
		n -= 2;
	}
	i->base64 |= is_word(v, n, "base64") || is_word(v, n, "binary") ||
	    (is_word(v, n, "b") && is_word(p, attr, "encoding"));
	i->param_n = 0;
}

static void
value_begins(struct ical *i)
{
	const char *name = memchr(i->names, '\n', i->names_n);

	i->at = i->base64 ? ICAL_BASE64 : ICAL_VALUE;
	if (i->base64)
		transfer_start(&i->transfer, TRANSFER_BASE64);
	i->escape = false;
	datauri_start(&i->data, &i->tell.to);
	if (name != NULL)
		datauri_name(&i->data, i->names, (size_t)(name - i->names));
}

/* In a text `\,' is a comma, and `\n' a line end (RFC 5545 3.3.11). */
static void
value_byte(struct ical *i, char c)
{
	if (!i->escape && c == '\\') {
		i->escape = true;
		return;
	}
	if (i->escape && (c == 'n' || c == 'N'))
		c = '\n';
	i->escape = false;
	datauri_feed(&i->data, &c, 1);
}

static void
param_byte(struct ical *i, char c)
{
	if (c == '"')
		i->quoted = !i->quoted;
	if (!i->quoted && (c == ';' || c == ':')) {
		param(i);
		if (c == ':')
			value_begins(i);
	} else if (i->param_n < sizeof i->param) {
		i->param[i->param_n++] = c;
	}
}

/* A byte of an unfolded line. */
static void
byte(struct ical *i, char c)
{
	switch (i->at) {
	case ICAL_NAME:
		if (c == ';')
			i->at = ICAL_PARAM;
		else if (c == ':')
			value_begins(i);
		break;
	case ICAL_PARAM:
		param_byte(i, c);
		break;
	case ICAL_VALUE:
		value_byte(i, c);
		break;
	case ICAL_BASE64:
		base64_byte(i, c);
		break;
	}
}

static bool
alphabet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* The line that was kept is of base64, or begins a property. */
static void
line_is(struct ical *i, bool data)
{
	char line[ICAL_LINE];
	size_t n = i->line_n;

	i->line_n = 0;
	memcpy(line, i->line, n);
	if (!data)
		property_end(i);
	for (size_t k = 0; k < n; k++)
		byte(i, line[k]);
}

/* After base64 a line begins without a blank. */
static void
line_byte(struct ical *i, char c)
{
	if (i->line_n < sizeof i->line && alphabet(c)) {
		i->line[i->line_n++] = c;
		return;
	}
	line_is(i, alphabet(c));
	byte(i, c);
}

/* The byte behind a line end: it folds, or a line begins. */
static void
behind_end(struct ical *i, char c)
{
	i->end = ICAL_IN_LINE;
	if (c == ' ' || c == '\t') {
		if (i->line_n > 0)
			line_is(i, true);
	} else if (i->at != ICAL_BASE64) {
		property_end(i);
		byte(i, c);
	} else {
		if (i->line_n > 0)
			line_is(i, true);
		line_byte(i, c);
	}
}

void
ical_feed(struct ical *i, const char *p, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		char c = p[k];

		if (c == '\r' || c == '\n') {
			/* an empty line ends what has no blank before its lines */
			if (i->end == ICAL_LF || (i->end == ICAL_CR && c == '\r')) {
				if (i->line_n > 0)
					line_is(i, true);
				property_end(i);
			}
			i->end = c == '\r' ? ICAL_CR : ICAL_LF;
		} else if (i->end != ICAL_IN_LINE) {
			behind_end(i, c);
		} else if (i->line_n > 0) {
			line_byte(i, c);
		} else {
			byte(i, c);
		}
	}
}

void
ical_end(struct ical *i)
{
	if (i->line_n > 0)
		line_is(i, true);
	if (i->at == ICAL_PARAM)
		param(i);
	property_end(i);
}
