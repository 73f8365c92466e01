/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/forms.h"
#include "cmd/virtally/rows.h"
#include "common/cli.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOP2002 = 10 };

static const char *
day_text(char text[CALENDAR_TEXT], int day)
{
	if (day == TALLY_PAST)
		snprintf(text, CALENDAR_TEXT, "past");
	else
		calendar_text(text, day);
	return text;
}

/*
 * A coded value as a field.  What a spreadsheet would take for a formula begins with a
 * coded byte, which is another spelling of the same.
 */
static void
csv_field(FILE *f, struct span s)
{
	bool quoted = memchr(s.p, ',', s.n) != NULL;

	if (quoted)
		putc('"', f);
	if (s.n > 0 && strchr("=+-@", s.p[0]) != NULL) {
		fprintf(f, "%%%02X", (unsigned char)s.p[0]);
		s.p++;
		s.n--;
	}
	fwrite(s.p, 1, s.n, f);
	if (quoted)
		putc('"', f);
}

void
form_csv(FILE *f, const struct tally *t, const struct figures *fig)
{
	size_t n;
	struct row *r = rows_make(t, fig, &n);
	char day[CALENDAR_TEXT];

	fputs("day,hour,gateway,kind,name,messages,findings\n", f);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "%s,", day_text(day, r[i].day));
		if (r[i].hour >= 0)
			fprintf(f, "%d", r[i].hour);
		putc(',', f);
		csv_field(f, r[i].gateway);
		fprintf(f, ",%s,", kind_name(r[i].kind));
		csv_field(f, r[i].name);
		fprintf(f, ",%llu,%llu\n", r[i].count.messages, r[i].count.findings);
	}
	free(r);
}

/* A coded value holds no quote, no backslash and no control byte. */
static void
quoted(FILE *f, struct span s)
{
	putc('"', f);
	fwrite(s.p, 1, s.n, f);
	putc('"', f);
}

static void
json_time(FILE *f, const char *key, long long t)
{
	time_t at = (time_t)t;
	char text[32];
	struct tm tm;

	if (t != 0 && gmtime_r(&at, &tm) != NULL &&
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		fprintf(f, ",\"%s\":\"%s\"", key, text);
	else
		fprintf(f, ",\"%s\":null", key);
}

static void
json_gateways(FILE *f, const struct figures *fig)
{
	fputs(",\n\"gateways\":[", f);
	for (size_t i = 0; i < fig->ngateways; i++) {
		const struct gateway *g = &fig->gateways[i];

		fprintf(f, "%s\n{\"gateway\":", i == 0 ? "" : ",");
		quoted(f, g->name);
		json_time(f, "last", g->last);
		fputs(",\"set\":", f);
		if (g->set.n > 0)
			quoted(f, g->set);
		else
			fputs("null", f);
		json_time(f, "made", g->made);
		fprintf(f, ",\"quiet\":%s,\"old\":%s,\"stale\":%s,\"engine_hours\":%llu}",
		    g->quiet ? "true" : "false", g->old ? "true" : "false",
		    g->stale ? "true" : "false", g->engine);
	}
	fputs("]", f);
}

static void
json_kinds(FILE *f, const char *key, const struct count *kinds)
{
	fprintf(f, ",\n\"%s\":{", key);
	for (int k = 0; k < KIND_N; k++)
		fprintf(f, "%s\"%s\":{\"messages\":%llu,\"findings\":%llu}", k == 0 ? "" : ",",
		    kind_name((enum kind)k), kinds[k].messages, kinds[k].findings);
	fputs("}", f);
}

void
form_json(FILE *f, const struct tally *t, const struct figures *fig)
{
	static const char *const PERIODS[] = { "day", "week", "month", "all", "date" };
	size_t n;
	struct row *r = rows_make(t, fig, &n);
	char from[CALENDAR_TEXT], to[CALENDAR_TEXT];

	fprintf(f,
	    "{\"virtally\":\"%s\",\"generation\":%llu,\"period\":\"%s\",\"from\":\"%s\","
	    "\"to\":\"%s\"", VERSION, fig->generation, PERIODS[fig->span.period],
	    day_text(from, fig->span.from), day_text(to, fig->span.to));
	json_time(f, "end", fig->span.end);
	fprintf(f, ",\"engine_hours\":%llu", fig->engine);
	json_kinds(f, "totals", fig->kinds);
	if (fig->has_before) {
		json_kinds(f, "like", fig->like);
		json_kinds(f, "before", fig->before);
	}
	json_gateways(f, fig);
	fputs(",\n\"counts\":[", f);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "%s\n{\"day\":\"%s\",\"hour\":", i == 0 ? "" : ",",
		    day_text(from, r[i].day));
		if (r[i].hour >= 0)
			fprintf(f, "%d", r[i].hour);
		else
			fputs("null", f);
		fputs(",\"gateway\":", f);
		quoted(f, r[i].gateway);
		fprintf(f, ",\"kind\":\"%s\",\"name\":", kind_name(r[i].kind));
		quoted(f, r[i].name);
		fprintf(f, ",\"messages\":%llu,\"findings\":%llu}", r[i].count.messages,
		    r[i].count.findings);
	}
	fputs("]}\n", f);
	free(r);
}

