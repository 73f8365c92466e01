/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/page.h"
#include "cmd/virtally/chart.h"
#include "cmd/virtally/html.h"
#include "cmd/virtally/notices.h"
#include "cmd/virtally/style.h"
#include "cmd/virtally/tables.h"
#include "cmd/virtally/tallyfile.h"
#include "cmd/virtally/wording.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLOURS = CHART_SERIES - 1,	/* gateways that have one of their own */
	TALL = 190, LOW = 84,		/* px: the charts */
	FOOT = 1900			/* bytes: more than it has */
};

const char *
page_name(enum period p)
{
	return p == PERIOD_DAY ? "day" : p == PERIOD_MONTH ? "month" : "week";
}

static void
head(FILE *f, const struct figures *fig)
{
	char title[WORDING_MAX], zone[WORDING_MAX];

	wording_title(title, &fig->span);
	fprintf(f, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src '%s'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<title>Mail gateway virus report: %s</title>\n"
	    "<style>%s</style>\n</head>\n<body>\n",
	    STYLE_HASH, title, STYLE);
	fprintf(f, "<header>\n<h1>Mail gateway virus report</h1>\n<p class=\"dim\">%s "
	    "\xc2\xb7 times in %s", title, wording_zone(zone, fig->span.end));
	if (fig->ngateways > 0)
		fprintf(f, " \xc2\xb7 <span data-figure=\"gateways\">%zu</span> gateway%s",
		    fig->ngateways, wording_s(fig->ngateways));
	fputs("</p>\n<nav aria-label=\"Period\">", f);
	for (enum period p = PERIOD_DAY; p <= PERIOD_MONTH; p++)
		fprintf(f, "<a href=\"%s.html\"%s>%c%s</a>", page_name(p),
		    p == fig->span.period ? " aria-current=\"page\"" : "",
		    page_name(p)[0] - 'a' + 'A', page_name(p) + 1);
	fputs("</nav>\n</header>\n<main>\n", f);
}

/* Lines of plain text as items. */
static void
items(FILE *f, const char *text, size_t n)
{
	fputs("<ul>", f);
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - text);

		fputs("<li class=\"name\">", f);
		html_text(f, text, len);
		fputs("</li>", f);
		len += end != NULL;
		text += len;
		n -= len;
	}
	fputs("</ul>", f);
}

static void
nothing(FILE *f)
{
	fputs("<div class=\"note\" role=\"note\"><p><b>Nothing has been counted yet.</b> "
	    "<code>virtally count /var/log/mail.log*</code> reads the logs, and the next "
	    "<code>virtally report</code> shows what is in them. If it found nothing there, "
	    "see that <code>virlog</code> writes to this log: "
	    "<code>grep 702911 /var/log/mail.log</code>."
	    "</p></div>\n", f);
}

/* What is known to be good, and what is not known. */
static void
well(FILE *f, const struct figures *fig)
{
	char unknown[NOTICES_HEADLINE];

	fprintf(f, "<div class=\"note fine\" role=\"note\"><p>\xe2\x9c\x93 <b>%s</b> ",
	    fig->unknown == 0 ? "All is well." :
	    "Nothing needs a look, as far as is known.");
	if (fig->ngateways == 1)
		fputs("The gateway reports", f);
	else
		fprintf(f, "All %zu gateways report", fig->ngateways);
	fprintf(f, ", no mail was stuck or sent back by a filter that failed, and no signatures "
	    "are known to be old.%s%s</p></div>\n", fig->unknown > 0 ? " " : "",
	    notices_unknown(unknown, fig));
}

static void
notices(FILE *f, const struct figures *fig)
{
	char unknown[NOTICES_HEADLINE];
	size_t n, lines;
	char *text = notices_text(fig, &n, &lines);

	if (lines > 0) {
		fputs("<div class=\"note\" role=\"note\">"
		    "<p><b>\xe2\x9a\xa0 Needs a look</b></p>", f);
		items(f, text, n);
		if (fig->unknown > 0)
			fprintf(f, "<p>%s</p>", notices_unknown(unknown, fig));
		fputs("</div>\n", f);
	} else if (fig->ngateways > 0)
		well(f, fig);
	else
		nothing(f);
	free(text);
}

