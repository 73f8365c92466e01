/* SPDX-License-Identifier: ISC */
/* notice: a mail or a note of our own, on stdout; may there be one; whom to answer. */
#include "cmd/notice/address.h"
#include "cmd/notice/claim.h"
#include "cmd/notice/fill.h"
#include "cmd/notice/original.h"
#include "common/cli.h"
#include "common/note.h"

#include <sys/random.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECIPIENTS_MAX = 50, MSGID_MAX = 250, HELD_MAX = 200 };

static const struct cli cli = { "notice",
    "notice [-A] -f FROM -r TO... [-S SUBJECT] [-R MESSAGE-ID] [RATE] <TEXT\n"
    "notice [-A] -f FROM -r TO... [-R MESSAGE-ID] [RATE] -T TEMPLATE [KEY VALUE]...\n"
    "notice -e -T TEMPLATE [KEY VALUE]...   prints the text alone\n"
    "notice -k TEMPLATE...                  says what is wrong with them\n"
    "notice -q DIR                          may that message be answered?\n"
    "  -f FROM        the From field: ADDRESS or `NAME <ADDRESS>'\n"
    "  -r TO          the To field, once a recipient\n"
    "  -S SUBJECT     the Subject\n"
    "  -R MESSAGE-ID  what it answers (left out if it is not well formed)\n"
    "  -A             Auto-Submitted: auto-generated, not auto-replied\n"
    "  -T TEMPLATE    a name, or a file with a slash; see notices(5)\n"
    "  -l LANG,...    languages (en); -N DIR:... folders of templates\n"
    "  -d DIR         what is known of the message in that work directory\n"
    "  -i             records on stdin: what concerns all (not with -d), each finding\n"
    "RATE: -o STATE -c CAUSE [-p SECONDS] [-m MOST]: one in 60 seconds of a cause,\n"
    "60 a minute of all; notice -u -o STATE -c CAUSE: it was not sent.\n"
    "The text is UTF-8 of at most 64 KiB.\n"
    "Exit: 0 done, 1 held back, or not to be answered, 64 wrong call, 75 not now.\n"
};

static struct address from, to[RECIPIENTS_MAX];

struct options {
	struct note_mail mail;
	const char *template, *dir;
	struct where where;
	struct claim claim;
	bool records;
	int mode;		/* e, k, q, u; 0: a mail */
};

/* An address that would not stand in a field is the caller's mistake. */
static void
take_address(struct address *a, int letter, const char *text)
{
	if (text[0] == '\0')
		cli_usage(&cli, "-%c: empty: the null sender gets no notice", letter);
	if (!address_parse(a, text))
		cli_usage(&cli, "-%c: not an address that can stand in a field", letter);
}

