/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/summary.h"
#include "cmd/virtally/chart.h"
#include "cmd/virtally/markup.h"
#include "cmd/virtally/notices.h"
#include "cmd/virtally/wording.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME = 44,		/* bytes of a name */
	TOP = 10,
	FEW = 5,		/* names of another kind */
	WIDTH = 40,		/* columns of the longest bar */
	COLUMNS = 78,
	MARKS = 64
};

static void
heading(FILE *f, const char *text)
{
	fprintf(f, "\n%s\n", text);
	for (size_t i = 0; i < strlen(text); i++)
		putc('-', f);
	putc('\n', f);
}

/* A line of words, broken at blanks, further ones indented. */
static void
wrapped(FILE *f, const char *p, size_t n)
{
	size_t indent = 2;

	fputs("! ", f);
	while (n > 0) {
		size_t len = n;

		if (n > COLUMNS - indent) {
			for (len = COLUMNS - indent; len > 1 && p[len] != ' ';)
				len--;
			if (len <= 1)
				len = n;
		}
		fwrite(p, 1, len, f);
		putc('\n', f);
		while (len < n && p[len] == ' ')
			len++;
		p += len;
		n -= len;
		if (n > 0)
			fputs("  ", f);
	}
}

static void
notices(FILE *f, const struct figures *fig)
{
	char unknown[NOTICES_HEADLINE], *at, *end;
	size_t n, lines;
	char *text = notices_text(fig, &n, &lines);

	if (n > 0)
		putc('\n', f);
	for (at = text; at < text + n; at = end + 1) {
		end = strchr(at, '\n');
		wrapped(f, at, (size_t)(end - at));
	}
	if (n == 0 && fig->ngateways == 0)
		fputs("\nNothing has been counted yet:\n"
		    "`virtally count /var/log/mail.log*' reads the logs.\n", f);
	else if (fig->unknown > 0)
		fprintf(f, "\n%s.\n", notices_unknown(unknown, fig));
	free(text);
}

static void
figure(FILE *f, const struct figures *fig, unsigned long long n, const char *what,
    unsigned long long like, unsigned long long before)
{
	char number[MARKUP_NUMBER], change[WORDING_MAX];

	fprintf(f, "%12s  %-31s %s\n", markup_number(number, n), what,
	    fig->span.period == PERIOD_ALL ? "" : wording_change(change, fig, like, before));
}

static void
kind(FILE *f, const struct figures *fig, int k, const char *what)
{
	figure(f, fig, fig->kinds[k].messages, what, fig->like[k].messages,
	    fig->before[k].messages);
}

static void
share(FILE *f, const struct figures *fig)
{
	unsigned long long whole = wording_whole(fig, false);
	char text[MARKUP_NUMBER], number[MARKUP_NUMBER], before[WORDING_MAX], of[WORDING_MAX];

	if (whole == 0)
		return;
	snprintf(of, sizeof of, "of %s message%s received", markup_number(number, whole),
	    wording_s(whole));
	fprintf(f, "%12s  %-31s %s\n",
	    markup_share(text, fig->kinds[KIND_VIRUS].messages, whole), of,
	    wording_share(before, fig));
}

static void
key_figures(FILE *f, const struct figures *fig)
{
	putc('\n', f);
	kind(f, fig, KIND_VIRUS,
	    fig->kinds[KIND_VIRUS].messages == 1 ? "message with a virus" :
	    "messages with a virus");
	share(f, fig);
	if (fig->kinds[FIGURES_VIRUS_PASSED].messages > 0)
		kind(f, fig, FIGURES_VIRUS_PASSED, "of them passed on");
	figure(f, fig, wording_suffix(fig->kinds), "refused by suffix rule",
	    wording_suffix(fig->like), wording_suffix(fig->before));
	figure(f, fig, wording_relay(fig->kinds), "refused to relay", wording_relay(fig->like),
	    wording_relay(fig->before));
	if (fig->kinds[KIND_RBL].messages + fig->before[KIND_RBL].messages > 0)
		kind(f, fig, KIND_RBL, "rejected by block lists");
	kind(f, fig, KIND_UNSCANNED, "not fully scanned");
	figure(f, fig, fig->engine, fig->engine == 1 ? "hour mail waited for an engine" :
	    "hours mail waited for an engine", fig->engine_like, fig->engine_before);
	if (fig->kinds[KIND_WAITED].messages + fig->before[KIND_WAITED].messages > 0)
		kind(f, fig, KIND_WAITED, "times mail was put off");
	if (fig->kinds[KIND_BOUNCED].messages + fig->before[KIND_BOUNCED].messages > 0)
		kind(f, fig, KIND_BOUNCED, "sent back by the filter");
	if (fig->kinds[KIND_HEARTBEAT].messages + fig->before[KIND_HEARTBEAT].messages > 0)
		kind(f, fig, KIND_HEARTBEAT, "heartbeats whose virus was found");
}