/* A key figure with what it is, and the change. */
static void
card(FILE *f, const struct figures *fig, const char *figure, unsigned long long n,
    unsigned long long like, unsigned long long before, const char *what)
{
	char text[WORDING_MAX], number[MARKUP_NUMBER];

	fprintf(f, "<div><dt>%s</dt><dd class=\"big\" data-figure=\"%s\">%s</dd>", what,
	    figure, markup_number(number, n));
	wording_change(text, fig, like, before);
	fprintf(f, "<dd class=\"more\" data-figure=\"%s.like\" data-value=\"%llu\" "
	    "data-before=\"%llu\">%s%s</dd></div>\n", figure, like, before,
	    text[0] == '-' ? "&minus;" : "", text + (text[0] == '-'));
}

static void
kind_card(FILE *f, const struct figures *fig, enum kind kind, const char *what)
{
	char figure[32];

	snprintf(figure, sizeof figure, "%s.messages", kind_name(kind));
	card(f, fig, figure, fig->kinds[kind].messages, fig->like[kind].messages,
	    fig->before[kind].messages, what);
}

static void
share_card(FILE *f, const struct figures *fig)
{
	unsigned long long whole = wording_whole(fig, false);
	char share[MARKUP_NUMBER], number[MARKUP_NUMBER], before[WORDING_MAX];

	if (whole == 0)
		return;
	wording_share(before, fig);
	fprintf(f, "<div><dt>of the mail was infected</dt><dd class=\"big\" data-figure="
	    "\"virus.share\">%s</dd><dd class=\"more\">of <span data-figure=\"received\">%s"
	    "</span> message%s received%s%s</dd></div>\n",
	    markup_share(share, fig->kinds[KIND_VIRUS].messages, whole),
	    markup_number(number, whole), wording_s(whole), before[0] == '\0' ? "" : "; ",
	    before);
}

static void
cards(FILE *f, const struct figures *fig)
{
	const struct count *k = fig->kinds;

	fputs("<section aria-label=\"Key figures\"><dl>\n", f);
	kind_card(f, fig, KIND_VIRUS, k[KIND_VIRUS].messages == 1 ? "message with a virus" :
	    "messages with a virus");
	share_card(f, fig);
	card(f, fig, "suffix.refused", wording_suffix(k), wording_suffix(fig->like),
	    wording_suffix(fig->before), "refused by suffix rule");
	card(f, fig, "relay.messages", wording_relay(k), wording_relay(fig->like),
	    wording_relay(fig->before), wording_relay(k) == 1 ? "relay attempt refused" :
	    "relay attempts refused");
	if (k[KIND_RBL].messages > 0 || fig->before[KIND_RBL].messages > 0 ||
	    k[KIND_RECEIVED].messages > 0)
		kind_card(f, fig, KIND_RBL, "rejected by block lists");
	kind_card(f, fig, KIND_UNSCANNED, k[KIND_UNSCANNED].messages == 1 ?
	    "message not fully scanned" : "messages not fully scanned");
	card(f, fig, "engine.hours", fig->engine, fig->engine_like, fig->engine_before,
	    fig->engine == 1 ? "hour mail waited for an engine" :
	    "hours mail waited for an engine");
	if (k[KIND_DELIVERED].messages > 0)
		kind_card(f, fig, KIND_DELIVERED,
		    k[KIND_DELIVERED].messages == 1 ? "delivery" :
		    "deliveries");
	fputs("</dl></section>\n", f);
}

static struct chart
chart_of(const struct figures *fig, const char *id, const char *title, const char *unit)
{
	return (struct chart){ .id = id, .title = title, .unit = unit, .height = LOW,
	    .half = true, .bars = fig->bars, .bar = fig->bar, .series = 1 };
}

/*
 * The first gateways, by name, so that one has the same colour on each page as long as they
 * are the same; returns how many.
 */
