/* SPDX-License-Identifier: ISC */
/* relaycheck: may this client send to this recipient? */
#include "cmd/relaycheck/ask.h"
#include "cmd/relaycheck/check.h"
#include "cmd/relaycheck/lines.h"
#include "cmd/relaycheck/maplint.h"
#include "cmd/relaycheck/policy.h"
#include "cmd/relaycheck/replay.h"
#include "common/cli.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct cli cli = { "relaycheck",
    "relaycheck [-c CONF] [-m FILE] [-v] -i CLIENT [-a] [-f SENDER] RCPT...\n"
    "relaycheck [-c CONF] [-m FILE] [-v] <LINES\n"
    "relaycheck -p [-c CONF]\n"
    "relaycheck -k [-c CONF] [-m FILE]\n"
    "Says for each recipient whether the client may send to it, and by which rule.\n"
    "LINES: client TAB auth TAB sender TAB rcpt; auth 0 or 1, \\xHH an octet.\n"
    "  -a         the client has authenticated\n"
    "  -c CONF    the rules (/etc/multiscan/relay.conf)\n"
    "  -f SENDER  the sender; none: the null sender\n"
    "  -i CLIENT  the client's address\n"
    "  -k         check the rules, or the mapping tables, for what is hardly meant\n"
    "  -m FILE    ask the mapping tables of 2002 in FILE\n"
    "  -p         answer Postfix: a policy server under spawn(8)\n"
    "  -v         say on standard error how it was decided\n"
    "Exit: 0 accepted, 1 one is refused or found, 64 wrong call or rules, 75 not now.\n"
};

#define CONF_PATH "/etc/multiscan/relay.conf"

/* All that a question needs. */
struct judges {
	struct conf conf;
	struct mapfile *map;	/* NULL: the rules of relaycheck(1) answer */
	bool verbose;
	bool refused, failed;	/* what came out so far */
};

static void
print_error(void *to, const char *path, unsigned long line, const char *text)
{
	(void)to;
	if (line > 0)
		warnx("%s:%lu: %s", path, line, text);
	else
		warnx("%s: %s", path, text);
}

/*
 * Fills conf; where it cannot be used, the process ends and says why.  One that is cut,
 * and so new that somebody may still write to it, is waited for.
 */
static void
read_conf(struct conf *conf, const char *path)
{
	const struct timespec tenth = { 0, 100000000 };
	enum conf_state state;

	while ((state = conf_read(conf, path, print_error, NULL)) == CONF_GOOD &&
	    conf->cut != NULL && conf_young(conf)) {
		conf_free(conf);
		nanosleep(&tenth, NULL);
	}
	switch (state) {
	case CONF_GOOD: return;
	case CONF_WRONG: exit(EXIT_CALL);
	default: exit(EXIT_RETRY);
	}
}

/* The same of mapping tables; what is missing is not an error in them. */
static struct mapfile *
read_map(const char *path)
{
	struct mapfile *m;

	fclose(cli_file(path));
	m = mapfile_read(path, print_error, NULL);
	if (m == NULL)
		exit(EXIT_CALL);
	return m;
}

/* --- the tables of 2002 ----------------------------------------------------------------- */

