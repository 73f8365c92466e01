/* SPDX-License-Identifier: ISC */
/* The report as a page, and as text for a terminal or a mail. */
#ifndef PAGE_H
#define PAGE_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

/*
 * One HTML page that needs nothing else: inline SVG and style, no script.  Whatever a name
 * holds, it is text.  others: the other pages' links are made where it is set.
 */
void page_html(FILE *f, const struct tally *t, const struct figures *fig);

/* Plain text, at most 80 columns, UTF-8 safe for a terminal. */
void page_text(FILE *f, const struct tally *t, const struct figures *fig);

#endif