/* Random, at this host. */
static void
make_msgid(char *id, size_t n)
{
	unsigned char random[16];
	char host[200] = "";
	size_t len = 0;

	if (getrandom(random, sizeof random, 0) != sizeof random)
		err(EXIT_RETRY, "getrandom");
	for (size_t i = 0; i < sizeof random; i++)
		len += (size_t)snprintf(id + len, n - len, "%02x", random[i]);
	if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0' ||
	    host[strspn(host, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")] != '\0')
		snprintf(host, sizeof host, "localhost");
	snprintf(id + len, n - len, "@%s", host);
}

/* Stdin to its end, so that the writer is not cut off; NOTE_MAX + 1 are kept. */
static size_t
read_text(char *text)
{
	static char rest[4096];
	size_t n = fread(text, 1, NOTE_MAX + 1, stdin);

	while (fread(rest, 1, sizeof rest, stdin) > 0)
		;
	if (ferror(stdin))
		err(EXIT_RETRY, "standard input");
	return n;
}

/* What was held back, at the end of a text that has no place for it. */
static size_t
add_held(char *text, size_t n, const struct claim *c)
{
	time_t since = (time_t)c->since;
	char when[64];
	struct tm tm;

	if (n > NOTE_MAX - HELD_MAX)
		n = NOTE_MAX - HELD_MAX;
	if (gmtime_r(&since, &tm) == NULL ||
	    strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &tm) == 0)
		return n;
	return n + (size_t)snprintf(text + n, HELD_MAX,
	    "%s\n(%lu more such notices were held back since %s.)\n",
	    n > 0 && text[n - 1] != '\n' ? "\n" : "", c->held, when);
}

/* Is it time for one?  The process ends if not. */
static void
claim(struct claim *c, time_t now)
{
	if (c->path == NULL || claim_take(c, now))
		return;
	if (!c->cause_held)
		errx(EXIT_FOUND, "there were %lu of all causes in this minute", c->most);
	errx(EXIT_FOUND, "there was one of this cause less than %lu seconds ago; "
	    "%lu held back since", c->period, c->held);
}

/* The mail, which may be NULL; where it does not get out it does not count. */
static void
put_out(const char *mail, size_t n, const struct claim *c, time_t now)
{
	if (mail != NULL && fwrite(mail, 1, n, stdout) == n && fflush(stdout) == 0)
		return;
	if (mail == NULL)
		warnx("the mail could not be made: no memory");
	else
		warn("standard output");
	if (c->path != NULL)
		claim_undo(c, now);
	exit(EXIT_RETRY);
}

static struct span
make_text(struct options *o)
{
	static struct filled filled;

	fill_held(o->claim.held, o->claim.since);
	fill_make(&filled);
	o->mail.subject = filled.subject;
	o->mail.charset = filled.charset[0] == '\0' ? NULL : filled.charset;
	return (struct span){ filled.body, filled.n };
}

static void
write_mail(struct options *o)
{
	static char text[NOTE_MAX + 1], msgid[MSGID_MAX + 1];
	struct note_address list[RECIPIENTS_MAX];
	struct note_mail *m = &o->mail;
	struct span span = { text, o->template == NULL ? read_text(text) : 0 };
	char *mail;
	size_t n = 0;

	make_msgid(msgid, sizeof msgid);
	m->msgid = msgid;
	m->date = time(NULL);
	for (size_t i = 0; i < m->recipients; i++)
		list[i] = (struct note_address){ to[i].name, to[i].spec };
	m->from = (struct note_address){ from.name, from.spec };
	m->to = list;
	claim(&o->claim, m->date);
	if (o->template != NULL)
		span = make_text(o);
	else if (o->claim.held > 0)
		span.n = add_held(text, span.n, &o->claim);
	mail = note_mail(m, span, &n);
	put_out(mail, n, &o->claim, m->date);
	free(mail);
}

static void
take_recipient(struct note_mail *m, const char *text)
{
	if (m->recipients == RECIPIENTS_MAX)
		cli_usage(&cli, "-r: more than %d recipients", RECIPIENTS_MAX);
	take_address(&to[m->recipients++], 'r', text);
}

static void
take_mode(struct options *o, int mode)
{
	if (o->mode != 0 && o->mode != mode)
		cli_usage(&cli, "-%c and -%c do not go together", o->mode, mode);
	o->mode = mode;
}

static void
take_about(struct note_mail *m, const char *text)
{
	static char about[MSGID_MAX + 1];

	if (msgid_parse(about, sizeof about, text))
		m->about = about;
}

/* true: it was one that says what a mail is. */
static bool
take_mail_option(struct options *o, int letter)
{
	switch (letter) {
	case 'f':
		take_address(&from, letter, optarg);
		return true;
	case 'r':
		take_recipient(&o->mail, optarg);
		return true;
	case 'S':
		o->mail.subject = optarg;
		return true;
	case 'R':
		take_about(&o->mail, optarg);
		return true;
	case 'A':
		o->mail.automatic = "auto-generated";
		return true;
	}
	return false;
}

static void
take_option(struct options *o, int letter)
{
	switch (letter) {
	case 'T':
		o->template = optarg;
		break;
	case 'i':
		o->records = true;
		break;
	case 'd':
		o->dir = optarg;
		break;
	case 'l':
		o->where.langs = optarg;
		break;
	case 'N':
		o->where.dirs = optarg;
		break;
	case 'o':
		o->claim.path = optarg;
		break;
	case 'c':
		o->claim.cause = optarg;
		break;
	case 'p':
		o->claim.period = cli_number(&cli, "-p", optarg, 1, CLAIM_PERIOD_MAX);
		break;
	case 'm':
		o->claim.most = cli_number(&cli, "-m", optarg, 1, CLAIM_MINUTE_MAX);
		break;
	default:
		take_mode(o, letter);
	}
}

static void
check_options(const struct options *o, int operands)
{
	const struct claim *c = &o->claim;
	bool mail = o->mode == 0;

	if (mail && (from.spec[0] == '\0' || o->mail.recipients == 0))
		cli_usage(&cli, "-f and -r are needed");
	if (o->template == NULL && mail && operands > 0)
		cli_usage(&cli, "the text is read from stdin, no file is named");
	if ((c->path == NULL) != (c->cause == NULL) ||
	    (c->cause != NULL && c->cause[0] == '\0'))
		cli_usage(&cli, "-o STATE and -c CAUSE go together");
	if (o->mode == 'u' && (c->path == NULL || operands > 0))
		cli_usage(&cli, "-u: which -o STATE and -c CAUSE");
	if (o->mode == 'e' && o->template == NULL)
		cli_usage(&cli, "-e: which -T TEMPLATE");
	if (o->template != NULL && o->mode != 'e' && !mail)
		cli_usage(&cli, "-%c: no -T goes with it", o->mode);
	if (o->template != NULL && o->mail.subject != NULL)
		cli_usage(&cli, "-S: the template has the subject");
	if (o->template == NULL && (o->records || o->dir != NULL))
		cli_usage(&cli, "-i, -d: which -T TEMPLATE");
	if ((o->mode == 'q' && operands != 1) || (o->mode == 'k' && operands == 0))
		cli_usage(&cli, "-%c: which", o->mode);
}

static void
print_text(struct options *o)
{
	struct span text = make_text(o);

	fwrite(text.p, 1, text.n, stdout);
}

static int
check_templates(const struct options *o, char **names)
{
	int status = EXIT_NOTHING;

	for (; *names != NULL; names++)
		if (!fill_check(&cli, &o->where, *names))
			status = EXIT_CALL;
	return status;
}

static int
tell_refused(const char *dir)
{
	const char *why = original_refused(dir);

	if (why != NULL)
		printf("why=%s\n", why);
	return why == NULL ? EXIT_NOTHING : EXIT_FOUND;
}

/* All that the template is filled with: what is given, and then what is known. */
static void
fill(struct options *o, char **words, int count)
{
	fill_open(&cli, &o->where, o->template);
	fill_words(&cli, words, count);
	if (o->records)
		fill_records(o->dir != NULL);
	if (o->dir != NULL && o->mail.about == NULL)
		take_about(&o->mail, fill_original(o->dir));
	else if (o->dir != NULL)
		fill_original(o->dir);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.mail.automatic = "auto-replied", .where.langs = "en",
		.claim = { .period = CLAIM_PERIOD, .most = CLAIM_MINUTE }
	};
	static const char letters[] = ":f:r:S:R:AT:id:l:N:o:c:p:m:ekqu";
	int letter, status = EXIT_NOTHING;

	while ((letter = cli_getopt(&cli, argc, argv, letters)) != -1)
		if (!take_mail_option(&o, letter))
			take_option(&o, letter);
	check_options(&o, argc - optind);
	cli_deadline(CLI_SECONDS);
	if (o.template != NULL)
		fill(&o, argv + optind, argc - optind);
	if (o.mode == 0)
		write_mail(&o);
	else if (o.mode == 'e')
		print_text(&o);
	else if (o.mode == 'k')
		status = check_templates(&o, argv + optind);
	else if (o.mode == 'q')
		status = tell_refused(argv[optind]);
	else
		claim_undo(&o.claim, time(NULL));
	cli_close_stdout();
	return status;
}
