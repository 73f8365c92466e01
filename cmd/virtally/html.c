/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/html.h"

enum { TITLE_MAX = 200 };

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

void
html_name(FILE *f, struct span coded, size_t max)
{
	char text[MARKUP_NAME], longer[MARKUP_NAME];
	bool cut;
	size_t n = markup_name(text, coded, max, &cut);

	fputs("<span class=\"name\"", f);
	if (cut) {
		fputs(" title=\"", f);
		html_text(f, longer, markup_name(longer, coded, TITLE_MAX, NULL));
		putc('"', f);
	}
	putc('>', f);
	html_text(f, text, n);
	fputs("</span>", f);
}

void
html_figure(FILE *f, const char *tag, const char *figure, unsigned long long n)
{
	char number[MARKUP_NUMBER];

	fprintf(f, "<%s data-figure=\"%s\">%s</%s>", tag, figure, markup_number(number, n), tag);
}
