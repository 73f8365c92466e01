/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/tables.h"
#include "cmd/virtally/chart.h"
#include "cmd/virtally/html.h"
#include "cmd/virtally/page.h"
#include "cmd/virtally/wording.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME = 60,		/* bytes of a name that are shown */
	HOST = 40,
	TABLE_END = 400		/* bytes: what comes behind the rows of the gateways */
};

static void
top_row(FILE *f, const struct figures *fig, const struct detail *d, size_t i)
{
	const struct named *n = &fig->top[KIND_VIRUS][i];
	unsigned long long all = fig->kinds[KIND_VIRUS].messages;
	char share[MARKUP_NUMBER], number[MARKUP_NUMBER];

	fprintf(f, "<tr><td class=\"rank\">%zu</td><th scope=\"row\" class=\"l\">", i + 1);
	html_name(f, n->name, NAME, d->titles);
	fprintf(f, "</th><td class=\"num\" data-figure=\"virus.top.%zu\">%s</td>"
	    "<td class=\"num\">%s</td><td class=\"hide wide\">", i + 1,
	    markup_number(number, n->total.messages),
	    markup_share(share, n->total.messages, all));
	chart_share(f, n->total.messages, fig->top[KIND_VIRUS][0].total.messages);
	fputs("</td><td class=\"hide\">", f);
	chart_spark(f, fig->sparks[i], fig->bars, d->titles);
	fputs("</td></tr>\n", f);
}

/* The names that have no row. */
static void
others(FILE *f, const struct figures *fig, enum kind kind, size_t shown, const char *before,
    const char *behind)
{
	unsigned long long left = fig->named[kind].messages;
	size_t names = fig->distinct[kind] - shown;
	char number[MARKUP_NUMBER], share[MARKUP_NUMBER];

	if (names == 0)
		return;
	for (size_t i = 0; i < shown; i++)
		left -= fig->top[kind][i].total.messages;
	fprintf(f, "<tr class=\"dim\">%s<th scope=\"row\" class=\"l\">", before);
	fprintf(f, "%s other name%s</th>", markup_number(number, names), wording_s(names));
	fprintf(f,
	    "<td class=\"num\" data-figure=\"%s.others\">%s</td><td class=\"num\">%s</td>%s"
	    "</tr>\n", kind_name(kind), markup_number(number, left),
	    markup_share(share, left, fig->kinds[kind].messages), behind);
}

void
tables_top(FILE *f, const struct figures *fig, const struct detail *d)
{
	size_t n = fig->ntop[KIND_VIRUS] < PAGE_TOP ? fig->ntop[KIND_VIRUS] : PAGE_TOP;

	fputs("<section>\n<h2 id=\"t-top\">Top ten viruses</h2>\n", f);
	if (n == 0) {
		fputs("<p>\xe2\x9c\x93 No virus was found.</p>\n</section>\n", f);
		return;
	}
	fprintf(f,
	    "<table aria-labelledby=\"t-top\"><thead><tr>"
	    "<th scope=\"col\" class=\"rank\">#</th><th scope=\"col\" class=\"l\">Virus</th>"
	    "<th scope=\"col\">Messages</th><th scope=\"col\">Share</th>"
	    "<td class=\"hide\"></td><th scope=\"col\" class=\"hide\">By %s</th></tr></thead>"
	    "<tbody>\n",
	    wording_bar(fig->span.period));
	for (size_t i = 0; i < n; i++)
		top_row(f, fig, d, i);
	others(f, fig, KIND_VIRUS, n, "<td></td>",
	    "<td class=\"hide\"></td><td class=\"hide\"></td>");
	fprintf(f, "</tbody></table>\n%s</section>\n",
	    fig->named[KIND_VIRUS].messages > fig->kinds[KIND_VIRUS].messages ?
	    "<p class=\"dim\">A message may have several.</p>\n" : "");
}

