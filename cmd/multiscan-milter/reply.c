/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-milter/reply.h"

#include <string.h>

enum { IDMAX = 40 };	/* the most that an id has here */

/* Does text have word in it? */
static bool
holds(struct span text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n <= text.n && i <= text.n - n; i++)
		if (memcmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

/* One character of text from *at, as a byte that may stand in a reply. */
static char
next(struct span text, size_t *at)
{
	unsigned char c = (unsigned char)text.p[(*at)++];

	if (c == '\t' || c == '\n' || c == '\r')
		return ' ';
	if (c < 0x80)
		return c >= ' ' && c <= '~' ? (char)c : '?';
	/* A character is one ?, however many bytes it has. */
	while (*at < text.n && ((unsigned char)text.p[*at] & 0xc0) == 0x80)
		(*at)++;
	return '?';
}

/* Adds c, as often as it has to stand; false: there is no room within max. */
static bool
add(char *line, size_t *n, size_t *sent, char c, size_t max)
{
	if (*sent == max)
		return false;
	(*sent)++;
	line[(*n)++] = c;
	if (c == '%')
		line[(*n)++] = c;
	return true;
}

/* Adds text for as long as there is room. */
static void
append(char *line, size_t *n, size_t *sent, const char *text)
{
	while (*text != '\0' && add(line, n, sent, *text, REPLY_MAX))
		text++;
}

void
reply_line(char line[2 * REPLY_MAX + 1], struct span text, const char *id)
{
	size_t n = 0, sent = 0, at = 0, max = REPLY_MAX - strlen(" (reference )") - IDMAX;
	bool named = holds(text, id), blank = true;

	while (at < text.n) {
		char c = next(text, &at);

		if (c == ' ' && blank)
			continue;
		blank = c == ' ';
		if (!add(line, &n, &sent, c, max)) {
			named = false;
			break;
		}
	}
	while (n > 0 && line[n - 1] == ' ')
		n--, sent--;
	if (n == 0)
		append(line, &n, &sent, "refused");
	if (!named) {
		append(line, &n, &sent, " (reference ");
		append(line, &n, &sent, id);
		append(line, &n, &sent, ")");
	}
	line[n] = '\0';
}
