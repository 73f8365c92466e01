/* SPDX-License-Identifier: ISC */
#include "common/words.h"

#include <ctype.h>

static int
next_octet(struct words *w)
{
	int c = getc_unlocked(w->f);

	if (c != EOF)
		w->cut = c != '\n';
	return c;
}

static enum words_token
take_word(struct words *w, int c)
{
	bool over = false;

	for (w->n = 0; c != EOF && c != '\0' && !isspace(c); c = next_octet(w)) {
		over |= w->n == sizeof w->word - 1;
		if (!over)
			w->word[w->n++] = (char)c;
	}
	w->word[w->n] = '\0';
	ungetc(c, w->f);
	return over ? WORDS_LONG : WORDS_WORD;
}

enum words_token
words_next(struct words *w)
{
	int c;

	w->line += w->newline;
	do
		c = next_octet(w);
	while (c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f');
	if (c == '#')
		while (c != '\n' && c != EOF && c != '\0')
			c = next_octet(w);
	w->newline = c == '\n';
	if (c == '\n')
		return WORDS_LINE;
	if (c == EOF)
		return ferror(w->f) ? WORDS_FAILED : WORDS_END;
	return c == '\0' ? WORDS_NUL : take_word(w, c);
}
