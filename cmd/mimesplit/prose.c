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
byte(struct prose *s, char c)
{
	if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {
		s->later = c == ' ' || c == '\t';
		s->word = 0;
		return;
	}
	s->n++;
	if ((unsigned char)c > 0x7f)
		s->word = 0;
	/* a word with a colon at the start of a line is a field */
	if (!letter(c) && (c == '\0' || strchr(".,;'\"()!?-/:[]=_*+#&@~|>", c) == NULL))
		s->other = true;
	if ((c == ':' && !s->later) || ++s->word > PROSE_WORD || s->n > PROSE_MAX)
		s->other = true;
}

void
prose_feed(struct prose *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n && !s->other; i++)
		byte(s, p[i]);
}