static void
bars(FILE *f, const struct figures *fig)
{
	unsigned long long max = 1;
	int wide = 17;
	char text[WORDING_MAX], label[CHART_LABEL], number[MARKUP_NUMBER];

	if (fig->bars == 0)
		return;
	snprintf(text, sizeof text, "Virus infected messages %s",
	    wording_past(fig->span.period));
	heading(f, text);
	for (size_t i = 0; i < fig->bars; i++) {
		if (fig->kindbars[KIND_VIRUS][i].messages > max)
			max = fig->kindbars[KIND_VIRUS][i].messages;
		if ((int)strlen(chart_label(label, &fig->bar[i])) > wide)
			wide = (int)strlen(label);
	}
	for (size_t i = 0; i < fig->bars; i++) {
		unsigned long long n = fig->kindbars[KIND_VIRUS][i].messages;
		int width = (int)((long double)n * WIDTH / (long double)max + 0.5L);

		if (n > 0 && width == 0)
			width = 1;
		fprintf(f, "%-*s %13s%s", wide, chart_label(label, &fig->bar[i]),
		    markup_number(number, n), width > 0 || !fig->bar[i].over ? " " : "");
		while (width-- > 0)
			putc('#', f);
		fputs(fig->bar[i].over ? "\n" : "..\n", f);
	}
	if (!fig->bar[fig->bars - 1].over)
		fprintf(f, "(.. this %s is not over)\n", wording_bar(fig->span.period));
}

static void
names(FILE *f, const struct figures *fig, enum kind k, size_t max, const char *title)
{
	unsigned long long all = fig->kinds[k].messages, left = fig->named[k].messages;
	char number[MARKUP_NUMBER], share[MARKUP_NUMBER], name[MARKUP_NAME];
	size_t n = fig->ntop[k] < max ? fig->ntop[k] : max;

	if (n == 0)
		return;
	heading(f, title);
	for (size_t i = 0; i < n; i++) {
		const struct named *at = &fig->top[k][i];

		markup_name(name, at->name, NAME, NULL);
		fprintf(f, "%14s  %8s  %s\n", markup_number(number, at->total.messages),
		    markup_share(share, at->total.messages, all), name);
		left -= at->total.messages;
	}
	if (fig->distinct[k] > n) {
		fprintf(f, "%14s  %8s  ", markup_number(number, left),
		    markup_share(share, left, all));
		fprintf(f, "%s other name%s\n", markup_number(number, fig->distinct[k] - n),
		    wording_s(fig->distinct[k] - n));
	}
	if (fig->named[k].messages > all)
		fprintf(f, "%26s(a message may have several)\n", "");
}

/* What a gateway is marked for. */
static const char *
marks(char text[MARKS], const struct gateway *g)
{
	snprintf(text, MARKS, "%s%s%s%s%s", g->stuck ? " !stuck" : "", g->quiet ? " !quiet" : "",
	    g->future ? " !set to come" : g->old ? " !old" : "",
	    g->mute ? " !sigupdate" : "", g->failing ? " !updates" : "");
	return text;
}

static void
gateways(FILE *f, const struct figures *fig)
{
	char number[MARKUP_NUMBER], at[WORDING_MAX], name[MARKUP_NAME], mark[MARKS];

	if (fig->ngateways == 0)
		return;
	heading(f, "Gateways: messages with a virus, last record");
	for (size_t i = 0; i < fig->ngateways && i < TOP; i++) {
		const struct gateway *g = &fig->gateways[i];

		markup_name(name, g->name, 24, NULL);
		fprintf(f, "%14s  %17s  %s%s\n",
		    markup_number(number, g->kinds[KIND_VIRUS].messages), g->last == 0 ?
		    "never" : wording_moment(at, g->last, fig->span.end), name, marks(mark, g));
	}
	if (fig->ngateways > TOP)
		fprintf(f, "%35s%zu more\n", "", fig->ngateways - TOP);
}

/* "mx1", "4 gateways": what it is about. */
static void
whose(FILE *f, const struct figures *fig)
{
	char name[MARKUP_NAME];

	if (fig->ngateways == 1) {
		markup_name(name, fig->gateways[0].name, NAME, NULL);
		fputs(name, f);
	} else
		fprintf(f, "%zu gateways", fig->ngateways);
}

void
summary_text(FILE *f, const struct figures *fig)
{
	char title[WORDING_MAX], zone[WORDING_MAX], head[NOTICES_HEADLINE];
	char a[MARKUP_NUMBER], b[MARKUP_NUMBER], c[MARKUP_NUMBER];

	fprintf(f, "%s\n", notices_headline(head, fig));
	whose(f, fig);
	fprintf(f, ": mail gateway virus report\n%s, times in %s\n",
	    wording_title(title, &fig->span), wording_zone(zone, fig->span.end));
	notices(f, fig);
	key_figures(f, fig);
	bars(f, fig);
	names(f, fig, KIND_VIRUS, TOP, "Top ten viruses");
	names(f, fig, KIND_UNSCANNED, FEW, "Not fully scanned, by cause");
	names(f, fig, KIND_SUFFIX, FEW, "Forbidden suffixes");
	names(f, fig, KIND_RBL, FEW, "Rejected by block lists");
	names(f, fig, KIND_WAITED, FEW, "Put off, by cause");
	names(f, fig, KIND_BOUNCED, FEW, "Sent back by the filter");
	names(f, fig, KIND_PASSED, FEW, "Passed on, as the policy says");
	names(f, fig, KIND_SIGNATURES, FEW, "Signature updates");
	gateways(f, fig);
	fprintf(f,
	    "\n%s counted, %s dropped as duplicates, %s not understood; generation %llu.\n",
	    markup_number(a, figures_records(fig)),
	    markup_number(b, fig->kinds[KIND_DUPLICATE].findings),
	    markup_number(c, fig->kinds[KIND_STRANGE].findings), fig->generation);
}