void
tables_kind(FILE *f, const struct figures *fig, const struct detail *d, enum kind kind,
    const char *title, const char *column)
{
	size_t n = fig->ntop[kind] < d->rows ? fig->ntop[kind] : d->rows;
	unsigned long long all = fig->kinds[kind].messages;
	char number[MARKUP_NUMBER], share[MARKUP_NUMBER];

	if (all == 0)
		return;
	fprintf(f, "<div><h3 id=\"t-%s\">%s: %s</h3><table aria-labelledby=\"t-%s\"><thead><tr>"
	    "<th scope=\"col\" class=\"l\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">Share</th></tr></thead><tbody>\n", kind_name(kind), title,
	    markup_number(number, all), kind_name(kind), column,
	    kind == KIND_SIGNATURES || kind == KIND_WAITED ? "Times" : "Messages");
	for (size_t i = 0; i < n; i++) {
		const struct named *name = &fig->top[kind][i];

		fputs("<tr><th scope=\"row\" class=\"l\">", f);
		html_name(f, name->name, NAME, d->titles);
		fprintf(f, "</th><td class=\"num\" data-figure=\"%s.top.%zu\">%s</td>"
		    "<td class=\"num\">%s</td></tr>\n", kind_name(kind), i + 1,
		    markup_number(number, name->total.messages),
		    markup_share(share, name->total.messages, all));
	}
	others(f, fig, kind, n, "", "");
	fprintf(f, "</tbody></table>%s</div>\n", fig->named[kind].messages > all ?
	    "<p class=\"dim\">A message may have several.</p>" : "");
}

/* The next one with fewer hours than these, or as many and further down. */
static const struct gateway *
next_engine(const struct figures *fig, const struct gateway *last)
{
	const struct gateway *best = NULL;

	for (size_t i = 0; i < fig->ngateways; i++) {
		const struct gateway *g = &fig->gateways[i];

		if (g->engine == 0 || (last != NULL && (g->engine > last->engine ||
		    (g->engine == last->engine && g <= last))))
			continue;
		if (best == NULL || g->engine > best->engine)
			best = g;
	}
	return best;
}

void
tables_engine(FILE *f, const struct figures *fig, const struct detail *d)
{
	const struct gateway *g = NULL;
	size_t left = fig->trouble[TROUBLE_ENGINE].gateways;
	char number[MARKUP_NUMBER];

	fputs("<div><h3 id=\"t-engine\">Hours without an engine, by gateway</h3>"
	    "<table aria-labelledby=\"t-engine\"><thead><tr>"
	    "<th scope=\"col\" class=\"l\">Gateway</th>"
	    "<th scope=\"col\">Hours</th></tr></thead><tbody>\n", f);
	for (size_t i = 0; i < d->rows && (g = next_engine(fig, g)) != NULL; i++) {
		fputs("<tr><th scope=\"row\" class=\"l\">", f);
		html_name(f, g->name, HOST, d->titles);
		fprintf(f, "</th><td class=\"num\">%s</td></tr>\n",
		    markup_number(number, g->engine));
		left--;
	}
	if (left > 0)
		fprintf(f, "<tr class=\"dim\"><th scope=\"row\" class=\"l\">%zu other%s</th>"
		    "<td></td></tr>\n", left, wording_s(left));
	fputs("</tbody></table></div>\n", f);
}

static void
cell(FILE *f, size_t row, const char *figure, unsigned long long n)
{
	char number[MARKUP_NUMBER];

	fprintf(f, "<td class=\"num\" data-figure=\"gateway.%zu.%s\">%s</td>", row, figure,
	    markup_number(number, n));
}

static bool
is_marked(const struct gateway *g)
{
	return g->stuck || g->quiet || g->old || g->mute || g->failing;
}

static void
marks(FILE *f, const struct figures *fig, const struct gateway *g)
{
	char age[MARKUP_NUMBER], at[WORDING_MAX] = "", set[WORDING_MAX];

	if (g->last != 0)
		wording_moment(at, g->last, fig->span.end);
	fprintf(f, "<td><span>%s%s%s%s%s%s</span></td>",
	    g->stuck ? "<span class=\"flag\">\xe2\x9a\xa0 mail stuck</span> " : "",
	    g->quiet ? "<span class=\"flag\">\xe2\x9a\xa0 quiet</span> " : "", at,
	    g->last == 0 ? "never" : ", ",
	    g->last == 0 ? "" : markup_age(age, fig->span.end - g->last),
	    g->last == 0 || fig->span.end - g->last < 60 ? "" : " ago");
	fprintf(f, "<td><span>%s%s%s<span class=\"name\">",
	    g->future ? "<span class=\"flag\">\xe2\x9a\xa0 to come</span> " :
	    g->old ? "<span class=\"flag\">\xe2\x9a\xa0 old</span> " : "",
	    g->mute ? "<span class=\"flag\">\xe2\x9a\xa0 sigupdate silent</span> " : "",
	    g->failing ? "<span class=\"flag\">\xe2\x9a\xa0 updates fail</span> " : "");
	wording_set(set, g);
	html_text(f, set, strlen(set));
	fputs("</span></span></td></tr>\n", f);
}

