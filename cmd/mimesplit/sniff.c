/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/mimesplit/sniff.h"
#include "common/head.h"

#include <string.h>
#include <strings.h>

void
sniff_start(struct sniff *s, unsigned look, bool count)
{
	memset(s, 0, sizeof *s);
	s->look = look;
	s->start = true;
	s->count = count;
}

static bool
begins(const char *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && memcmp(p, word, len) == 0;
}

/* The first bytes of a line, SNIFF_LINE of them or all there are. */
static void
line(struct sniff *s, const char *p, size_t n)
{
	if (n > 0 && p[0] == ':' && (s->look & LOOK_BINHEX) != 0)
		s->found |= CARRIER_BINHEX;
	if (begins(p, n, "begin"))
		s->found |= CARRIER_UU;
	if (begins(p, n, "=ybegin"))
		s->found |= CARRIER_YENC;
	if (begins(p, n, "(This file"))
		s->found |= CARRIER_BINHEX;
	if (begins(p, n, "-----BEGIN "))
		s->found |= CARRIER_CMS;
	if ((s->look & LOOK_TEXT) != 0 && n > 8 &&
	    (p[0] == 'C' || p[0] == 'c') && head_decides(p, n))
		s->found |= CARRIER_MESSAGE;
}

static bool
may_begin(char c)
{
	return c == 'b' || c == '=' || c == '(' || c == '-' || c == 'C' || c == 'c' ||
	    c == ':';
}

/* Fills the line that a piece cut; the bytes used. */
static size_t
resume(struct sniff *s, const char *p, size_t n)
{
	size_t room = SNIFF_LINE - s->nline, len = n < room ? n : room;
	const char *end = memchr(p, '\n', len);

	if (end != NULL)
		len = (size_t)(end - p);
	memcpy(s->line + s->nline, p, len);
	s->nline += len;
	if (s->nline == SNIFF_LINE || end != NULL) {
		line(s, s->line, s->nline);
		s->start = false;
		s->nline = 0;
	}
	return len;
}

static void
lines(struct sniff *s, const char *p, size_t n)
{
	const char *end = p + n, *next;

	if (s->start)
		p += resume(s, p, n);
	while (p < end && (next = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p = next + 1;
		if (end - p < SNIFF_LINE) {
			s->start = true;
			p += resume(s, p, (size_t)(end - p));
		} else if (may_begin(*p))
			line(s, p, SNIFF_LINE);
	}
}

static bool
is_data(const char *p)
{
	return strncasecmp(p, "data", 4) == 0;
}

/* `data:', and `data&': its colon may be an entity, and so may its letters. */
static void
markup(struct sniff *s, const char *p, size_t n)
{
	char joint[9];
	size_t head = n < 4 ? n : 4;

	memcpy(joint, s->last, 5);
	memcpy(joint + 5, p, head);
	for (size_t i = 4; i < 5 + head; i++)
		if (joint[i] == ':' && is_data(joint + i - 4))
			s->found |= CARRIER_DATA;
	for (size_t i = 4; i < n; i++) {
		const char *colon = memchr(p + i, ':', n - i);

		if (colon == NULL)
			break;
		i = (size_t)(colon - p);
		if (is_data(colon - 4))
			s->found |= CARRIER_DATA;
	}
	if (n > 1 && p != NULL && (memmem(p, n, "&#", 2) != NULL || memmem(p, n, "&colon;", 7) != NULL))
		s->found |= CARRIER_DATA;
	if (n >= 5)
		memcpy(s->last, p + n - 5, 5);
	else {
		memmove(s->last, s->last + n, 5 - n);
		memcpy(s->last + 5 - n, p, n);
	}
}

static void
count(struct sniff *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=')
			s->alphabet++;
		else if (c == '\r' || c == '\n')
			s->blanks++;
		else {
			s->others++;
			if (!s->count)
				return;
		}
	}
}

/* A text that begins with a tag is markup, whatever it is called. */
static void
first(struct sniff *s, const char *p, size_t n)
{
	size_t room = SNIFF_FIRST - s->nfirst, i = 0;

	if (n > room)
		n = room;
	memcpy(s->first + s->nfirst, p, n);
	s->nfirst += n;
	while (i < s->nfirst && (s->first[i] == ' ' || s->first[i] == '\r' ||
	    s->first[i] == '\n' || s->first[i] == '\t'))
		i++;
	if ((s->look & LOOK_LINES) != 0 && i < s->nfirst && s->first[i] == '<')
		s->look |= LOOK_MARKUP;
}

void
sniff_feed(struct sniff *s, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (s->nfirst < SNIFF_FIRST)
		first(s, p, n);
	if ((s->look & LOOK_LINES) != 0)
		lines(s, p, n);
	if ((s->look & LOOK_MARKUP) != 0 && (s->found & CARRIER_DATA) == 0)
		markup(s, p, n);
	if (s->count || s->others == 0)
		count(s, p, n);
}

/* The object identifier of signed, compressed or plain data comes first. */
static bool
is_cms(const char *p, size_t n)
{
	static const char OID[] = { 0x06, 0x09, 0x2a, (char)0x86, 0x48, (char)0x86,
	    (char)0xf7, 0x0d, 0x01 };

	return n > 2 && p[0] == 0x30 && memmem(p, n, OID, sizeof OID) != NULL;
}

void
sniff_end(struct sniff *s)
{
	if ((s->look & LOOK_LINES) != 0 && s->nline > 0)
		line(s, s->line, s->nline);
	if (begins(s->first, s->nfirst, "\x78\x9f\x3e\x22"))
		s->found |= CARRIER_TNEF;
	if (is_cms(s->first, s->nfirst))
		s->found |= CARRIER_CMS;
}

bool
sniff_base64(const struct sniff *s, bool sure)
{
	if (sure)
		return s->others == 0 && s->alphabet >= 40 && s->alphabet % 4 == 0;
	return s->alphabet >= 8 && s->alphabet / 8 > s->others;
}
