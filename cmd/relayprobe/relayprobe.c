/* SPDX-License-Identifier: ISC */
/* relayprobe: does that server relay? */
#include "cmd/relayprobe/crew.h"
#include "cmd/relayprobe/hosts.h"
#include "cmd/relayprobe/progress.h"
#include "cmd/relayprobe/table.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 32, WIDTH_MAX = 500, HELLO_MAX = 200, TOKEN_MAX = 17 };

static const struct cli cli = { "relayprobe",
    "relayprobe [-d | -S] [-nRTv] [-e NAME] [-f SENDER] [-m DOMAIN]... [-r RCPT] [-t SECONDS] [-w N] HOST[:PORT]...\n"
    "  -               read the hosts from standard input, one a line\n"
    "  -d              where RCPT is taken ask DATA too, and hang up\n"
    "  -S              where RCPT is taken send a message, to -r RCPT\n"
    "  -r RCPT         the recipient that is foreign to them (probe@example.net)\n"
    "  -f SENDER       the sender that is (probe@example.org)\n"
    "  -m DOMAIN       a domain that the servers take mail for; may be said 8 times\n"
    "  -e NAME         greet with this name, not with that of this host\n"
    "  -t SECONDS      for one host, all of it (300)\n"
    "  -w N            hosts at once (32)\n"
    "  -n              connect to nobody: print what would be asked\n"
    "  -R              records, where standard output is a terminal too\n"
    "  -T              the table for people, where it is none too\n"
    "  -v              the dialogues on standard error\n"
    "Exit: 0 all refuse, 1 one relays, 64 wrong call, 75 one could not be judged.\n"
};

/* How it is to be told, and what came of it. */
static struct {
	struct plan plan;
	bool table;
	unsigned long verdicts[RELAY + 1];
} run;

static void
heard(const struct target *target, const char *line, size_t n)
{
	progress_erase();
	table_dialogue(target, line, n);
}

static void
judged(struct outcome *o)
{
	static struct record r;

	progress_erase();
	tally_record(o->tally, o->why, &r);
	run.verdicts[tally_verdict(o->tally)]++;
	if (run.table) {
		table_host(o->tally);
	} else {
		fwrite(o->records.p, 1, o->records.n, stdout);
		fwrite(r.text, 1, r.len, stdout);
	}
	if (fflush(stdout) == EOF)
		err(EXIT_RETRY, "standard output");
}

/* What would be asked, as far as it can be known without asking. */
static void
print_forms(const struct target *t)
{
	static struct form forms[FORMS_MAX];
	static struct record r;
	char literal[TARGET_HOSTMAX + 16] = "[ADDRESS]";
	struct forms_of of = { .from = run.plan.from, .to = run.plan.to, .literal = literal };
	size_t n;

	memcpy(of.mail, run.plan.mail, sizeof of.mail);
	if (target_name((struct span){ t->host, strlen(t->host) }))
		of.name = t->host;
	if (t->literal && strchr(t->host, ':') == NULL)
		of.address = t->host;
	if (t->literal)
		snprintf(literal, sizeof literal, of.address == NULL ? "[IPv6:%s]" : "[%s]",
		    t->host);
	n = forms_make(&of, forms);
	for (size_t i = 0; i < n; i++) {
		record_start(&r);
		record_addstr(&r, "host", t->host);
		record_addstr(&r, "port", t->port);
		record_addstr(&r, "form", forms[i].name);
		record_addstr(&r, "from", forms[i].from);
		record_addstr(&r, "to", forms[i].to);
		record_end(&r);
		fwrite(r.text, 1, r.len, stdout);
	}
}

static const char *
take_foreign(int letter, const char *text)
{
	if (!forms_foreign(text))
		cli_usage(&cli, "-%c: `%s' is not a plain address: user@domain", letter, text);
	return text;
}

static void
take_domain(const char *text)
{
	size_t n = 0;

	while (n < FORMS_DOMAINS && run.plan.mail[n] != NULL)
		n++;
	if (n == FORMS_DOMAINS)
		cli_usage(&cli, "-m: more than %d domains", FORMS_DOMAINS);
	if (!target_name((struct span){ text, strlen(text) }))
		cli_usage(&cli, "-m: `%s' is not a domain", text);
	run.plan.mail[n] = text;
}

