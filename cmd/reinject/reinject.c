/* SPDX-License-Identifier: ISC */
/* reinject: hands the message of a work directory to an MTA by SMTP. */
#include "cmd/reinject/wire.h"
#include "common/address.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <sys/pidfd.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 32768, QUEUE = 128, TEXTMAX = 500, HOSTMAX = 256 };

/* What is to be sent. */
struct letter {
	const char *dir;
	const char *to;		/* instead of the recipients, or NULL */
	bool original;		/* message, though there is a message.new */
	char *envelope;		/* the record: n bytes without its newline */
	size_t n;
	struct span id;
	unsigned long recipients;
	bool utf8;		/* an address needs SMTPUTF8 */
	int fd;			/* the message */
	int waits;		/* pidfd of who waits for it, or -1; and then: */
	pid_t parent;
	struct smtp_stuff form;	/* what it is on the wire */
};

/* A command, as far as its answer matters. */
enum step { XFORWARD, MAIL, RCPT, DATA, END };

static const char *const step_name[] = { "XFORWARD", "MAIL", "RCPT", "DATA",
    "the message" };

struct answer {
	enum step step;
	int code;		/* 0: there was none */
	size_t n;
	char text[TEXTMAX];
};

struct session {
	struct wire wire;
	struct smtp_offer offer;
	enum step queue[QUEUE];		/* commands whose answers are to come */
	size_t queued;
	unsigned long refused;		/* recipients */
	struct answer later;		/* the first 4xx */
	struct answer refusal;		/* the first 5xx */
};

static const struct cli cli = { "reinject",
    "reinject [-uO] [-r RCPT] [-t SECONDS] [-w PID] -s HOST:PORT DIR\n"
    "  -s HOST:PORT  the server; an IPv6 address as [ADDRESS]:PORT\n"
    "  -u            remove DIR once its message is open\n"
    "  -O            send message, though there is a message.new\n"
    "  -r RCPT       send to RCPT, not to the recipients in the envelope\n"
    "  -t SECONDS    give up after so long (300)\n"
    "  -w PID        not if that process, which waits for this, or our parent has ended\n"
    "Sends DIR's message.new, or message where there is none, to the recipients\n"
    "in its envelope.\n"
    "Exit: 0 sent, 1 refused for good (a record says why), 64 wrong call, 75 not now.\n"
};

static int
refuse(const struct letter *l, int code, const char *text, size_t n)
{
	static struct record r;

	record_start(&r);
	record_addcoded(&r, "id", l->id);
	record_addstr(&r, "do", "refuse");
	record_addnum(&r, "code", (unsigned)code);
	record_add(&r, "text", text, n);
	record_end(&r);
	fwrite(r.text, 1, r.len, stdout);
	return EXIT_FOUND;
}

/* The server's words in a form that is safe on a terminal and in a log. */
static const char *
printable(const struct answer *a)
{
	static char text[TEXTMAX + 1];

	for (size_t i = 0; i < a->n; i++)
		text[i] = a->text[i] < ' ' || a->text[i] > '~' ? '?' : a->text[i];
	text[a->n] = '\0';
	return text;
}

/* The bytes of a word in memory that the next call uses again. */
static struct span
decode(struct span coded)
{
	static char bytes[RECORD_MAX];
	struct span v = { bytes, record_decode(bytes, coded) };

	return v;
}

static struct span
envelope_value(const struct letter *l, const char *key)
{
	struct span v = { "", 0 };

	if (record_get(l->envelope, l->n, key, &v))
		v = decode(v);
	return v;
}

static bool
is_key(struct span key, const char *what)
{
	return key.n == strlen(what) && memcmp(key.p, what, key.n) == 0;
}

/* The next recipient; start with *at = 0. */
static bool
next_recipient(const struct letter *l, size_t *at, struct span *to)
{
	struct word w;

	if (l->to != NULL) {
		*to = (struct span){ l->to, strlen(l->to) };
		return (*at)++ == 0;
	}
	while (record_word(l->envelope, l->n, at, &w)) {
		if (is_key(w.key, "to")) {
			*to = decode(w.value);
			return true;
		}
	}
	return false;
}

static void
read_envelope(struct letter *l, const struct workdir *w)
{
	struct span v;

	if ((l->envelope = workdir_envelope(w, &l->n)) == NULL)
		err(EXIT_RETRY, "%s/envelope", l->dir);
	l->n--;
	if (!record_get(l->envelope, l->n, "id", &l->id) ||
	    !record_get(l->envelope, l->n, "from", &v) ||
	    !record_get(l->envelope, l->n, "to", &v))
		errx(EXIT_RETRY, "%s/envelope: id, from or to is missing", l->dir);
	/* A cut address is another address. */
	if (record_get(l->envelope, l->n, "cut", &v))
		errx(EXIT_RETRY, "%s/envelope: it was cut", l->dir);
}