static size_t
coloured(const struct figures *fig, const struct gateway *g[COLOURS])
{
	size_t n = fig->ngateways < COLOURS ? fig->ngateways : COLOURS;

	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		for (; at > 0 &&
		    tally_compare(fig->gateways[i].name, g[at - 1]->name) < 0; at--)
			g[at] = g[at - 1];
		g[at] = &fig->gateways[i];
	}
	return n;
}

/* Those, and the others together. */
static void
by_gateway(struct chart *c, const struct figures *fig)
{
	const struct gateway *g[COLOURS];
	size_t n = coloured(fig, g);

	c->height = TALL;
	c->half = false;
	c->series = fig->ngateways > n ? n + 1 : n;
	for (size_t b = 0; b < fig->bars; b++) {
		for (size_t i = 0; i < n; i++)
			c->value[i][b] = g[i]->virus[b];
		for (size_t i = n; i < fig->ngateways; i++)
			c->value[n][b] += fig->gateways[i].virus[b];
	}
}

static void
legend(FILE *f, const struct figures *fig)
{
	static const char SWATCH[] = "<svg aria-hidden=\"true\">"
	    "<rect class=\"s%zu\" width=\"14\" height=\"14\" rx=\"3\"/></svg>";

	const struct gateway *g[COLOURS];
	size_t n = coloured(fig, g);

	if (fig->ngateways < 2)
		return;
	fputs("<ul class=\"key\" aria-label=\"From the bottom of a bar up\">", f);
	for (size_t i = 0; i < n; i++) {
		fputs("<li>", f);
		fprintf(f, SWATCH, i + 1);
		html_name(f, g[i]->name, 40, false);
		fputs("</li>", f);
	}
	if (fig->ngateways > n) {
		fputs("<li>", f);
		fprintf(f, SWATCH, n + 1);
		fprintf(f, "%zu other%s</li>", fig->ngateways - n,
		    wording_s(fig->ngateways - n));
	}
	fputs("</ul>\n", f);
}

static void
caption(FILE *f, const struct figures *fig)
{
	const struct bar *last = &fig->bar[fig->bars - 1];
	const char *name = page_name(fig->span.period);

	fputs("<figcaption>", f);
	if (!last->over && fig->kindbars[KIND_VIRUS][fig->bars - 1].messages > 0)
		fprintf(f, "Striped: this %s is not over. ", wording_bar(fig->span.period));
	fprintf(f, "<span class=\"web\">Same numbers: <a href=\"%s.csv\">CSV</a>, "
	    "<a href=\"%s.json\">JSON</a>.</span></figcaption></figure>\n", name, name);
}

static void
virus_chart(FILE *f, const struct figures *fig)
{
	char title[WORDING_MAX];
	struct chart c = chart_of(fig, "virus", title, "messages");

	snprintf(title, sizeof title, "Virus infected messages %s",
	    wording_past(fig->span.period));
	by_gateway(&c, fig);
	fprintf(f, "<section>\n<h2>%s</h2>\n<figure>", title);
	chart_svg(f, &c, true);
	legend(f, fig);
	caption(f, fig);
	fputs("</section>\n", f);
}

static void
small_chart(FILE *f, const struct chart *c, const struct detail *d)
{
	fprintf(f, "<div><h3>%s</h3>\n", c->title);
	chart_svg(f, c, d->tips);
	fputs("</div>\n", f);
}

/* Messages by bars, and by cause. */
static void
unscanned_messages(FILE *f, const struct figures *fig, const struct detail *d)
{
	char title[WORDING_MAX];
	struct chart c = chart_of(fig, "unscanned", title, "messages");

	for (size_t b = 0; b < fig->bars; b++)
		c.value[0][b] = fig->kindbars[KIND_UNSCANNED][b].messages;
	snprintf(title, sizeof title, "Messages not fully scanned, by %s",
	    wording_bar(fig->span.period));
	fputs("<div class=\"two\">\n", f);
	if (d->small)
		small_chart(f, &c, d);
	tables_kind(f, fig, d, KIND_UNSCANNED, "Not fully scanned, by cause", "Cause");
	fputs("</div>\n", f);
}

