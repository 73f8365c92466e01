/* SPDX-License-Identifier: ISC */
#include "cmd/notice/headfile.h"

/* A line, cut at UNFOLD_MAX; n = 0: it is empty, or there is none. */
static struct span
read_line(struct headfile *h, char *line)
{
	size_t n = 0;
	int c;

	while ((c = getc(h->f)) != EOF && c != '\n' && c != '\r' && h->bytes < HEADFILE_MAX) {
		h->bytes++;
		if (n < UNFOLD_MAX)
			line[n++] = (char)c;
	}
	if (h->bytes++ >= HEADFILE_MAX)
		h->cut = true;
	if (c == '\r' && (c = getc(h->f)) != '\n' && c != EOF)
		ungetc(c, h->f);
	return (struct span){ line, h->cut ? 0 : n };
}

bool
headfile_next(struct headfile *h, struct field *field)
{
	char line[UNFOLD_MAX];

	while (!h->end) {
		struct span s = read_line(h, line);

		h->end = s.n == 0;
		if (unfold_line(&h->unfold, s, field))
			return true;
	}
	return false;
}