/* Can all addresses be sent at all?  Counts the recipients. */
static bool
check_addresses(struct letter *l)
{
	struct span v = envelope_value(l, "from");
	size_t at = 0;
	bool good = smtp_address(v);

	l->utf8 = smtp_8bit(v.p, v.n);
	while (next_recipient(l, &at, &v)) {
		good = good && v.n > 0 && smtp_address(v);
		l->utf8 |= smtp_8bit(v.p, v.n);
		l->recipients++;
	}
	return good;
}

/*
 * message.new is not there: was it never to be?  Else message may hold what was
 * to be taken out.  A folder that is being removed loses its manifest first.
 */
static void
check_unchanged(const struct letter *l, const struct workdir *w)
{
	struct manifest m;
	size_t n;
	char *changes = workdir_changes(w, &n);

	if (changes == NULL)
		err(EXIT_RETRY, "%s/changes", l->dir);
	if (n > 0)
		errx(EXIT_RETRY, "%s: there are changes, but no message.new", l->dir);
	free(changes);
	if (manifest_open(&m, w) < 0)
		err(EXIT_RETRY, "%s/manifest", l->dir);
	manifest_close(&m);
}

/* Opens the message and learns its form on the wire. */
static void
open_message(struct letter *l, const struct workdir *w)
{
	static char chunk[CHUNK];
	ssize_t n;

	if (l->original)
		l->fd = workdir_message(w);
	else if ((l->fd = workdir_changed(w)) < 0 && errno == ENOENT) {
		check_unchanged(l, w);
		l->fd = workdir_message(w);
	}
	if (l->fd < 0)
		err(EXIT_RETRY, "%s", l->dir);
	while ((n = read(l->fd, chunk, sizeof chunk)) > 0)
		smtp_stuff(&l->form, chunk, (size_t)n, NULL);
	if (n < 0 || lseek(l->fd, 0, SEEK_SET) < 0)
		err(EXIT_RETRY, "%s", l->dir);
	smtp_stuff_end(&l->form, NULL);
}

static void
keep_answer(struct answer *a, enum step step, const struct smtp_reply *r)
{
	if (a->code != 0)
		return;
	a->step = step;
	a->code = r->code;
	a->n = smtp_reply_text(r, a->text, sizeof a->text);
}

static void
judge(struct session *s, enum step step, const struct smtp_reply *r)
{
	struct answer a = { .code = 0 };

	if (r->code / 100 == 2 && step != DATA)
		return;
	if (r->code == 354 && step == DATA)
		return;
	keep_answer(&a, step, r);
	if (r->code < 400)
		errx(EXIT_RETRY, "%s: %s: an answer of another kind: %d %s",
		    s->wire.where, step_name[step], a.code, printable(&a));
	if (step == XFORWARD)	/* serves the log only */
		warnx("%s: XFORWARD: %d %s", s->wire.where, a.code, printable(&a));
	else if (r->code < 500)
		keep_answer(&s->later, step, r);
	else {
		s->refused += step == RCPT;
		keep_answer(&s->refusal, step, r);
	}
}

/* Sends what is put, and judges the answers to it. */
static void
collect(struct session *s)
{
	struct smtp_reply r;

	if (s->queued > 0)
		wire_ask(&s->wire);
	for (size_t i = 0; i < s->queued; i++) {
		wire_reply(&s->wire, &r);
		judge(s, s->queue[i], &r);
	}
	s->queued = 0;
}

/* A command was put. */
static void
expect(struct session *s, enum step step)
{
	s->queue[s->queued++] = step;
	if (!s->offer.pipelining || s->queued == QUEUE ||
	    s->wire.outlen > WIRE_OUT / 4)
		collect(s);
}

static void
hang_up(struct session *s, const char *words)
{
	wire_puts(&s->wire, words);
	wire_leave(&s->wire);
}

static void
greet(struct session *s)
{
	char host[HOSTMAX] = "";
	struct smtp_reply r;
	struct answer a = { .code = 0 };

	wire_reply(&s->wire, &r);
	if (r.code == 220) {
		if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0' ||
		    host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0')
			snprintf(host, sizeof host, "localhost");
		wire_puts(&s->wire, "EHLO ");
		wire_puts(&s->wire, host);
		wire_puts(&s->wire, "\r\n");
		wire_ask(&s->wire);
		wire_reply(&s->wire, &r);
	}
	if (r.code != 250) {
		keep_answer(&a, XFORWARD, &r);
		errx(EXIT_RETRY, "%s: %d %s", s->wire.where, a.code, printable(&a));
	}
	smtp_offer(&r, &s->offer);
}

