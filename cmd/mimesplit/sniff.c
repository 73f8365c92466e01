/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* memmem */
#include "cmd/mimesplit/sniff.h"
#include "common/cms.h"
#include "common/head.h"
#include "common/macfile.h"

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
	if (n >= 5 && strncasecmp(p, "begin", 5) == 0)
		s->found |= n > 5 && p[5] == ':' ? CARRIER_ICAL : CARRIER_UU;
	if (begins(p, n, "=ybegin"))
		s->found |= CARRIER_YENC;
	if (begins(p, n, "(This file"))
		s->found |= CARRIER_BINHEX;
	if (begins(p, n, "-----BEGIN "))
		s->found |= begins(p, n, "-----BEGIN PGP") ? CARRIER_PGP : CARRIER_CMS;
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

static void
lines(struct sniff *s, const char *p, size_t n)
{
	const char *end = p + n, *lf = memchr(p, '\n', n), *cr = NULL;

	if (lf == NULL || (s->look & (LOOK_TEXT | LOOK_UU)) != 0)
		cr = memchr(p, '\r', n);
	if (s->start)
		p += resume(s, p, n);
	while (lf != NULL || cr != NULL) {
		const char **first = lf != NULL && (cr == NULL || lf < cr) ? &lf : &cr;

		p = *first + 1;
		*first = memchr(p, p[-1], (size_t)(end - p));
		if (end - p < SNIFF_LINE) {
			s->start = true;
			p += resume(s, p, (size_t)(end - p));
		} else if (may_begin(*p))
			line(s, p, rest_of_line(p, SNIFF_LINE));
	}
}

/* Does this end in "data", but for what browsers skip inside of a URL, and NULs? */
static bool
ends_in_data(struct sniff *s, const char *p, size_t n)
{
	static const char DATA[] = "atad";
	size_t k = 0;
	bool wide = false;

	for (size_t i = 0; i < n && i < SNIFF_BACK && k < 4; i++) {
		char c = p[n - 1 - i];

		wide |= c == '\0';
		if (c == '\t' || c == '\r' || c == '\n' || c == '\0')
			continue;
		if ((c | 0x20) != DATA[k++])
			return false;
	}
	if (k == 4 && wide)
		s->look |= LOOK_WIDE;
	return k == 4;
}

/* Does this stand in it, in any case?  word: in lower case. */
static bool
holds(const char *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (const char *end = p + n; (size_t)(end - p) >= len; p++)
		if ((*p | 0x20) == word[0] && strncasecmp(p, word, len) == 0)
			return true;
	return false;
}

/* What `data:' may be hidden behind: an entity, a page in an attribute. */
static void
marks(struct sniff *s, const char *p, size_t n)
{
	if (memmem(p, n, "&#", 2) != NULL || memmem(p, n, "&colon;", 7) != NULL ||
	    memmem(p, n, "&Tab;", 5) != NULL || memmem(p, n, "&NewLine;", 9) != NULL)
		s->found |= CARRIER_DATA;
	if (memmem(p, n, "&\0", 2) != NULL) {
		s->found |= CARRIER_DATA | CARRIER_SRCDOC;
		s->look |= LOOK_WIDE;
	}
	if ((s->found & CARRIER_SRCDOC) == 0 && holds(p, n, "srcdoc"))
		s->found |= CARRIER_SRCDOC;
}

