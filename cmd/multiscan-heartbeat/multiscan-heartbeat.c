/* SPDX-License-Identifier: ISC */
/* multiscan-heartbeat: is a virus still found, and does clean mail still arrive? */
#include "cmd/multiscan-heartbeat/alarm.h"
#include "cmd/multiscan-heartbeat/metric.h"
#include "cmd/multiscan-heartbeat/place.h"
#include "cmd/multiscan-heartbeat/watch.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/random.h>

#include <err.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SECONDS = 60, SECONDS_MAX = 3600,
	TICK = 100,		/* ms between two looks */
	AGAIN = 1000,		/* ms to the second try; each time twice as long, to AGAIN_MAX */
	AGAIN_MAX = 16000,
	LINE = 3072,		/* bytes that the log gets at the most */
	SPARE = 30		/* seconds more than it may take, for a name that is looked up */
};

/* A run. */
static struct {
	struct address server;
	const char *where;
	const char *folder;
	char metric[PATH_MAX];
	bool verbose;
	int dir;
	long long start, end;		/* ms */
	long long again[MAIL_N];	/* ms: when it is tried next */
	int pause[MAIL_N];		/* ms: how long after the last try; 0 before it */
	char token[MAIL_N][LETTER_TOKEN + 1];
	char name[LETTER_NAME];		/* of the virus */
	struct fate fate[MAIL_N];
	struct watch watch;
} run;

static const struct cli cli = { "multiscan-heartbeat",
    "multiscan-heartbeat [-v] [-D FOLDER] [-f FROM] [-L LOG]... [-o FILE] [-s HOST:PORT] [-t SECONDS] [TO]\n"
    "       multiscan-heartbeat -r [-D FOLDER] <MESSAGE\n"
    "  -D FOLDER     where what is waited for meets what arrives\n"
    "                (/var/lib/multiscan/heartbeat)\n"
    "  -f FROM       the sender, and TO the recipient (heartbeat@ the server's name)\n"
    "  -L LOG        a log with virlog's lines (mail.log, multiscan/*.log in /var/log)\n"
    "  -o FILE       the metric (heartbeat.prom in FOLDER)\n"
    "  -r            the delivery agent: what is waited for is noted, all else dropped\n"
    "  -s HOST:PORT  the server (127.0.0.1:25)\n"
    "  -t SECONDS    how long both mails may take (60)\n"
    "  -v            print the record of a run that is well, too\n"
    "Exit: 0 the virus was caught and the clean mail arrived, 1 not so, 64 wrong call,\n"
    "75 it could not be found out.\n"
};

/* --- what came of it ------------------------------------------------------------------- */

/* The server's answer, or the system's, that tells most about a run that failed. */
static const struct talk *
answer_of(void)
{
	for (int m = MAIL_N - 1; m >= 0; m--) {
		const struct talk *t = &run.fate[m].talk;

		if (t->textlen > 0 && !run_good(&run.fate[m], true))
			return t;
	}
	return NULL;
}

static void
make_record(struct record *r, enum reason reason, const char *text)
{
	static const char *const KEYS[MAIL_N] = { "virusmail", "cleanmail" };
	const struct talk *t = text == NULL ? answer_of() : NULL;

	record_start(r);
	record_addstr(r, "heartbeat", reason == REASON_NONE ? "ok" : "failed");
	if (reason != REASON_NONE)
		record_addstr(r, "why", run_reason(reason));
	record_addstr(r, "server", run.where);
	for (int m = 0; m < MAIL_N; m++)
		record_addstr(r, KEYS[m], run_word(&run.fate[m]));
	if (reason == REASON_NONE)
		record_addnum(r, "ms", (unsigned long long)(clock_ms() - run.start));
	if (t != NULL && t->code != 0)
		record_addnum(r, "code", (unsigned)t->code);
	if (t != NULL)
		record_add(r, "text", t->text, t->textlen);
	if (text != NULL)
		record_addstr(r, "text", text);
	record_end(r);
}

/* The line in the log: the record, with its first word spelt out. */
static void
log_line(const struct record *r)
{
	char line[LINE];
	const char *rest = strchr(r->text, ' ');

	snprintf(line, sizeof line, "heartbeat failed%.*s", (int)strcspn(rest, "\n"), rest);
	(void)alarm_log(line);
}