/* Hours by bars, and by gateway. */
static void
engine_hours(FILE *f, const struct figures *fig, const struct detail *d)
{
	struct chart c = chart_of(fig, "engine", "Hours in which mail waited for an engine",
	    "hours");

	for (size_t b = 0; b < fig->bars; b++)
		c.value[0][b] = fig->enginebars[b];
	fputs("<div class=\"two\">\n", f);
	if (d->small)
		small_chart(f, &c, d);
	tables_engine(f, fig, d);
	fputs("</div>\n", f);
}

/* What the filter put off, sent back or let go. */
static void
failures(FILE *f, const struct figures *fig, const struct detail *d)
{
	char number[MARKUP_NUMBER];
	unsigned long long waited = fig->kinds[KIND_WAITED].messages;

	if (waited > 0)
		fprintf(f, "<p class=\"dim\"><span data-figure=\"waited\">%s</span> time%s mail "
		    "was put off because it could not be judged: it waits in this gateway's "
		    "queue, or at who sends it, and is tried again.</p>\n", markup_number(number, waited),
		    wording_s(waited));
	if (waited + fig->kinds[KIND_BOUNCED].messages + fig->kinds[KIND_PASSED].messages == 0)
		return;
	fputs("<div class=\"two\">\n", f);
	tables_kind(f, fig, d, KIND_WAITED, "Put off, by cause", "Cause");
	tables_kind(f, fig, d, KIND_BOUNCED, "Sent back by the filter", "Why");
	tables_kind(f, fig, d, KIND_PASSED, "Passed on, as the policy says", "What");
	fputs("</div>\n", f);
}

static void
unscanned(FILE *f, const struct figures *fig, const struct detail *d)
{
	char number[MARKUP_NUMBER];

	fputs("<section id=\"unscanned\">\n<h2>What was not scanned</h2>\n", f);
	if (fig->kinds[KIND_UNSCANNED].messages > 0)
		unscanned_messages(f, fig, d);
	else
		fputs("<p>\xe2\x9c\x93 No message with a part that could not be scanned.</p>\n",
		    f);
	if (fig->engine > 0)
		engine_hours(f, fig, d);
	else
		fputs("<p>\xe2\x9c\x93 No hour in which mail waited for an engine.</p>\n", f);
	failures(f, fig, d);
	if (fig->kinds[KIND_HEARTBEAT].messages > 0)
		fprintf(f, "<p class=\"dim\">Of the gateway's own test mails, "
		    "<span data-figure=\"heartbeat\">%s</span> had their virus found; they are "
		    "not among the viruses.</p>\n",
		    markup_number(number, fig->kinds[KIND_HEARTBEAT].messages));
	fputs("</section>\n", f);
}

static bool
any_refused(const struct figures *fig)
{
	static const enum kind KINDS[] = { KIND_SUFFIX, KIND_RELAY, KIND_DENIED, KIND_RBL,
	    KIND_ODD, KIND_CONVERSION, KIND_IGNORED, KIND_REFUSED };

	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		if (fig->kinds[KINDS[i]].messages > 0)
			return true;
	return false;
}

static void
refused(FILE *f, const struct figures *fig, const struct detail *d)
{
	unsigned long long other = fig->kinds[KIND_REFUSED].messages;
	char number[MARKUP_NUMBER];

	fputs("<section>\n<h2>Refused and changed</h2>\n", f);
	if (!any_refused(fig))
		fputs("<p>\xe2\x9c\x93 Nothing was.</p>\n", f);
	fputs("<div class=\"two\">\n", f);
	tables_kind(f, fig, d, KIND_SUFFIX, "Forbidden suffixes", "Suffix");
	tables_kind(f, fig, d, KIND_RELAY, "Relay attempts", "Why");
	tables_kind(f, fig, d, KIND_DENIED, "Relay attempts that Postfix refused", "Why");
	tables_kind(f, fig, d, KIND_RBL, "Rejected by block lists", "List");
	tables_kind(f, fig, d, KIND_ODD, "Odd parts", "Why");
	tables_kind(f, fig, d, KIND_CONVERSION, "Conversions", "Treatment");
	tables_kind(f, fig, d, KIND_IGNORED, "Findings ignored on request", "Signature");
	fputs("</div>\n", f);
	if (other > 0)
		fprintf(f, "<p class=\"dim\">For other reasons Postfix refused "
		    "<span data-figure=\"refused\">%s</span> time%s.</p>\n",
		    markup_number(number, other), wording_s(other));
	fputs("</section>\n", f);
}