static void
put_attribute(struct session *s, unsigned bit, const char *name, struct span v)
{
	static const char unknown[] = "[UNAVAILABLE]";
	char coded[SMTP_VALUEMAX], addr[16], text[64];

	if ((s->offer.xforward & bit) == 0)
		return;
	wire_puts(&s->wire, name);
	if (v.n == 0 || is_key(v, "unknown")) {
		wire_puts(&s->wire, unknown);
		return;
	}
	if (bit == SMTP_XF_ADDR) {
		snprintf(text, sizeof text, "%.*s", (int)v.n, v.p);
		if (inet_pton(AF_INET6, text, addr) == 1)
			wire_puts(&s->wire, "IPV6:");
		else if (inet_pton(AF_INET, text, addr) != 1) {
			wire_puts(&s->wire, unknown);
			return;
		}
	}
	wire_put(&s->wire, coded, smtp_xtext(coded, v));
}

static void
put_xforward(struct session *s, const struct letter *l)
{
	struct span source = envelope_value(l, "channel");

	if (is_key(source, "inside"))
		source = (struct span){ "LOCAL", 5 };
	else if (is_key(source, "outside"))
		source = (struct span){ "REMOTE", 6 };
	else
		source.n = 0;
	if (s->offer.xforward & (SMTP_XF_NAME | SMTP_XF_ADDR)) {
		wire_puts(&s->wire, "XFORWARD");
		put_attribute(s, SMTP_XF_NAME, " NAME=", envelope_value(l, "host"));
		put_attribute(s, SMTP_XF_ADDR, " ADDR=", envelope_value(l, "client"));
		wire_puts(&s->wire, "\r\n");
		expect(s, XFORWARD);
	}
	if (s->offer.xforward & (SMTP_XF_HELO | SMTP_XF_IDENT | SMTP_XF_SOURCE)) {
		wire_puts(&s->wire, "XFORWARD");
		put_attribute(s, SMTP_XF_HELO, " HELO=", envelope_value(l, "helo"));
		put_attribute(s, SMTP_XF_IDENT, " IDENT=", envelope_value(l, "queue"));
		put_attribute(s, SMTP_XF_SOURCE, " SOURCE=", source);
		wire_puts(&s->wire, "\r\n");
		expect(s, XFORWARD);
	}
}

static void
put_address(struct session *s, const char *command, struct span a)
{
	wire_puts(&s->wire, command);
	wire_put(&s->wire, a.p, a.n);
	wire_puts(&s->wire, ">");
}

static void
put_mail(struct session *s, const struct letter *l)
{
	char size[40];

	if (l->utf8 && !s->offer.utf8)
		errx(EXIT_RETRY, "%s: does not offer SMTPUTF8, and an address is "
		    "not ASCII", s->wire.where);
	if (l->form.eightbit && !s->offer.eightbit)
		errx(EXIT_RETRY, "%s: does not offer 8BITMIME, and the message has "
		    "8-bit bytes", s->wire.where);
	put_address(s, "MAIL FROM:<", envelope_value(l, "from"));
	if (s->offer.size) {
		snprintf(size, sizeof size, " SIZE=%llu", l->form.size);
		wire_puts(&s->wire, size);
	}
	if (l->form.eightbit)
		wire_puts(&s->wire, " BODY=8BITMIME");
	if (l->utf8)
		wire_puts(&s->wire, " SMTPUTF8");
	wire_puts(&s->wire, "\r\n");
	expect(s, MAIL);
}

static bool
failed(const struct session *s)
{
	return s->later.code != 0 || s->refusal.code != 0;
}

static void
put_recipients(struct session *s, const struct letter *l)
{
	struct span to;
	size_t at = 0;

	while (s->later.code == 0 && (s->refusal.code == 0 || s->refused > 0) &&
	    next_recipient(l, &at, &to)) {
		put_address(s, "RCPT TO:<", to);
		wire_puts(&s->wire, "\r\n");
		expect(s, RCPT);
	}
	collect(s);
}

/* If who would tell of it was killed, somebody else has been told to try again. */
static void
check_wanted(const struct letter *l)
{
	struct pollfd p = { .fd = l->waits, .events = POLLIN };

	if (l->waits >= 0 && (poll(&p, 1, 0) != 0 || getppid() != l->parent))
		errx(EXIT_RETRY, "%s: nobody waits for it any more", l->dir);
}

