/* SPDX-License-Identifier: ISC */
#include "common/srcdoc.h"

#include <string.h>

static const char NAME[] = "srcdoc";

void
srcdoc_start(struct srcdoc *s, const struct carried *to)
{
	tell_start(&s->tell, to);
	s->restart = false;
	s->nested = false;
	s->value = false;
	s->at = SRCDOC_SCAN;
	s->matched = 0;
	s->within = false;
	charref_start(&s->ref);
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool
of_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

static void
put(struct srcdoc *s, char c)
{
	if (!s->tell.open)
		tell_file(&s->tell);
	tell_byte(&s->tell, c);
}

static void
referred(struct srcdoc *s)
{
	for (size_t i = 0; i < s->ref.n; i++)
		put(s, s->ref.out[i]);
	s->ref.n = 0;
}

static void
value_end(struct srcdoc *s)
{
	charref_end(&s->ref);
	referred(s);
	tell_end(&s->tell);
	s->value = false;
}

/* A character of a value, or behind its end. */
static void
value_byte(struct srcdoc *s, char c)
{
	if (charref_open(&s->ref)) {
		bool taken = charref_byte(&s->ref, c);

		referred(s);
		if (taken)
			return;
	}
	if (s->quote != '\0' ? c == s->quote : blank(c) || c == '>')
		value_end(s);
	else if (c == '&')
		charref_begin(&s->ref);
	else
		put(s, c);
}

/* A value begins with c, or behind it. */
static void
value_begins(struct srcdoc *s, char c)
{
	if (s->value) {
		s->nested = true;
		if (!s->restart)
			return;
		value_end(s);
	}
	s->value = true;
	s->quote = c == '"' || c == '\'' ? c : '\0';
	if (s->quote == '\0')
		value_byte(s, c);
}

/* Looks for the name and its =; true: a value begins here. */
static bool
begins(struct srcdoc *s, char c)
{
	if (s->at != SRCDOC_SCAN && blank(c))
		return false;
	if (s->at == SRCDOC_EQUALS) {
		s->at = SRCDOC_SCAN;
		return true;
	}
	if (s->at == SRCDOC_NAME && c == '=') {
		s->at = SRCDOC_EQUALS;
		s->within = false;
		return false;
	}
	s->at = SRCDOC_SCAN;
	if ((c | 0x20) == NAME[s->matched])
		s->matched = s->matched > 0 || !s->within ? s->matched + 1 : 0;
	else
		s->matched = 0;
	s->within = of_name(c);
	if (NAME[s->matched] == '\0') {
		s->at = SRCDOC_NAME;
		s->matched = 0;
	}
	return false;
}

void
srcdoc_feed(struct srcdoc *s, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		bool was = s->value;

		if (begins(s, *p)) {
			value_begins(s, *p);
			if (!was || s->restart)
				continue;
		}
		if (s->value)
			value_byte(s, *p);
	}
}

void
srcdoc_end(struct srcdoc *s)
{
	value_end(s);
}
