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
	if (n > 5 && strncasecmp(p, "begin", 5) == 0)
		s->found |= p[5] == ':' ? CARRIER_ICAL : CARRIER_UU;
	if (begins(p, n, "=ybegin"))
		s->found |= CARRIER_YENC;
	if (begins(p, n, "(This file"))
		s->found |= CARRIER_BINHEX;
	if (begins(p, n, "-----BEGIN "))
		s->found |= CARRIER_CMS;
	if (n > 8 && (s->look & LOOK_NO_HEADS) == 0 &&
	    (p[0] == 'C' || p[0] == 'c') && head_decides(p, n))
		s->found |= CARRIER_MESSAGE;
}

static bool
may_begin(char c)
{
	return c == 'b' || c == 'B' || c == '=' || c == '(' || c == '-' || c == 'C' || c == 'c' ||
	    c == ':';
}

/* Where the line that begins here ends, within the piece. */
static size_t
rest_of_line(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != '\n' && p[i] != '\r')
		i++;
	return i;
}

/* Fills the line that a piece cut; the bytes used. */
static size_t
resume(struct sniff *s, const char *p, size_t n)
{
	size_t room = SNIFF_LINE - s->nline, len = n < room ? n : room;
	size_t text = rest_of_line(p, len);

	memcpy(s->line + s->nline, p, text);
	s->nline += text;
	if (s->nline == SNIFF_LINE || text < len) {
		line(s, s->line, s->nline);
		s->start = false;
		s->nline = 0;
	}
	return text;
}

/* A piece without a single LF may be a text whose lines end in CR. */
static void
lines(struct sniff *s, const char *p, size_t n)
{
	const char *end = p + n, *next;
	char eol = memchr(p, '\n', n) != NULL ? '\n' : '\r';

	if (s->start)
		p += resume(s, p, n);
	while (p < end && (next = memchr(p, eol, (size_t)(end - p))) != NULL) {
		p = next + 1;
		if (end - p < SNIFF_LINE) {
			s->start = true;
			p += resume(s, p, (size_t)(end - p));
		} else if (may_begin(*p))
			line(s, p, rest_of_line(p, SNIFF_LINE));
	}
}

/* Does this end in "data", but for what browsers skip inside of a URL? */
static bool
ends_in_data(const char *p, size_t n)
{
	static const char DATA[] = "atad";
	size_t k = 0;

	for (size_t i = 0; i < n && i < SNIFF_BACK && k < 4; i++) {
		char c = p[n - 1 - i];

		if (c == '\t' || c == '\r' || c == '\n')
			continue;
		if ((c | 0x20) != DATA[k++])
			return false;
	}
	return k == 4;
}

/* `data:'; or an entity, which its letters and its colon may be. */
static void
markup(struct sniff *s, const char *p, size_t n)
{
	char joint[2 * SNIFF_BACK];
	size_t head = n < SNIFF_BACK ? n : SNIFF_BACK;
	const char *colon = p;

	memcpy(joint, s->last, SNIFF_BACK);
	memcpy(joint + SNIFF_BACK, p, head);
	for (size_t i = SNIFF_BACK; i < SNIFF_BACK + head; i++)
		if (joint[i] == ':' && ends_in_data(joint, i))
			s->found |= CARRIER_DATA;
	while ((colon = memchr(colon, ':', n - (size_t)(colon - p))) != NULL) {
		if (ends_in_data(p, (size_t)(colon - p)))
			s->found |= CARRIER_DATA;
		colon++;
	}
	if (memmem(p, n, "&#", 2) != NULL || memmem(p, n, "&colon;", 7) != NULL ||
	    memmem(p, n, "&Tab;", 5) != NULL || memmem(p, n, "&NewLine;", 9) != NULL)
		s->found |= CARRIER_DATA;
	memcpy(joint + SNIFF_BACK, p + n - head, head);
	memcpy(s->last, joint + head, SNIFF_BACK);
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

/*
 * A text that begins with a tag is markup, whatever it is called; in UTF-16 there
 * are NULs between, and what it holds is seen only without them.
 */
static void
first(struct sniff *s, const char *p, size_t n)
{
	size_t room = SNIFF_FIRST - s->nfirst, i = 0;
	bool wide = false;

	if (n > room)
		n = room;
	memcpy(s->first + s->nfirst, p, n);
	s->nfirst += n;
	if (begins(s->first, s->nfirst, "\xef\xbb\xbf"))
		i = 3;
	else if (begins(s->first, s->nfirst, "\xfe\xff") ||
	    begins(s->first, s->nfirst, "\xff\xfe"))
		i = 2;
	while (i < s->nfirst && (s->first[i] == ' ' || s->first[i] == '\r' ||
	    s->first[i] == '\n' || s->first[i] == '\t' || s->first[i] == '\0'))
		wide |= s->first[i++] == '\0';
	if (i == s->nfirst || s->first[i] != '<')
		return;
	s->look |= LOOK_MARKUP;
	if (wide || (i + 1 < s->nfirst && s->first[i + 1] == '\0')) {
		s->look |= LOOK_WIDE;
		s->found |= CARRIER_DATA;
	}
}

void
sniff_feed(struct sniff *s, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (s->nfirst < SNIFF_FIRST)
		first(s, p, n);
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
	if (s->nline > 0)
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
