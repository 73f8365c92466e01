/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/chart.h"
#include "cmd/virtally/markup.h"

#include <string.h>

enum {
	HOUR = 3600,
	TOP = 24,		/* px above the highest bar, for its number */
	BELOW = 42,		/* px below, for two lines of labels */
	FEW = 7			/* bars that each have a number and a label */
};

/* Does the clock show the same once more, an hour before or behind? */
static bool
comes_twice(long long start)
{
	char text[CHART_LABEL], other[CHART_LABEL];

	markup_time(text, sizeof text, "%H:%M", start);
	return strcmp(text, markup_time(other, sizeof other, "%H:%M", start - HOUR)) == 0 ||
	    strcmp(text, markup_time(other, sizeof other, "%H:%M", start + HOUR)) == 0;
}

const char *
chart_label(char text[CHART_LABEL], const struct bar *b)
{
	return markup_time(text, CHART_LABEL, b->hour < 0 ? "%a %e %b" :
	    comes_twice(b->start) ? "%a %e %b, %H:%M %Z" : "%a %e %b, %H:%M", b->start);
}

static unsigned long long
sum(const struct chart *c, size_t bar)
{
	unsigned long long n = 0;

	for (size_t s = 0; s < c->series; s++)
		n += c->value[s][bar];
	return n;
}

/* The first of the highest bars. */
static size_t
highest(const struct chart *c)
{
	size_t best = 0;

	for (size_t i = 1; i < c->bars; i++)
		if (sum(c, i) > sum(c, best))
			best = i;
	return best;
}

/* Between two lines of the grid, so that there are at most five. */
static long double
grid_step(unsigned long long max)
{
	static const long double STEPS[] = { 1, 2, 2.5L, 5 };

	for (long double ten = 1;; ten *= 10)
		for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
			if ((ten > 1 || i != 2) && STEPS[i] * ten * 5 >= (long double)max)
				return STEPS[i] * ten;
}

struct scale {
	long double top;	/* the value at the height of the chart */
	int height;
	double slot;		/* per cent of the width for a bar and its gap */
};

static double
height_of(const struct scale *s, unsigned long long n)
{
	return (double)((long double)n * s->height / s->top);
}

static void
grid(FILE *f, const struct scale *s, long double step)
{
	char number[MARKUP_NUMBER];

	for (int i = 0; (long double)i * step <= s->top; i++) {
		long double n = (long double)i * step;
		double y = TOP + s->height - (double)(n * s->height / s->top);

		fprintf(f, "<line class=\"%s\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>"
		    "<text class=\"ay\" x=\"-10\" y=\"%.1f\">%s</text>\n",
		    i == 0 ? "base" : "grid", y, y, y + 4,
		    markup_short(number, (unsigned long long)n));
	}
}

static void
number_above(FILE *f, const struct chart *c, size_t i, int y)
{
	unsigned long long n = sum(c, i);
	char number[MARKUP_NUMBER];
	bool end = c->bars > FEW && i + 2 >= c->bars, start = c->bars > FEW && i < 2;
	const char *anchor = end ? " e" : start ? " b" : "";
	int x = end ? 100 : start ? 0 : 50;

	/* Where there is little room, a long number has a short form beside it. */
	fprintf(f, "<text class=\"v%s%s\" x=\"%d%%\" y=\"%d\">%s</text>", anchor,
	    n >= 10000 ? " w" : "", x, y - 7, markup_number(number, n));
	if (n >= 10000)
		fprintf(f, "<text class=\"v n%s\" x=\"%d%%\" y=\"%d\">%s</text>", anchor, x,
		    y - 7, markup_short(number, n));
}

/* The parts of a bar, from the base up; returns where it ends. */
static int
stack(FILE *f, const struct chart *c, const struct scale *s, size_t i)
{
	int base = TOP + s->height, y = base, gap;
	unsigned long long n = 0, all = sum(c, i);

	for (size_t k = 0; k < c->series; k++) {
		int to;

		if (c->value[k][i] == 0)
			continue;
		n += c->value[k][i];
		to = base - (int)(height_of(s, n) + 0.5);
		if (to > y - 1)
			to = y - 1;
		/* A gap between two parts, where there is room for one. */
		gap = n < all && y - to > 3;
		fprintf(f, "<rect class=\"s%zu\" y=\"%d\" height=\"%d\"/>", k + 1, to + gap,
		    y - to - gap);
		y = to;
	}
	if (!c->bar[i].over && y < base)
		fprintf(f, "<rect fill=\"url(#%s-now)\" y=\"%d\" height=\"%d\"/>", c->id, y,
		    base - y);
	return y;
}

/* A line of text below a bar; wide: what follows where there is room. */
static void
label_line(FILE *f, const char *place, int y, const char *form, const char *wide, long long t)
{
	char text[CHART_LABEL];

	fprintf(f, "<text %s y=\"%d\">%s", place, y, markup_time(text, sizeof text, form, t));
	if (wide != NULL)
		fprintf(f, "<tspan class=\"w\"> %s</tspan>",
		    markup_time(text, sizeof text, wide, t));
	fputs("</text>", f);
}

