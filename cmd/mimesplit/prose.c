/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/prose.h"

#include <string.h>

/* What is not ASCII is a letter of some language, and ends no word for us. */
static bool
letter(char c)
{
	return (unsigned char)c > 0x7f || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static void
end_line(struct prose *s)
{
	/* one long word in a line is no word of any language, but for a rule */
	s->other |= s->words == 1 && s->longest >= PROSE_ALONE && s->mixed;
	s->words = s->longest = s->word = s->url = 0;
	s->mixed = false;
}

/* A file of uuencode begins with a line that is words as well. */
static bool
is_begin(const struct prose *s)
{
	static const char BEGIN[] = "begin";

	if (s->words != 1 || s->word != sizeof BEGIN - 1)
		return false;
	for (size_t i = 0; i < sizeof BEGIN - 1; i++)
		if ((s->start[i] | 0x20) != BEGIN[i])
			return false;
	return true;
}

static const char URL[] = "https://";
enum { URL_WHOLE = sizeof URL - 1, URL_NOT };

/* Is the word, behind `<' and the like, an address of the web so far? */
static bool
address(struct prose *s, char c)
{
	if (s->url >= URL_WHOLE)
		return s->url == URL_WHOLE;
	if (c == URL[s->url])
		s->url++;
	else if (s->url == 4 && c == ':')
		s->url = 6;	/* http: */
	else if (s->url > 0 || letter(c))
		s->url = URL_NOT;
	return s->url == URL_WHOLE || (s->url > 4 && s->url < URL_WHOLE);
}

static void
byte(struct prose *s, char c)
{
	bool url;

	if (c == '\n' || c == '\r') {
		end_line(s);
		return;
	}
	if (c == ' ' || c == '\t') {
		s->begin |= is_begin(s);
		s->other |= s->begin;
		s->word = s->url = 0;
		return;
	}
	url = address(s, c);
	s->words += s->word == 0;
	if (s->word < sizeof s->start)
		s->start[s->word] = c;
	s->mixed |= letter(c) || c != s->start[0];
	s->n++;
	if (!letter(c) && !(url && c == '%') &&
	    (c == '\0' || strchr(".,;'\"()!?-/:[]=_*+#&@~|<>", c) == NULL))
		s->other = true;
	/* a word and a colon at the start of a line are a field */
	if (c == ':' && !url && (s->words == 1 || s->word == 0))
		s->other = true;
	s->word = (unsigned char)c > 0x7f ? 1 : s->word + 1;
	if (s->word > s->longest && !url)
		s->longest = s->word;
	if (s->word > (url ? PROSE_URL : PROSE_WORD) || s->n > PROSE_MAX)
		s->other = true;
}

void
prose_feed(struct prose *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n && !s->other; i++)
		byte(s, p[i]);
}