static void
markup(struct sniff *s, const char *p, size_t n)
{
	char joint[2 * SNIFF_BACK];
	size_t head = n < SNIFF_BACK ? n : SNIFF_BACK;
	const char *colon = p;

	memcpy(joint, s->last, SNIFF_BACK);
	memcpy(joint + SNIFF_BACK, p, head);
	for (size_t i = SNIFF_BACK; i < SNIFF_BACK + head; i++)
		if (joint[i] == ':' && ends_in_data(s, joint, i))
			s->found |= CARRIER_DATA;
	marks(s, joint, SNIFF_BACK + head);
	while ((colon = memchr(colon, ':', n - (size_t)(colon - p))) != NULL) {
		if (ends_in_data(s, p, (size_t)(colon - p)))
			s->found |= CARRIER_DATA;
		colon++;
	}
	marks(s, p, n);
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

/* The first bytes without NULs and the mark of their order; their number. */
static size_t
narrow(const struct sniff *s, char *out, bool *wide)
{
	size_t n = 0, i = 0;

	*wide = begins(s->first, s->nfirst, "\xfe\xff") ||
	    begins(s->first, s->nfirst, "\xff\xfe");
	if (*wide)
		i = 2;
	else if (begins(s->first, s->nfirst, "\xef\xbb\xbf"))
		i = 3;
	for (; i < s->nfirst; i++) {
		if (s->first[i] == '\0')
			*wide = true;
		else
			out[n++] = s->first[i];
	}
	return n;
}

/* Is it markup, whatever it is called?  It begins with a tag, or has one of HTML. */
static bool
is_markup(const char *p, size_t n)
{
	static const char *const TAGS[] = { "!doctype", "a", "base", "body", "br", "div",
	    "embed", "font", "form", "head", "html", "iframe", "img", "link", "meta",
	    "object", "p", "script", "span", "style", "svg", "table", "title" };
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\r' || p[i] == '\n' || p[i] == '\t'))
		i++;
	if (i < n && p[i] == '<')
		return true;
	for (; i < n; i++) {
		if (p[i] != '<')
			continue;
		for (size_t k = 0; k < sizeof TAGS / sizeof TAGS[0]; k++) {
			const char *tag = p + i + 1, *const AFTER = " \t\r\n\f>/";
			size_t len = strlen(TAGS[k]);

			if (n - i > len + 1 && strncasecmp(tag, TAGS[k], len) == 0 &&
			    memchr(AFTER, tag[len], strlen(AFTER)) != NULL)
				return true;
		}
	}
	return false;
}

/* The first bytes are there: what do they say? */
static void
decide(struct sniff *s)
{
	char text[SNIFF_FIRST];
	bool wide;
	size_t n = narrow(s, text, &wide);

	if (is_markup(text, n))
		s->look |= LOOK_MARKUP;
	if ((s->look & LOOK_ICAL) != 0 || holds(text, n, "begin:v"))
		s->found |= CARRIER_ICAL;
	if (wide && ((s->look & LOOK_MARKUP) != 0 || (s->found & CARRIER_ICAL) != 0))
		s->look |= LOOK_WIDE;
	if (wide && (s->look & LOOK_MARKUP) != 0)
		s->found |= CARRIER_DATA | CARRIER_SRCDOC;
	if (begins(s->first, s->nfirst, "\x78\x9f\x3e\x22"))
		s->found |= CARRIER_TNEF;
	if ((s->look & LOOK_CMS) != 0 || cms_begins(s->first, s->nfirst))
		s->found |= CARRIER_CMS;
	if ((s->look & LOOK_PGP) != 0 && s->nfirst > 0 && (s->first[0] & 0x80) != 0)
		s->found |= CARRIER_PGP;
	if (macfile_begins(s->first, s->nfirst))
		s->found |= CARRIER_MAC;
	if ((s->look & LOOK_MARKUP) != 0 && s->nfirst > 0)
		markup(s, s->first, s->nfirst);
}

/* Takes what is one of the first bytes; how many are. */
static size_t
first(struct sniff *s, const char *p, size_t n)
{
	size_t room = SNIFF_FIRST - s->nfirst;

	if (n > room)
		n = room;
	if (n == 0)
		return 0;
	memcpy(s->first + s->nfirst, p, n);
	s->nfirst += n;
	if (s->nfirst == SNIFF_FIRST)
		decide(s);
	return n;
}

void
sniff_feed(struct sniff *s, const char *p, size_t n)
{
	static const unsigned ALL = CARRIER_DATA | CARRIER_SRCDOC;
	size_t k;

	if (n == 0)
		return;
	lines(s, p, n);
	if (s->count || s->others == 0)
		count(s, p, n);
	k = first(s, p, n);
	if (k < n && (s->look & LOOK_MARKUP) != 0 && (s->found & ALL) != ALL)
		markup(s, p + k, n - k);
}

void
sniff_end(struct sniff *s)
{
	if (s->nline > 0)
		line(s, s->line, s->nline);
	if (s->nfirst < SNIFF_FIRST)
		decide(s);
}

bool
sniff_base64(const struct sniff *s, bool sure)
{
	if (sure)
		return s->others == 0 && s->alphabet >= 40 && s->alphabet % 4 == 0;
	return s->alphabet >= 8 && s->alphabet / 8 > s->others;
}
