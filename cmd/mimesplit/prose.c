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
	/* one long word in a line is no word of any language */
	s->other |= s->words == 1 && s->longest >= PROSE_ALONE;
	s->words = s->longest = s->word = s->url = 0;
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
		s->word = s->url = 0;
		return;
	}
	url = address(s, c);
	s->words += s->word == 0;
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