/* The metric, the record, the line. */
static int
tell(enum reason reason, const char *text)
{
	static struct record r;
	char why[LINE];

	if (metric_write(run.metric, reason, run.fate) < 0) {
		snprintf(why, sizeof why, "%.500s: %s", run.metric, strerror(errno));
		warnx("%s", why);
		if (reason == REASON_NONE) {
			reason = REASON_LOCAL;
			text = why;
		}
	}
	make_record(&r, reason, text);
	if (reason != REASON_NONE)
		log_line(&r);
	if (reason != REASON_NONE || run.verbose)
		fwrite(r.text, 1, r.len, stdout);
	cli_close_stdout();
	return reason == REASON_LOCAL ? EXIT_RETRY :
	    reason == REASON_NONE ? EXIT_NOTHING : EXIT_FOUND;
}

/* Something of this machine's is in the way: errno says what. */
static _Noreturn void
give_up(const char *what)
{
	char text[LINE];

	snprintf(text, sizeof text, "%.500s: %s", what, strerror(errno));
	warnx("%s", text);
	for (int m = 0; m < MAIL_N; m++)
		if (run.dir >= 0 && run.token[m][0] != '\0')
			place_forget(run.dir, run.token[m]);
	exit(tell(REASON_LOCAL, text));
}

/* --- the run --------------------------------------------------------------------------- */

static void
make_token(char to[LETTER_TOKEN + 1])
{
	unsigned char random[LETTER_TOKEN / 2];

	if (getrandom(random, sizeof random, 0) != sizeof random)
		give_up("getrandom");
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(to + 2 * i, 3, "%02x", random[i]);
}

static void
prepare(void)
{
	if ((run.dir = place_open(run.folder)) < 0)
		give_up(run.folder);
	place_clear(run.dir);
	for (int m = 0; m < MAIL_N; m++) {
		make_token(run.token[m]);
		run.fate[m].talk.token = run.token[m];
		if (place_wait(run.dir, run.token[m]) < 0)
			give_up(run.folder);
	}
	letter_name(run.name, run.token[MAIL_VIRUS]);
}

/* Begins what is to be tried, or tried once more. */
static void
dial_up(void)
{
	for (int m = 0; m < MAIL_N; m++) {
		struct fate *f = &run.fate[m];
		long long now = clock_ms(), left = run.end - now;

		if (f->done || now < run.again[m] || (f->talk.state != TALK_IDLE &&
		    f->talk.state != TALK_LATER && f->talk.state != TALK_FAILED))
			continue;
		talk_start(&f->talk, &run.server, left > 1000 ? (unsigned)(left / 1000) : 1);
		run.pause[m] = run.pause[m] == 0 ? AGAIN :
		    run.pause[m] * 2 < AGAIN_MAX ? run.pause[m] * 2 : AGAIN_MAX;
		run.again[m] = clock_ms() + run.pause[m];
	}
}

/* Waits a moment, and goes on where the server answers. */
static void
go_on(void)
{
	struct pollfd p[MAIL_N];
	long long left = run.end - clock_ms();

	for (int m = 0; m < MAIL_N; m++) {
		struct talk *t = &run.fate[m].talk;

		p[m] = (struct pollfd){ .fd = t->state == TALK_BUSY ? t->fd : -1 };
		if (t->state == TALK_BUSY)
			p[m].events = talk_wants(t);
	}
	if (poll(p, MAIL_N, left <= 0 ? 0 : left < TICK ? (int)left : TICK) < 0 && errno != EINTR)
		give_up("poll");
	for (int m = 0; m < MAIL_N; m++)
		if (p[m].fd >= 0 && p[m].revents != 0)
			talk_go(&run.fate[m].talk);
}

/* What has arrived by now, and what the logs say. */
static void
look(void)
{
	enum sighting seen = watch_look(&run.watch, run.name);

	if (seen > run.fate[MAIL_VIRUS].seen)
		run.fate[MAIL_VIRUS].seen = seen;
	for (int m = 0; m < MAIL_N; m++) {
		struct fate *f = &run.fate[m];
		int is = f->arrived ? 0 : place_look(run.dir, run.token[m], &f->arrival);

		if (is < 0)
			give_up(run.folder);
		f->arrived |= is > 0;
		if (f->ms == 0 && run_good(f, true))
			f->ms = clock_ms() - run.start;
		f->done = run_good(f, false) || run_lost(f);
	}
}

static int
heartbeat(void)
{
	bool done = false;

	prepare();
	while (!done && clock_ms() < run.end) {
		dial_up();
		go_on();
		look();
		done = run.fate[MAIL_VIRUS].done && run.fate[MAIL_CLEAN].done;
	}
	for (int m = 0; m < MAIL_N; m++) {
		talk_close(&run.fate[m].talk);
		place_forget(run.dir, run.token[m]);
	}
	return tell(run_judge(run.fate), NULL);
}

