/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/table.h"
#include "common/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOWN = 120,		/* bytes of a reply */
	HOST = 27, LINE = 79, INDENT = 8,	/* columns */
	NAMES = 3,		/* forms that are named */
	MANY = 20,		/* hosts: what is bad is said again at the end */
	ROW = 700
};

/* What is said of a host, and of those that are bad for the end. */
struct row {
	enum verdict verdict;
	size_t n;
	char text[ROW];
};

static struct {
	struct row *rows;
	size_t n;
} bad;

static void add(struct row *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
add(struct row *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->text + r->n, sizeof r->text - r->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		r->n += (size_t)n < sizeof r->text - r->n ? (size_t)n : sizeof r->text - r->n - 1;
}

/* The words of a server, fit for a terminal; until the next call. */
static const char *
show(struct span coded)
{
	static char text[RECORD_MAX];
	size_t n = clean_line(text, record_decode(text, coded));

	if (n > SHOWN)
		n = clean_cut(text, n, SHOWN);
	text[n] = '\0';
	return text;
}

static const char *
where(const struct target *t)
{
	static char text[TARGET_HOSTMAX + 16];

	if (strcmp(t->port, "25") == 0)
		return t->host;
	snprintf(text, sizeof text, strchr(t->host, ':') != NULL ? "[%s]:%s" : "%s:%s",
	    t->host, t->port);
	return text;
}

static const char *
explain(const char *why)
{
	static const struct {
		const char *why, *words;
	} known[] = {
		{ "no-host", "there is no such host" },
		{ "dns", "its name could not be looked up" },
		{ "refused", "the connection was refused" },
		{ "unreachable", "it cannot be reached" },
		{ "timeout", "it did not answer in time" },
		{ "time", "its time was over" },
		{ "closed", "it closed the connection" },
		{ "no-smtp", "what it said is no SMTP" },
		{ "endless", "a reply without an end" },
		{ "early", "it answered before it was asked" },
		{ "out-of-step", "its answers were not to what it was asked" },
		{ "refuses-all", "it refuses all the same way: perhaps it is this client "
		    "that it refuses" },
		{ "client", "it is this client that it refuses: ask from elsewhere" },
		{ "sender", "it refuses the sender: give another one as -f" },
		{ "domain", "it refuses the domain of -r as none that takes mail: "
		    "give another one" },
		{ "unclear", "refused for reasons that may be any" },
		{ "changed", "what it refused at first it answered otherwise in the end" },
		{ "starttls", "it wants TLS, which we do not speak" },
		{ "no-name", "it says no name: name it, or give -m" },
		{ "null-mx", "it refuses the domain of -r, which takes no mail: give another one" },
		{ "own-recipient", "the domain of -r seems to be its own: give another one" },
		{ "catch-all", "it takes any address that may be its own, so this proves nothing" },
		{ "no-control", "whether it takes any address of its own could not be found out" },
		{ "vague", "may have been read otherwise" },
		{ "died", "our process died" },
		{ "limit", "our process said too much" },
		{ "interrupted", "interrupted" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].why, why) == 0)
			return known[i].words;
	return why;
}

/* The first of these forms, and how many more there are. */
static void
add_names(struct row *r, const char *names, unsigned count)
{
	size_t n = 0;
	unsigned shown = 0;

	for (; shown < NAMES && shown < count && names[n] != '\0' && names[n] != '.'; shown++) {
		n += strcspn(names + n, " ");
		n += names[n] == ' ';
	}
	if (n > 0 && names[n - 1] == ' ')
		n--;
	add(r, " %.*s", (int)n, names);
	if (count > shown)
		add(r, " +%u", count - shown);
}

/* What was not judged, and why. */
static void
add_open(struct row *r, const struct tally *t)
{
	if (t->unproved > 0) {
		add(r, "took");
		add_names(r, t->unproved_by, t->unproved);
		add(r, ": ");
	} else if (t->tempfail > 0) {
		add(r, "%u of %u forms: ", t->tempfail, t->forms);
	}
	if (t->why[0] != '\0')
		add(r, "%s ", explain(t->why));
	if (t->code >= 300)
		add(r, "%llu %s ", t->code, show(t->text));
	if (t->stage[0] != '\0' && t->unproved == 0)
		add(r, "(at %s)", t->stage);
}