/* The message; the dot at its end goes out only if all of it was there. */
static void
put_message(struct session *s, const struct letter *l)
{
	static char chunk[CHUNK];
	struct wire *w = &s->wire;
	struct smtp_stuff now = { .taken = 0 };
	ssize_t n;

	while ((n = read(l->fd, chunk, sizeof chunk)) > 0)
		w->outlen += smtp_stuff(&now, chunk, (size_t)n,
		    wire_room(w, 2 * (size_t)n));
	if (n < 0)
		err(EXIT_RETRY, "%s", l->dir);
	if (now.taken != l->form.taken)
		errx(EXIT_RETRY, "%s: the message has changed while it was sent", l->dir);
	check_wanted(l);
	w->outlen += smtp_stuff_end(&now, wire_room(w, SMTP_ENDMAX));
	expect(s, END);
	collect(s);
}

/* What failed decides the exit: nothing was taken by the server. */
static int
give_up(struct session *s, const struct letter *l)
{
	const struct answer *a = s->later.code != 0 ? &s->later : &s->refusal;

	hang_up(s, a->step == RCPT ? "RSET\r\nQUIT\r\n" : "QUIT\r\n");
	if (a == &s->refusal && (a->step != RCPT || s->refused == l->recipients))
		return refuse(l, a->code, a->text, a->n);
	if (a == &s->refusal)
		errx(EXIT_RETRY, "%s: some recipients were refused, so none got it: "
		    "%d %s", s->wire.where, a->code, printable(a));
	errx(EXIT_RETRY, "%s: %s: %d %s", s->wire.where, step_name[a->step], a->code,
	    printable(a));
}

/* The whole dialogue. */
static int
deliver(struct session *s, const struct letter *l)
{
	greet(s);
	put_xforward(s, l);
	put_mail(s, l);
	put_recipients(s, l);
	if (!failed(s)) {
		wire_puts(&s->wire, "DATA\r\n");
		expect(s, DATA);
		collect(s);
	}
	if (!failed(s))
		put_message(s, l);
	if (failed(s))
		return give_up(s, l);
	hang_up(s, "QUIT\r\n");
	return EXIT_NOTHING;
}

/* The server, with or without the tcp: that other commands want. */
static void
parse_server(const char *server, struct address *a)
{
	char text[sizeof a->host + 32];
	int n = snprintf(text, sizeof text, "%s%s",
	    strncmp(server, "tcp:", 4) == 0 ? "" : "tcp:", server);

	if (n < 0 || (size_t)n >= sizeof text || !address_parse(a, text))
		cli_usage(&cli, "-s: `%s' is not HOST:PORT or [IPV6]:PORT", server);
}

static int
open_waiting(unsigned long pid)
{
	int fd = pidfd_open((pid_t)pid, 0);

	if (fd < 0)
		err(EXIT_RETRY, "-w %lu", pid);
	return fd;
}

static void
open_letter(struct letter *l, bool remove)
{
	struct workdir w;

	if (workdir_open(&w, l->dir) < 0)
		err(EXIT_RETRY, "%s: no whole work directory", l->dir);
	read_envelope(l, &w);
	open_message(l, &w);
	workdir_close(&w);
	if (remove && workdir_remove(l->dir) < 0)
		warn("%s: not removed", l->dir);
}

int
main(int argc, char **argv)
{
	static const char bad[] = "5.1.3 an address that cannot be sent";
	static struct session session;
	struct letter letter = { .fd = -1, .waits = -1, .parent = getppid() };
	unsigned long seconds = CLI_SECONDS;
	const char *server = NULL;
	struct address address;
	bool remove = false;
	int o, status;

	while ((o = cli_getopt(&cli, argc, argv, ":uOr:s:t:w:")) != -1) {
		if (o == 'u')
			remove = true;
		else if (o == 'O')
			letter.original = true;
		else if (o == 'r')
			letter.to = optarg;
		else if (o == 's')
			server = optarg;
		else if (o == 'w')
			letter.waits = open_waiting(cli_number(&cli, "-w", optarg, 1, INT_MAX));
		else
			seconds = cli_number(&cli, "-t", optarg, 1, 86400);
	}
	if (server == NULL)
		cli_usage(&cli, "give the server: -s HOST:PORT");
	if (optind + 1 != argc)
		cli_usage(&cli, "name one work directory");
	parse_server(server, &address);
	cli_deadline(seconds);
	letter.dir = argv[optind];
	open_letter(&letter, remove);
	if (!check_addresses(&letter))
		status = refuse(&letter, 553, bad, sizeof bad - 1);
	else {
		wire_connect(&session.wire, server, &address);
		status = deliver(&session, &letter);
	}
	cli_close_stdout();
	return status;
}