/* --- the delivery agent ---------------------------------------------------------------- */

static int
receive(const char *folder)
{
	static struct arrival a;
	static char chunk[65536];
	int dir = place_open(folder);
	ssize_t n;

	if (dir < 0)
		err(EXIT_RETRY, "%s", folder);
	arrival_start(&a);
	while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
		if (n > 0)
			arrival_feed(&a, chunk, (size_t)n);
		else if (errno != EINTR)
			err(EXIT_RETRY, "standard input");
	}
	arrival_end(&a);
	if (a.token[0] != '\0' && place_waits(dir, a.token) && place_arrive(dir, &a) < 0)
		err(EXIT_RETRY, "%s", folder);
	return EXIT_NOTHING;
}

/* --- the call -------------------------------------------------------------------------- */

static void
take_server(const char *text)
{
	char full[sizeof run.server.host + 32];
	int n = snprintf(full, sizeof full, "tcp:%s", text);

	if (n < 0 || (size_t)n >= sizeof full || !address_parse(&run.server, full))
		cli_usage(&cli, "-s: `%s' is not HOST:PORT or [IPV6]:PORT", text);
	run.where = text;
}

static const char *
take_address(const char *text)
{
	struct span s = { text, strlen(text) };

	if (s.n >= LETTER_ADDRESS || !smtp_address(s) || smtp_8bit(s.p, s.n) ||
	    strchr(text, '@') == NULL)
		cli_usage(&cli, "`%s' is no address", text);
	return text;
}

static void
take_addresses(const char *from, const char *to)
{
	for (int m = 0; m < MAIL_N; m++) {
		struct talk *t = &run.fate[m].talk;

		t->mail = (enum mail)m;
		t->fd = -1;
		t->from = from;
		t->to = to;
	}
}

static void
take_log(const char *path)
{
	if (run.watch.n == WATCH_LOGS)
		cli_usage(&cli, "-L: more than %d logs", WATCH_LOGS);
	if (!watch_start(&run.watch, path))
		warn("%s: not looked at", path);
}

/* Where a gateway's findings are: syslog's file, LOG_FILE and LOG_FALLBACK. */
static void
take_usual_logs(void)
{
	glob_t found = { 0 };

	if (access("/var/log/mail.log", R_OK) == 0)
		take_log("/var/log/mail.log");
	if (glob("/var/log/multiscan/*.log", 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && run.watch.n < WATCH_LOGS; i++)
			if (access(found.gl_pathv[i], R_OK) == 0)
				take_log(found.gl_pathv[i]);
	globfree(&found);
}

static void
take_metric(const char *path)
{
	int n = path != NULL ? snprintf(run.metric, sizeof run.metric, "%s", path) :
	    snprintf(run.metric, sizeof run.metric, "%s/heartbeat.prom", run.folder);

	if (n <= 0 || (size_t)n >= sizeof run.metric)
		cli_usage(&cli, "-o: `%s' is no path", path != NULL ? path : run.folder);
}

int
main(int argc, char **argv)
{
	const char *from = NULL, *metric = NULL;
	unsigned long seconds = SECONDS;
	bool agent = false, other = false;
	int o;

	run.folder = "/var/lib/multiscan/heartbeat";
	run.dir = -1;
	take_server("127.0.0.1:25");
	while ((o = cli_getopt(&cli, argc, argv, ":D:f:L:o:rs:t:v")) != -1) {
		other |= o != 'D' && o != 'r';
		if (o == 'D')
			run.folder = optarg;
		else if (o == 'f')
			from = take_address(optarg);
		else if (o == 'L')
			take_log(optarg);
		else if (o == 'o')
			metric = optarg;
		else if (o == 'r')
			agent = true;
		else if (o == 's')
			take_server(optarg);
		else if (o == 't')
			seconds = cli_number(&cli, "-t", optarg, 1, SECONDS_MAX);
		else
			run.verbose = true;
	}
	if (argc - optind > (agent ? 0 : 1) || (agent && other))
		cli_usage(&cli, agent ? "-r takes nothing but -D" : "one recipient");
	cli_deadline(agent ? CLI_SECONDS : seconds + SPARE);
	if (agent)
		return receive(run.folder);
	take_addresses(from, optind < argc ? take_address(argv[optind]) : NULL);
	take_metric(metric);
	if (run.watch.n == 0)
		take_usual_logs();
	run.start = clock_ms();
	run.end = run.start + (long long)seconds * 1000;
	return heartbeat();
}