static void
updates(FILE *f, const struct figures *fig, const struct detail *d)
{
	if (fig->kinds[KIND_SIGNATURES].messages == 0)
		return;
	fputs("<section>\n<h2>Signatures</h2>\n<div class=\"two\">\n", f);
	tables_kind(f, fig, d, KIND_SIGNATURES, "Updates, by state", "State");
	fputs("</div>\n</section>\n", f);
}

/* Words that are the same on each page. */
static void
remarks(FILE *f, const struct figures *fig)
{
	char text[WORDING_MAX];

	if (fig->ngateways > 0)
		fprintf(f, "<p>Quiet: no record for more than %d hours, and for more than twice "
		    "as long as the gateway's second longest pause in %d days; or for a day. "
		    "Old: sigupdate calls its signatures stale, or they are more than %d days "
		    "old, or more than a day behind another gateway's, or of a day to come. "
		    "Changes are to the same hour: the hours that are over against the same "
		    "hours before.</p>\n", FIGURES_QUIET, FIGURES_PAUSE, FIGURES_OLD);
	markup_time(text, sizeof text, "%a %e %b %Y, %H:%M", fig->span.end);
	if (fig->span.given)
		fprintf(f, "<p>As of %s.</p>\n", text);
	else
		fprintf(f, "<p>Written %s; pages are written every hour: if this is more than "
		    "two hours ago, look at cron.</p>\n", text);
}

static void
foot(FILE *f, const struct figures *fig)
{
	unsigned long long records = figures_records(fig);
	unsigned long long duplicates = fig->kinds[KIND_DUPLICATE].findings;
	unsigned long long strange = fig->kinds[KIND_STRANGE].findings;

	fputs("</main>\n<footer>\n<p>", f);
	html_figure(f, "span", "records", records);
	fprintf(f, " record%s counted, ", wording_s(records));
	html_figure(f, "span", "duplicates", duplicates);
	fprintf(f, " duplicate%s dropped, ", wording_s(duplicates));
	html_figure(f, "span", "strange", strange);
	fputs(" not understood (<code>virtally count -v -D /tmp/new "
	    "LOG</code> names them).</p>\n", f);
	remarks(f, fig);
	fprintf(f, "<p>virtally %s, generation %llu.</p>\n</footer>\n</body>\n</html>\n",
	    VERSION, fig->generation);
}

/* In memory, for its size; the caller frees.  *rows: gateways that found room. */
static char *
render(const struct figures *fig, const struct detail *d, size_t *n, size_t *rows)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);

	if (f == NULL)
		err(EXIT_RETRY, "report");
	head(f, fig);
	notices(f, fig);
	cards(f, fig);
	if (fig->ngateways > 0) {
		virus_chart(f, fig);
		tables_top(f, fig, d);
		unscanned(f, fig, d);
		refused(f, fig, d);
		updates(f, fig, d);
	}
	if (fflush(f) != 0)
		err(EXIT_RETRY, "report");
	*rows = tables_gateways(f, fig, d, *n + FOOT < PAGE_MAX ? PAGE_MAX - *n - FOOT : 0);
	foot(f, fig);
	if (fclose(f) != 0)
		err(EXIT_RETRY, "report");
	return text;
}

void
page_html(FILE *f, const struct figures *fig)
{
	static const struct detail DETAILS[] = { { 6, true, true, true },
	    { 4, false, true, true }, { 3, false, false, true }, { 3, false, false, false } };
	size_t n = 0, rows, marked = tables_marked(fig);
	char *text = NULL;

	/* Whoever is marked is worth more than long names. */
	for (size_t i = 0; i < sizeof DETAILS / sizeof *DETAILS; i++) {
		free(text);
		text = render(fig, &DETAILS[i], &n, &rows);
		if (rows >= marked && n <= PAGE_MAX)
			break;
	}
	fwrite(text, 1, n, f);
	free(text);
}