static void
prom_head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The sums of each kind; findings: not messages. */
static void
prom_counts(FILE *f, const char *name, const struct figures *fig, bool findings)
{
	for (size_t i = 0; i < fig->ngateways; i++)
		for (int k = 0; k < KIND_N; k++) {
			const struct count *c = &fig->gateways[i].kinds[k];

			fprintf(f, "%s{gateway=", name);
			quoted(f, fig->gateways[i].name);
			fprintf(f, ",kind=\"%s\"} %llu\n", kind_name((enum kind)k),
			    findings ? c->findings : c->messages);
		}
}

static void
prom_gauge(FILE *f, const char *name, struct span gateway, long long value)
{
	if (value == 0)
		return;
	fprintf(f, "%s{gateway=", name);
	quoted(f, gateway);
	fprintf(f, "} %lld\n", value);
}

static void
prom_bool(FILE *f, const char *name, struct span gateway, bool value)
{
	fprintf(f, "%s{gateway=", name);
	quoted(f, gateway);
	fprintf(f, "} %d\n", value);
}

/* What the page calls quiet and old, and when mail was stuck. */
static void
prom_judgement(FILE *f, const struct figures *fig)
{
	static const char QUIET[] = "multiscan_gateway_quiet";
	static const char OLD[] = "multiscan_gateway_signatures_old";
	static const char WAITED[] = "multiscan_last_waited_timestamp_seconds";

	prom_head(f, QUIET, "gauge", "Whether a gateway is silent for too long.");
	for (size_t i = 0; i < fig->ngateways; i++)
		prom_bool(f, QUIET, fig->gateways[i].name, fig->gateways[i].quiet);
	prom_head(f, OLD, "gauge", "Whether the signatures of a gateway are old, where known.");
	for (size_t i = 0; i < fig->ngateways; i++)
		if (fig->gateways[i].made != 0 || fig->gateways[i].stale)
			prom_bool(f, OLD, fig->gateways[i].name, fig->gateways[i].old);
	prom_head(f, WAITED, "gauge",
	    "The end of the last hour in which mail was put off, seconds since 1970.");
	for (size_t i = 0; i < fig->ngateways; i++)
		prom_gauge(f, WAITED, fig->gateways[i].name, fig->gateways[i].waited);
}

void
form_prom(FILE *f, const struct tally *t, const struct figures *fig)
{
	(void)t;
	prom_head(f, "multiscan_messages_total", "counter", "Messages, by what was found.");
	prom_counts(f, "multiscan_messages_total", fig, false);
	prom_head(f, "multiscan_findings_total", "counter", "Findings, lines of the log.");
	prom_counts(f, "multiscan_findings_total", fig, true);
	prom_head(f, "multiscan_last_record_timestamp_seconds", "gauge",
	    "When the last line of a gateway was written, seconds since 1970.");
	for (size_t i = 0; i < fig->ngateways; i++)
		prom_gauge(f, "multiscan_last_record_timestamp_seconds", fig->gateways[i].name,
		    fig->gateways[i].last);
	prom_head(f, "multiscan_signatures_timestamp_seconds", "gauge",
	    "When the signatures of a gateway were made, seconds since 1970.");
	for (size_t i = 0; i < fig->ngateways; i++)
		prom_gauge(f, "multiscan_signatures_timestamp_seconds", fig->gateways[i].name,
		    fig->gateways[i].made);
	prom_judgement(f, fig);
	prom_head(f, "multiscan_tally_generation", "gauge", "The generation of the tally.");
	fprintf(f, "multiscan_tally_generation %llu\n", fig->generation);
}

void
form_days2002(FILE *f, const struct tally *t, const struct figures *fig)
{
	unsigned long long *days;
	struct cell c;
	size_t at = 0;
	int first, last;

	if (!tally_span(t, &first, &last))
		return;
	last = last < fig->span.to ? last : fig->span.to;
	if (first > last)
		return;
	days = calloc((size_t)(last - first) + 1, sizeof *days);
	if (days == NULL)
		err(EXIT_RETRY, "export");
	while (cells_next(t->cells, &at, &c))
		if (c.place.kind == KIND_VIRUS && c.place.name == NAMES_EMPTY &&
		    c.place.day >= first && c.place.day <= last)
			days[c.place.day - first] += c.findings;
	for (int day = last; day >= first; day--) {
		char text[CALENDAR_TEXT];

		calendar_text(text, day);
		fprintf(f, "%.4s%.2s%.2s, %llu\n", text, text + 5, text + 8,
		    days[day - first]);
	}
	free(days);
}

void
form_top2002(FILE *f, const struct tally *t, const struct figures *fig)
{
	(void)t;
	for (size_t i = 0; i < fig->ntop[KIND_VIRUS] && i < TOP2002; i++) {
		const struct named *n = &fig->top[KIND_VIRUS][i];

		fprintf(f, "%llu %.*s\n", n->total.findings, (int)n->name.n, n->name.p);
	}
}