static void
compose(struct row *r, const struct tally *t)
{
	static const char *const words[] = { "refuses", "NOT JUDGED", "TAKES", "RELAYS" };
	const char *host = where(t->target);
	enum verdict v = tally_verdict(t);

	r->n = 0;
	if (strlen(host) > HOST)
		add(r, "%.*s... %-10s ", HOST - 3, host, words[v]);
	else
		add(r, "%-*s %-10s ", HOST, host, words[v]);
	if (v == REJECT) {
		add(r, "all %u forms", t->forms);
		if (t->addresses > 1)
			add(r, ", 1 of %llu addresses", t->addresses);
	} else if (v == TEMPFAIL) {
		add_open(r, t);
	} else {
		add(r, "%u of %u forms:", t->taken + t->relayed, t->forms);
		add_names(r, t->proved_by, t->taken + t->relayed);
	}
	while (r->n > 0 && r->text[r->n - 1] == ' ')
		r->text[--r->n] = '\0';
}

/* What is longer than a line goes on in the next one. */
static void
print_row(const struct row *r)
{
	const char *p = r->text;
	size_t n = r->n, room = LINE;

	while (n > room) {
		size_t end = room;

		while (end > HOST / 2 && p[end] != ' ')
			end--;
		if (p[end] != ' ')
			end = room;
		printf("%.*s\n%*s", (int)end, p, INDENT, "");
		p += end;
		n -= end;
		for (; n > 0 && *p == ' '; n--)
			p++;
		room = LINE - INDENT;
	}
	printf("%.*s\n", (int)n, p);
}

/* For the end: without memory it is not shown twice. */
static void
remember(const struct row *r, enum verdict v)
{
	struct row *more = realloc(bad.rows, (bad.n + 1) * sizeof *more);

	if (more == NULL)
		return;
	bad.rows = more;
	bad.rows[bad.n] = *r;
	bad.rows[bad.n++].verdict = v;
}

void
table_host(const struct tally *t)
{
	static struct row r;
	enum verdict v = tally_verdict(t);

	compose(&r, t);
	print_row(&r);
	if (v == TAKEN || v == RELAY)
		remember(&r, v);
}

static void
print_bad(enum verdict v)
{
	for (size_t i = 0; i < bad.n; i++)
		if (bad.rows[i].verdict == v)
			print_row(&bad.rows[i]);
}

void
table_total(const unsigned long *verdicts, size_t hosts, const struct plan *p)
{
	unsigned long all = 0;

	for (size_t i = REJECT; i <= RELAY; i++)
		all += verdicts[i];
	if (all > MANY && bad.n > 0) {
		puts("\nThose that relay, or would take mail:");
		print_bad(RELAY);
		print_bad(TAKEN);
		putchar('\n');
	}
	if (verdicts[TAKEN] > 0 && !p->send)
		puts("TAKES: whether it sends it was not tried (-S does).");
	if (all > verdicts[REJECT])
		puts("What was asked and answered, as records: -R");
	printf("%zu host%s: %lu refuse, %lu relay, %lu take, %lu not judged", hosts,
	    hosts == 1 ? "" : "s", verdicts[REJECT], verdicts[RELAY], verdicts[TAKEN],
	    verdicts[TEMPFAIL]);
	if (hosts > all)
		printf(", %zu not asked", hosts - (size_t)all);
	putchar('\n');
}

void
table_dialogue(const struct target *target, const char *line, size_t n)
{
	struct word w;
	size_t at = 0;

	while (record_word(line, n, &at, &w))
		if (w.key.n == strlen("dialogue") && memcmp(w.key.p, "dialogue", w.key.n) == 0)
			fprintf(stderr, "%s: %s\n", where(target), show(w.value));
}