static bool
is_our_domain(void *to, struct span name)
{
	const struct conf *c = to;
	char low[MAILBOX_DOMAIN + 1];
	const struct rule *word;

	if (name.n > sizeof low)
		return false;
	for (size_t i = 0; i < name.n; i++)
		low[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ?
		    (char)(name.p[i] - 'A' + 'a') : name.p[i];
	word = domains_find(&c->domains, (struct span){ low, name.n });
	return word != NULL && !word->refuse;
}

static bool
is_own_address(void *to, const struct ipaddr *v4)
{
	return conf_self(to, v4) != NULL;
}

/* An entry fired: one line for people. */
static void
print_fired(void *to, const struct maptable *table, const struct mapentry *entry,
    struct span result)
{
	static struct record r;

	(void)to;
	record_start(&r);
	record_add(&r, "result", result.p, result.n);
	fprintf(stderr, "relaycheck: %s:%lu: %s %zu: %s\n", entry->path, entry->line,
	    table->name, entry->number, r.text);
}

static void
print_replay(const struct replay_answer *a, enum replay_verdict verdict)
{
	static struct record r;
	char rule[MAPFILE_NAME + 32] = "ORIG_SEND_ACCESS";
	bool reject = verdict == REPLAY_REJECT, good = reject || verdict == REPLAY_ACCEPT;

	if (a->by != NULL)
		snprintf(rule, sizeof rule, "ORIG_SEND_ACCESS:%zu", a->by->number);
	record_start(&r);
	record_addstr(&r, "relay", relay_word(!good ? RELAY_TEMPFAIL : reject ? RELAY_REJECT :
	    strcmp(a->destination, "tcp_local") == 0 ? RELAY_RELAY : RELAY_LOCAL));
	record_addstr(&r, "why", good ? why_word(WHY_MAPPING) : why_word(WHY_LIMIT));
	record_addstr(&r, "code", !good ? why_code(WHY_LIMIT) : reject ? "5.7.1" : "2.1.5");
	record_addstr(&r, "channel", strcmp(a->source, "tcp_local") == 0 ? "outside" : "inside");
	record_addstr(&r, "to", "");
	record_addstr(&r, "rule", rule);
	if (a->nreply > 0)
		record_add(&r, "text", a->reply, a->nreply);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
}

static void
replay(struct judges *j, const struct question *q)
{
	static struct replay_answer a;
	struct replay_site site = { { j->conf.hostname, strlen(j->conf.hostname) },
	    is_our_domain, is_own_address, &j->conf };
	struct replay_mail mail = { q->client, q->auth, q->sender, q->rcpt };
	enum replay_verdict verdict = replay_ask(j->map, &site, &mail,
	    j->verbose ? print_fired : NULL, NULL, &a);

	if (verdict == REPLAY_MEMORY)
		err(EXIT_RETRY, "the mapping tables");
	print_replay(&a, verdict);
	j->refused |= verdict == REPLAY_REJECT;
	j->failed |= verdict == REPLAY_LIMIT;
}

/* --- questions ---------------------------------------------------------------------------- */

static void
print_answer(struct judges *j, const struct answer *a)
{
	static struct record r;

	ask_record(&r, &j->conf, a);
	fwrite(r.text, 1, r.len, stdout);
	j->refused |= a->relay == RELAY_REJECT;
	j->failed |= a->relay == RELAY_TEMPFAIL;
}

static void
ask(struct judges *j, const struct question *q)
{
	static struct answer a;

	if (j->map != NULL) {
		replay(j, q);
		return;
	}
	judge(&j->conf, q, &a);
	if (j->verbose)
		ask_explain(&j->conf, q, &a);
	print_answer(j, &a);
}

/* What is no question has an answer too, so that there are as many as lines. */
static void
answer_no_line(struct judges *j, unsigned long long number, bool over)
{
	static const struct answer a = { .relay = RELAY_TEMPFAIL, .why = WHY_BAD_LINE,
	    .step = 1 };

	warnx("standard input: line %llu %s", number, over ? "has more than 65,535 octets" :
	    "is not client TAB auth TAB sender TAB rcpt, with auth 0 or 1 and \\xHH for an octet");
	print_answer(j, &a);
}

static void
ask_lines(struct judges *j)
{
	static struct lines lines;
	unsigned long long number = 0;
	enum lines_state got;
	struct question q;
	struct span line;

	lines_start(&lines, 0);
	for (;;) {
		/* who writes a line and waits for its answer gets it */
		if (lines_wait(&lines) && fflush(stdout) == EOF)
			err(EXIT_RETRY, "standard output");
		got = lines_next(&lines, &line);
		if (got != LINES_ONE && got != LINES_LONG)
			break;
		number++;
		if (got == LINES_ONE && ask_line(&q, (char *)(size_t)line.p, line.n))
			ask(j, &q);
		else
			answer_no_line(j, number, got == LINES_LONG);
	}
	if (got == LINES_FAILED)
		err(EXIT_RETRY, "standard input");
}

/* --- -k -------------------------------------------------------------------------------------- */

static void
found_in_map(void *to, const char *path, unsigned long line, const char *reason,
    const char *text)
{
	(void)to;
	check_found(reason, path, line, text);
}

static int
check(const char *conf, const char *map)
{
	static struct conf c;
	struct mapfile *m;
	bool found;

	if (map == NULL) {
		read_conf(&c, conf);
		found = check_conf(&c) > 0;
	} else {
		m = read_map(map);
		mapfile_unused(m, print_error, NULL);
		found = !maplint(m, found_in_map, NULL);
		mapfile_free(m);
	}
	conf_free(&c);
	cli_close_stdout();
	return found ? EXIT_FOUND : EXIT_NOTHING;
}

/* --- the call --------------------------------------------------------------------------------- */

struct call {
	const char *conf, *map, *client, *sender;
	bool auth, policy, check, verbose;
	char **rcpt;		/* up to NULL */
};

static struct span
whole(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static int
ask_all(const struct call *call)
{
	static struct judges j;
	struct ipaddr client;

	j.verbose = call->verbose;
	if (call->client != NULL && !ipaddr_client(&client, whole(call->client)))
		warnx("-i: the client is no IP address, so nothing can be judged");
	read_conf(&j.conf, call->conf);
	if (call->map != NULL) {
		j.map = read_map(call->map);
		if (call->verbose)
			mapfile_unused(j.map, print_error, NULL);
	}
	if (call->rcpt[0] == NULL)
		ask_lines(&j);
	for (char **rcpt = call->rcpt; *rcpt != NULL; rcpt++) {
		struct question q = { whole(call->client), call->auth, whole(call->sender),
		    whole(*rcpt), false };

		ask(&j, &q);
	}
	if (j.map != NULL)
		mapfile_free(j.map);
	conf_free(&j.conf);
	cli_close_stdout();
	return j.failed ? EXIT_RETRY : j.refused ? EXIT_FOUND : EXIT_NOTHING;
}

/* Which of the four ways it is, and that nothing of another one is there. */
static void
check_call(struct call *call)
{
	bool one = call->client != NULL || call->sender != NULL || call->auth;
	bool other = call->policy || call->check;

	if (call->policy && call->check)
		cli_usage(&cli, "-p and -k: one of them");
	if (other && (one || call->rcpt[0] != NULL))
		cli_usage(&cli, "-%c answers no question", call->policy ? 'p' : 'k');
	if (call->policy && call->map != NULL)
		cli_usage(&cli, "-p goes by the rules, not by mapping tables");
	if (call->rcpt[0] == NULL && one)
		cli_usage(&cli, "give a recipient; or none of -i, -a, -f, and lines");
	if (call->rcpt[0] != NULL && call->client == NULL)
		cli_usage(&cli, "give the client's address, -i CLIENT");
	if (call->sender == NULL)
		call->sender = "";
}

int
main(int argc, char **argv)
{
	struct call call = { .conf = CONF_PATH };
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":ac:f:i:km:pv")) != -1) {
		switch (o) {
		case 'a': call.auth = true; break;
		case 'c': call.conf = optarg; break;
		case 'f': call.sender = optarg; break;
		case 'i': call.client = optarg; break;
		case 'k': call.check = true; break;
		case 'm': call.map = optarg; break;
		case 'p': call.policy = true; break;
		default: call.verbose = true; break;
		}
	}
	call.rcpt = argv + optind;
	check_call(&call);
	cli_deadline(0);
	if (call.policy)
		return policy_serve(call.conf);
	return call.check ? check(call.conf, call.map) : ask_all(&call);
}
