/* SPDX-License-Identifier: ISC */
/* The report as a page, and as text for a terminal or a mail. */
#ifndef PAGE_H
#define PAGE_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

enum {
	PAGE_MAX = 50000,	/* bytes of a page, whatever it shows */
	PAGE_GATEWAYS = 40,	/* rows of its table at the most */
	PAGE_TOP = 10
};

/*
 * One HTML page that needs nothing else: inline SVG and style, no script.  Whatever a name
 * holds, it is text.  It links day.html, week.html and month.html, and NAME.csv and NAME.json
 * of its own period.
 */
void page_html(FILE *f, const struct figures *fig);

/* "day", "week", "month": of the files of a period. */
const char *page_name(enum period p);

#endif