static void
gateway_row(FILE *f, const struct figures *fig, const struct detail *d,
    const struct gateway *g, size_t row)
{
	fprintf(f, "<tr%s><th scope=\"row\" class=\"l\">", is_marked(g) ? " class=\"mark\"" : "");
	html_name(f, g->name, HOST, d->titles);
	fputs("</th>", f);
	if (g->kinds[KIND_RECEIVED].messages > 0)
		cell(f, row, "received", g->kinds[KIND_RECEIVED].messages);
	else
		fputs("<td class=\"num\">\xe2\x80\x93</td>", f);
	cell(f, row, "virus", g->kinds[KIND_VIRUS].messages);
	cell(f, row, "suffix", wording_suffix(g->kinds));
	cell(f, row, "relay", wording_relay(g->kinds));
	cell(f, row, "unscanned", g->kinds[KIND_UNSCANNED].messages);
	marks(f, fig, g);
}

/* As many rows as there is room for; marked: those that are, or those that are not. */
static void
gateway_rows(FILE *f, const struct figures *fig, const struct detail *d, bool marked,
    size_t *rows, size_t *bytes)
{
	for (size_t i = 0; i < fig->ngateways && *rows < PAGE_GATEWAYS; i++) {
		const struct gateway *g = &fig->gateways[i];
		char *text = NULL;
		size_t n = 0;
		FILE *row;

		if (is_marked(g) != marked)
			continue;
		row = open_memstream(&text, &n);
		if (row == NULL)
			err(EXIT_RETRY, "report");
		gateway_row(row, fig, d, g, *rows + 1);
		if (fclose(row) != 0)
			err(EXIT_RETRY, "report");
		if (n > *bytes) {
			*bytes = 0;
			free(text);
			return;
		}
		fwrite(text, 1, n, f);
		free(text);
		*bytes -= n;
		++*rows;
	}
}

size_t
tables_marked(const struct figures *fig)
{
	size_t n = 0;

	for (size_t i = 0; i < fig->ngateways; i++)
		n += is_marked(&fig->gateways[i]);
	return n < PAGE_GATEWAYS ? n : PAGE_GATEWAYS;
}

size_t
tables_gateways(FILE *f, const struct figures *fig, const struct detail *d, size_t bytes)
{
	size_t rows = 0;

	if (fig->ngateways == 0)
		return 0;
	bytes = bytes > 2 * TABLE_END ? bytes - 2 * TABLE_END : 0;
	fputs("<section>\n<h2 id=\"t-gateways\">Gateways</h2>\n"
	    "<table class=\"gw\" aria-labelledby=\"t-gateways\"><thead><tr>"
	    "<th scope=\"col\" class=\"l\">Gateway</th><th scope=\"col\">Received</th>"
	    "<th scope=\"col\">Virus</th><th scope=\"col\">Suffix</th>"
	    "<th scope=\"col\">Relay</th><th scope=\"col\">Not scanned</th>"
	    "<th scope=\"col\">Last record</th>"
	    "<th scope=\"col\">Signatures</th></tr></thead><tbody>\n", f);
	gateway_rows(f, fig, d, true, &rows, &bytes);
	gateway_rows(f, fig, d, false, &rows, &bytes);
	fputs("</tbody></table>\n", f);
	if (rows < fig->ngateways)
		fprintf(f, "<p class=\"dim\">And %zu more gateway%s: see the "
		    "<a href=\"%s.csv\">CSV</a>.</p>\n", fig->ngateways - rows,
		    wording_s(fig->ngateways - rows), page_name(fig->span.period));
	fputs("</section>\n", f);
	return rows;
}