/* Of many bars every third has a label, every sixth where there is little room. */
static void
label_below(FILE *f, const struct chart *c, size_t i)
{
	size_t back = c->bars - 1 - i, every = c->bars <= FEW ? 1 : c->half ? 6 : 3;
	const char *place = "class=\"ax\" x=\"50%\"";
	const struct bar *b = &c->bar[i];
	int y = TOP + c->height + 19;

	if (back % every != 0)
		return;
	if (every > 1 && back == 0)
		place = "class=\"ax e\" x=\"100%\"";
	else if (every == 3 && back % 6 != 0)
		place = "class=\"ax w\" x=\"50%\"";
	if (b->hour >= 0) {
		label_line(f, place, y, comes_twice(b->start) ? "%H:%M %Z" : "%H:%M", NULL,
		    b->start);
		if (i < every || b->day != c->bar[i - every].day)
			label_line(f, place, y + 16, "%e %b", NULL, b->start);
	} else if (every > 1) {
		label_line(f, place, y, "%e", NULL, b->start);
		label_line(f, place, y + 16, "%b", NULL, b->start);
	} else {
		label_line(f, place, y, "%a", NULL, b->start);
		label_line(f, place, y + 16, "%e", c->half ? NULL : "%b", b->start);
	}
}

static void
describe(FILE *f, const struct chart *c)
{
	char label[CHART_LABEL], number[MARKUP_NUMBER];

	fprintf(f, "<title id=\"%s-t\">%s</title><desc id=\"%s-d\">Bars, in %s: ", c->id,
	    c->title, c->id, c->unit);
	for (size_t i = 0; i < c->bars; i++)
		fprintf(f, "%s%s %s", i == 0 ? "" : "; ", chart_label(label, &c->bar[i]),
		    markup_number(number, sum(c, i)));
	fputs(".</desc>\n", f);
}

/* Stripes in the colour of the page over what is not over. */
static void
pattern(FILE *f, const struct chart *c)
{
	fprintf(f, "<defs><pattern id=\"%s-now\" width=\"6\" height=\"6\""
	    " patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	    "<rect class=\"stripe\" width=\"3\" height=\"6\"/></pattern></defs>\n", c->id);
}

/* A drawing within, as wide as the bar: what is in it needs no place of its own. */
static void
open_bar(FILE *f, const struct chart *c, const struct scale *s, size_t i, bool tips)
{
	char label[CHART_LABEL], number[MARKUP_NUMBER];

	fprintf(f,
	    "<svg x=\"%.2f%%\" width=\"%.2f%%\" data-figure=\"%s.bar.%zu\" data-value=\"",
	    s->slot * ((double)i + 0.18), s->slot * 0.64, c->id, i);
	for (size_t k = 0; k < c->series; k++)
		fprintf(f, "%s%llu", k == 0 ? "" : " ", c->value[k][i]);
	fputs("\">", f);
	if (tips)
		fprintf(f, "<title>%s: %s%s</title>", chart_label(label, &c->bar[i]),
		    markup_number(number, sum(c, i)), c->bar[i].over ? "" : ", not over");
}

void
chart_svg(FILE *f, const struct chart *c, bool tips)
{
	size_t high = highest(c);
	unsigned long long max = sum(c, high);
	long double step = grid_step(max == 0 ? 1 : max);
	struct scale s = { step, c->height, 100 / (double)c->bars };

	while (s.top < (long double)max)
		s.top += step;
	fprintf(f, "<svg class=\"chart\" role=\"img\" aria-labelledby=\"%s-t %s-d\""
	    " height=\"%d\">", c->id, c->id, TOP + c->height + BELOW);
	describe(f, c);
	pattern(f, c);
	grid(f, &s, step);
	for (size_t i = 0; i < c->bars; i++) {
		int y;

		open_bar(f, c, &s, i, tips);
		y = stack(f, c, &s, i);
		if (c->bars <= FEW || (i == high && max > 0))
			number_above(f, c, i, y);
		label_below(f, c, i);
		fputs("</svg>\n", f);
	}
	fputs("</svg>\n", f);
}

void
chart_spark(FILE *f, const unsigned long long *value, size_t n, bool tips)
{
	unsigned long long max = 1;
	double x = 2, y = 21;

	for (size_t i = 0; i < n; i++)
		if (value[i] > max)
			max = value[i];
	fprintf(f, "<svg class=\"spark\" %s width=\"96\" height=\"24\">",
	    tips ? "role=\"img\"" : "aria-hidden=\"true\"");
	for (size_t i = 0; i < n && tips; i++)
		fprintf(f, "%s%llu", i == 0 ? "<title>" : ", ", value[i]);
	fprintf(f, "%s<polyline points=\"", tips ? "</title>" : "");
	for (size_t i = 0; i < n; i++) {
		x = n < 2 ? 48 : 3 + 90 * (double)i / (double)(n - 1);
		y = 21 - (double)(18 * (long double)value[i] / (long double)max);
		fprintf(f, "%s%.0f,%.1f", i == 0 ? "" : " ", x, y);
	}
	fprintf(f, "\"/><circle cx=\"%.0f\" cy=\"%.1f\" r=\"2.5\"/></svg>", x, y);
}

void
chart_share(FILE *f, unsigned long long part, unsigned long long whole)
{
	double width = whole == 0 ? 0 : (double)((long double)part * 100 / (long double)whole);

	fprintf(f, "<svg class=\"share\" height=\"8\" aria-hidden=\"true\">"
	    "<rect class=\"track\" width=\"100%%\" height=\"8\" rx=\"4\"/>"
	    "<rect class=\"s1\" width=\"%.1f%%\" height=\"8\" rx=\"4\"/></svg>", width);
}
