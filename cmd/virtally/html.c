/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/html.h"
#include "common/clean.h"

#include <string.h>

enum { TITLE_MAX = 200 };

static const char ELLIPSIS[] = "\xe2\x80\xa6";

void
html_text(FILE *f, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *escaped = markup_escape(p[i]);

		if (escaped != NULL)
			fputs(escaped, f);
		else
			putc(p[i], f);
	}
}

/* How many bytes of clean text fit. */
static size_t
fitting(const char *p, size_t n, size_t max)
{
	size_t i, cost = 0;

	for (i = 0; i < n && i < max; i++) {
		const char *escaped = markup_escape(p[i]);

		cost += escaped == NULL ? 1 : strlen(escaped);
		if (cost > 2 * max)
			break;
	}
	return i == n ? n : clean_cut(p, n, i < 3 ? 0 : i - 3);
}

static void
put_cut(FILE *f, const char *p, size_t n, size_t max)
{
	size_t fit = fitting(p, n, max);

	html_text(f, p, fit);
	if (fit < n)
		fputs(ELLIPSIS, f);
}

void
html_name(FILE *f, struct span coded, size_t max, bool title)
{
	char text[MARKUP_NAME];
	size_t n = markup_name(text, coded, sizeof text - 1, NULL);

	fputs("<span class=\"name\"", f);
	if (title && fitting(text, n, max) < n) {
		fputs(" title=\"", f);
		put_cut(f, text, n, TITLE_MAX);
		putc('"', f);
	}
	putc('>', f);
	put_cut(f, text, n, max);
	fputs("</span>", f);
}

void
html_figure(FILE *f, const char *tag, const char *figure, unsigned long long n)
{
	char number[MARKUP_NUMBER];

	fprintf(f, "<%s data-figure=\"%s\">%s</%s>", tag, figure, markup_number(number, n),
	    tag);
}
