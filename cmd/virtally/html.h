/* SPDX-License-Identifier: ISC */
/* Text as HTML: whatever it holds, it is text. */
#ifndef HTML_H
#define HTML_H

#include "cmd/virtally/markup.h"

#include <stdio.h>

/* In an element or in a value between double quotes. */
void html_text(FILE *f, const char *p, size_t n);

/*
 * A coded name in a <span>: at most max bytes of it, and in HTML twice as many.  Where it
 * was cut and titles are wanted, more of it is its title.
 */
void html_name(FILE *f, struct span coded, size_t max, bool title);

/* <TAG data-figure="FIGURE">1,234</TAG> */
void html_figure(FILE *f, const char *tag, const char *figure, unsigned long long n);

#endif