/* What the servers take mail for is not foreign to them. */
static void
check_domains(const struct plan *p)
{
	for (size_t i = 0; i < FORMS_DOMAINS && p->mail[i] != NULL; i++)
		if (forms_own(p->mail[i], strchr(p->to, '@') + 1))
			cli_usage(&cli, "-m %s: the recipient of -r is not foreign to it", p->mail[i]);
}

static const char *
take_hello(const char *text)
{
	if (text[0] == '\0' || strlen(text) > HELLO_MAX ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-_:[]")] != '\0')
		cli_usage(&cli, "-e: `%s' is not a host name or an address in brackets", text);
	return text;
}

/* The name of this host, where it is one that a server may look up. */
static const char *
own_name(void)
{
	static char name[HELLO_MAX + 1];

	if (gethostname(name, sizeof name - 1) < 0 ||
	    !target_name((struct span){ name, strlen(name) }))
		return NULL;
	return name;
}

static const char *
make_token(void)
{
	static char token[TOKEN_MAX];
	unsigned char random[8];

	if (getrandom(random, sizeof random, 0) != sizeof random)
		err(EXIT_RETRY, "getrandom");
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(token + 2 * i, 3, "%02x", random[i]);
	return token;
}

/* Hosts that were judged, or could not be. */
static size_t
answered(void)
{
	size_t n = 0;

	for (size_t i = REJECT; i <= RELAY; i++)
		n += run.verdicts[i];
	return n;
}

static int
run_all(const struct hosts *h, unsigned width, bool verbose)
{
	struct crew c = { h->list, h->n, &run.plan, width, verbose ? heard : NULL, judged,
		progress_tick };
	bool whole;

	if (c.width > h->n)
		c.width = (unsigned)h->n;
	fflush(stdout);
	progress_start(h->n);
	whole = crew_run(&c);
	progress_erase();
	if (run.table)
		table_total(run.verdicts, h->n, &run.plan);
	else if (run.verdicts[TEMPFAIL] > 0)
		warnx("%lu of %zu hosts could not be judged", run.verdicts[TEMPFAIL], h->n);
	if (!whole)
		warnx("interrupted, %zu hosts were not asked", h->n - answered());
	if (run.verdicts[TAKEN] + run.verdicts[RELAY] > 0)
		return EXIT_FOUND;
	return !whole || run.verdicts[TEMPFAIL] > 0 ? EXIT_RETRY : EXIT_NOTHING;
}

int
main(int argc, char **argv)
{
	bool dry = false, records = false, verbose = false;
	unsigned width = WIDTH;
	struct plan *p = &run.plan;
	struct hosts hosts;
	int o, status = EXIT_NOTHING;

	p->seconds = CLI_SECONDS;
	p->hello = own_name();
	while ((o = cli_getopt(&cli, argc, argv, ":de:f:m:nr:RSt:Tvw:")) != -1) {
		if (o == 'd')
			p->data = true;
		else if (o == 'e')
			p->hello = take_hello(optarg);
		else if (o == 'f')
			p->from = take_foreign(o, optarg);
		else if (o == 'm')
			take_domain(optarg);
		else if (o == 'n')
			dry = true;
		else if (o == 'r')
			p->to = take_foreign(o, optarg);
		else if (o == 'R')
			records = true;
		else if (o == 'S')
			p->send = true;
		else if (o == 't')
			p->seconds = cli_number(&cli, "-t", optarg, 1, 86400);
		else if (o == 'T')
			run.table = true;
		else if (o == 'v')
			verbose = true;
		else
			width = (unsigned)cli_number(&cli, "-w", optarg, 1, WIDTH_MAX);
	}
	if (p->send && p->to == NULL)
		cli_usage(&cli, "-S needs an address of yours that gets the messages: -r RCPT");
	if (p->send && p->data)
		cli_usage(&cli, "-d and -S: one of them");
	if (records && run.table)
		cli_usage(&cli, "-R and -T: one of them");
	if (p->from == NULL)
		p->from = "probe@example.org";
	if (p->to == NULL)
		p->to = "probe@example.net";
	check_domains(p);
	hosts_read(&hosts, &cli, argv + optind);
	cli_deadline(0);
	p->letter = (struct letter){ p->from, p->to, make_token(), NULL, NULL };
	run.table |= !records && isatty(STDOUT_FILENO) == 1;
	for (size_t i = 0; dry && i < hosts.n; i++)
		print_forms(&hosts.list[i]);
	if (!dry)
		status = run_all(&hosts, width, verbose);
	cli_close_stdout();
	return status;
}
