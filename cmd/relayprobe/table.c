/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/table.h"
#include "common/clean.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN = 200 };	/* bytes of a reply */

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

/* What was not judged, and why. */
static void
print_open(const struct tally *t)
{
	if (t->unproved > 0)
		printf(" took %s:", t->unproved_by);
	else if (t->tempfail > 0)
		printf(" %u of %u forms without a yes or no:", t->tempfail, t->forms);
	if (t->why[0] != '\0')
		printf(" %s", explain(t->why));
	if (t->code >= 300)
		printf(" %llu %s", t->code, show(t->text));
	if (t->stage[0] != '\0' && t->unproved == 0)
		printf(" (at %s)", t->stage);
}

void
table_host(const struct tally *t, const struct plan *p)
{
	static const char *const words[] = { "refuses", "NOT JUDGED", "TAKES", "RELAYS" };
	enum verdict v = tally_verdict(t);

	printf("%-31s %-10s", where(t->target), words[v]);
	if (v == REJECT)
		printf(" all %u forms", t->forms);
	else if (v == TEMPFAIL)
		print_open(t);
	else
		printf(" %u of %u forms: %s", t->taken + t->relayed, t->forms, t->proved_by);
	if (v == TAKEN && !p->send)
		printf("; whether it sends was not tried");
	putchar('\n');
}

void
table_total(const unsigned long *verdicts, size_t hosts)
{
	printf("%zu host%s: %lu refuse, %lu relay, %lu take, %lu not judged\n", hosts,
	    hosts == 1 ? "" : "s", verdicts[REJECT], verdicts[RELAY], verdicts[TAKEN],
	    verdicts[TEMPFAIL]);
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
