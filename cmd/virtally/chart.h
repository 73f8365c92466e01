/* SPDX-License-Identifier: ISC */
/*
 * Bars over time, as SVG within a page.  Across, everything is in per cent and text keeps
 * its size, so that one drawing fits a telephone and a sheet of paper.
 */
#ifndef CHART_H
#define CHART_H

#include "cmd/virtally/figures.h"

#include <stdio.h>

enum { CHART_SERIES = 6 };	/* colours; the last one is "others" */

struct chart {
	const char *id;		/* of the title and the desc */
	const char *title;
	const char *unit;	/* "messages" */
	int height;		/* of the highest bar, px */
	bool half;		/* it has half of the width */
	size_t bars;
	const struct bar *bar;
	size_t series;		/* 1: one colour, no parts */
	unsigned long long value[CHART_SERIES][FIGURES_BARS];
};

/*
 * The bar N has data-figure="ID.bar.N", and as data-value its parts with blanks between; with
 * tips, each says its number where the mouse is.
 */
void chart_svg(FILE *f, const struct chart *c, bool tips);

/* A line of n values in 96 x 24 px; with tips, the numbers too. */
void chart_spark(FILE *f, const unsigned long long *value, size_t n, bool tips);

/* A bar of part / whole. */
void chart_share(FILE *f, unsigned long long part, unsigned long long whole);

/* "Wed 18 Nov", or of an hour "Wed 18 Nov, 15:00". */
enum { CHART_LABEL = 48 };
const char *chart_label(char text[CHART_LABEL], const struct bar *b);

#endif
