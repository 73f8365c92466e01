/* SPDX-License-Identifier: ISC */
/*
 * sink: an SMTP server for tests.  It keeps what it is given and fails as told.
 *
 *   sink [-6b] [-l ADDR] [-p PORT] [-P FILE] [-n N] [-t SECONDS] [-d MS]
 *        [-N WORD]... [-r RULE]... DIR
 *
 * It serves any number of connections at once, in one process, until it is
 * killed.  Strict: only CR LF ends a command, only CR LF . CR LF a message.
 *
 *   -6          listen on ::1 (-l ADDR: on that; otherwise on 127.0.0.1)
 *   -p PORT     the port (default: any free one)
 *   -P FILE     the port's number is put here, whole, once it listens
 *   -n N        end with 0 once N connections have come and gone
 *   -t SECONDS  end with 75 after so long (default 300)
 *   -d MS       wait so long before each answer
 *   -b          dribble: send each answer byte by byte, a millisecond apart
 *   -N WORD     do not offer this; otherwise PIPELINING, SIZE, 8BITMIME,
 *               SMTPUTF8 and XFORWARD are
 *   -r RULE     what goes wrong: [N:]WHEN=DO, with N: on the Nth connection
 *               only.  The first rule that fits is used.
 *     WHEN      connect, ehlo, xforward, mail, rcpt, data, dot (the end of the
 *               message), rset, quit; a number after it means the Nth of them
 *               on that connection (rcpt2); body:BYTES, when so much of a
 *               message has come
 *     DO        CODE TEXT    answer so
 *               say:BYTES    send these, as they are: \r \n \\ \xHH; counts as
 *                            the code that they begin with (dot=say:250 keeps
 *                            the message, and its answer never becomes whole)
 *               drop         close the connection at once
 *               hang         do nothing on this connection any more
 *
 * DIR gets, for the Nth message that was answered with 2xx (files are whole
 * before the answer is sent):
 *   N.raw   its bytes as they came, with the doubled dots and the last dot
 *   N.env   the commands that led to it and were accepted: EHLO, XFORWARD,
 *           MAIL, RCPT, a line each
 *   N.eml   the message; comes last
 * and log, one record a line: conn=N do=connect; conn=N line=COMMAND read=R (R
 * counts the reads on the connection: pipelined commands share it); conn=N
 * code=CODE of each answer; conn=N do=message n=N; conn=N do=close at=command,
 * or at=body bytes=SO-MANY where it ended within a message.
 */
#include "common/cli.h"
#include "common/record.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { CONNS = 256, RULES = 32, WORDS = 5 };

struct buf {
	char *p;
	size_t n;
	size_t room;
};

struct rule {
	unsigned long conn;	/* 0: any */
	char when[16];
	unsigned long nth;	/* 0: any; of body: bytes */
	char *what;
};

struct conn {
	int fd;			/* -1: this place is free */
	unsigned long no;
	unsigned long reads;
	unsigned long counts[10];	/* of each command, as named in commands */
	bool body;		/* a message is coming */
	bool fired;		/* the body rule was used for it */
	bool hang;
	bool closing;		/* once all is sent */
	size_t seen;		/* bytes of in that hold no end of a message */
	size_t hello;		/* bytes of envelope before MAIL */
	struct buf in;
	struct buf out;
	struct buf envelope;
	long long due;		/* when out may be sent, ms */
};

static const char *commands[] = { "connect", "ehlo", "xforward", "mail", "rcpt",
    "data", "dot", "rset", "quit" };
static const char *words[WORDS] = { "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8",
    "XFORWARD" };
static bool offered[WORDS] = { true, true, true, true, true };
static struct rule rules[RULES];
static size_t nrules;
static struct conn conns[CONNS];
static unsigned long accepted, closed, messages;
static long delay;
static bool dribble;
static int dirfd_, logfd;

static const struct cli cli = { "sink",
    "sink [-6b] [-l ADDR] [-p PORT] [-P FILE] [-n N] [-t SECONDS] [-d MS] "
    "[-N WORD]... [-r RULE]... DIR\n"
    "An SMTP server for tests; see the comment in its source.\n"
};

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
add(struct buf *b, const void *p, size_t n)
{
	if (b->n + n > b->room) {
		b->room = (b->n + n) * 2 + 1024;
		if ((b->p = realloc(b->p, b->room)) == NULL)
			err(EXIT_RETRY, "realloc");
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
eat(struct buf *b, size_t n)
{
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

/* One record in the log, begun with conn=. */
static struct record *
log_start(const struct conn *c)
{
	static struct record r;

	record_start(&r);
	record_addnum(&r, "conn", c->no);
	return &r;
}

static void
log_end(struct record *r)
{
	record_end(r);
	if (write_all(logfd, r->text, r->len) < 0)
		err(EXIT_RETRY, "log");
}

static void
answer(struct conn *c, const char *text)
{
	struct record *r = log_start(c);

	record_add(r, "code", text, strcspn(text, " -\r"));
	log_end(r);
	add(&c->out, text, strlen(text));
	c->due = now() + delay;
}

static void
drop(struct conn *c)
{
	struct record *r = log_start(c);

	record_addstr(r, "do", "close");
	record_addstr(r, "at", c->body ? "body" : "command");
	if (c->body)
		record_addnum(r, "bytes", c->in.n);
	log_end(r);
	close(c->fd);
	free(c->in.p);
	free(c->out.p);
	free(c->envelope.p);
	c->in = c->out = c->envelope = (struct buf){ 0 };
	c->fd = -1;
	closed++;
}

/* The bytes that text means, with its escapes, to out. */
static void
say(struct conn *c, const char *text)
{
	for (; *text != '\0'; text++) {
		char b = *text, hex[3] = { 0 };

		if (b == '\\' && text[1] != '\0') {
			b = *++text;
			if (b == 'x' && isxdigit((unsigned char)text[1]) &&
			    isxdigit((unsigned char)text[2])) {
				hex[0] = *++text;
				hex[1] = *++text;
				b = (char)strtoul(hex, NULL, 16);
			} else
				b = b == 'r' ? '\r' : b == 'n' ? '\n' : b;
		}
		add(&c->out, &b, 1);
	}
	c->due = now() + delay;
}

/* The rule for the nth WHEN on this connection, or NULL. */
static const char *
find_rule(const struct conn *c, const char *when, unsigned long nth)
{
	for (size_t i = 0; i < nrules; i++)
		if (strcmp(rules[i].when, when) == 0 &&
		    (rules[i].conn == 0 || rules[i].conn == c->no) &&
		    (rules[i].nth == 0 || rules[i].nth == nth))
			return rules[i].what;
	return NULL;
}

/* Does what; the code that it answered with, 0 for none. */
static int
act(struct conn *c, const char *what)
{
	if (strcmp(what, "drop") == 0)
		drop(c);
	else if (strcmp(what, "hang") == 0)
		c->hang = true;
	else if (strncmp(what, "say:", 4) == 0) {
		say(c, what + 4);
		return atoi(what + 4);
	} else {
		char text[1024];

		snprintf(text, sizeof text, "%s\r\n", what);
		answer(c, text);
		return atoi(what);
	}
	return 0;
}

/* Answers to WHEN as a rule says, or with usual; the code answered. */
static int
respond(struct conn *c, const char *when, const char *usual)
{
	size_t i = 0;
	const char *what;

	while (strcmp(commands[i], when) != 0)
		i++;
	what = find_rule(c, when, ++c->counts[i]);
	if (what != NULL)
		return act(c, what);
	answer(c, usual);
	return atoi(usual);
}

static void
write_file(unsigned long n, const char *end, const void *p, size_t len)
{
	char name[64], temp[72];
	int fd;

	snprintf(name, sizeof name, "%lu.%s", n, end);
	snprintf(temp, sizeof temp, "%s.tmp", name);
	fd = openat(dirfd_, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write_all(fd, p, len) < 0 || close(fd) < 0 ||
	    renameat(dirfd_, temp, dirfd_, name) < 0)
		err(EXIT_RETRY, "%s", name);
}

/* The message in n bytes with their last dot, its doubled dots taken out. */
static size_t
unstuff(const char *p, size_t n, char *to)
{
	size_t len = 0;
	bool start = true;

	for (size_t i = 0; i < n - 3; i++) {
		if (!(start && p[i] == '.'))
			to[len++] = p[i];
		start = p[i] == '\n' && i > 0 && p[i - 1] == '\r';
	}
	return len;
}

static void
keep_message(struct conn *c, size_t n)
{
	struct record *r = log_start(c);
	char *text = malloc(n);

	if (text == NULL)
		err(EXIT_RETRY, "malloc");
	messages++;
	write_file(messages, "raw", c->in.p, n);
	write_file(messages, "env", c->envelope.p, c->envelope.n);
	write_file(messages, "eml", text, unstuff(c->in.p, n, text));
	free(text);
	record_addstr(r, "do", "message");
	record_addnum(r, "n", messages);
	log_end(r);
}

/* The end of the message in n bytes, or 0. */
static size_t
find_end(struct conn *c)
{
	static const char end[] = "\r\n.\r\n";
	const char *p = c->in.p, *found;
	size_t from = c->seen;

	if (c->in.n >= 3 && memcmp(p, end + 2, 3) == 0)
		return 3;
	for (; from + 5 <= c->in.n; from = (size_t)(found - p) + 1) {
		found = memchr(p + from, '\r', c->in.n - from - 4);
		if (found == NULL)
			break;
		if (memcmp(found, end, 5) == 0)
			return (size_t)(found - p) + 5;
	}
	c->seen = c->in.n > 4 ? c->in.n - 4 : 0;
	return 0;
}

/* Some of a message has come; true: it has ended and there is more to do. */
static bool
take_body(struct conn *c)
{
	size_t end;

	for (size_t i = 0; i < nrules && !c->fired; i++) {
		if (strcmp(rules[i].when, "body") == 0 && c->in.n >= rules[i].nth &&
		    (rules[i].conn == 0 || rules[i].conn == c->no)) {
			c->fired = true;
			act(c, rules[i].what);
			if (c->fd < 0 || c->hang)
				return false;
		}
	}
	if ((end = find_end(c)) == 0)
		return false;
	c->body = false;
	/* The answer is queued first, and sent only after all is kept. */
	if (respond(c, "dot", "250 kept\r\n") / 100 == 2)
		keep_message(c, end);
	if (c->fd < 0)
		return false;
	eat(&c->in, end);
	c->envelope.n = c->hello;
	return true;
}

static void
greet(struct conn *c, const char *line)
{
	char text[512] = "250-sink.example\r\n";
	size_t n = strlen(text);

	for (size_t i = 0; i < WORDS; i++)
		if (offered[i])
			n += (size_t)snprintf(text + n, sizeof text - n, "250-%s%s\r\n",
			    words[i], i == 4 ? " NAME ADDR PROTO HELO SOURCE PORT IDENT" : "");
	snprintf(text + n, sizeof text - n, "250 HELP\r\n");
	if (respond(c, "ehlo", text) / 100 == 2 && c->fd >= 0) {
		c->envelope.n = 0;
		add(&c->envelope, line, strlen(line));
		add(&c->envelope, "\n", 1);
		c->hello = c->envelope.n;
	}
}

static bool
begins(const char *line, const char *word)
{
	return strncasecmp(line, word, strlen(word)) == 0;
}

/* A command that is kept in the envelope where it is accepted. */
static void
note(struct conn *c, const char *when, const char *line)
{
	if (respond(c, when, "250 ok\r\n") / 100 != 2 || c->fd < 0)
		return;
	add(&c->envelope, line, strlen(line));
	add(&c->envelope, "\n", 1);
	if (strcmp(when, "xforward") == 0)
		c->hello = c->envelope.n;
}

static void
do_command(struct conn *c, const char *line)
{
	if (begins(line, "EHLO"))
		greet(c, line);
	else if (begins(line, "XFORWARD "))
		note(c, "xforward", line);
	else if (begins(line, "MAIL FROM:"))
		note(c, "mail", line);
	else if (begins(line, "RCPT TO:"))
		note(c, "rcpt", line);
	else if (begins(line, "DATA")) {
		c->body = respond(c, "data", "354 go on\r\n") == 354;
		c->fired = false;
		c->seen = 0;
	} else if (begins(line, "RSET")) {
		c->envelope.n = c->hello;
		respond(c, "rset", "250 ok\r\n");
	} else if (begins(line, "QUIT")) {
		respond(c, "quit", "221 bye\r\n");
		c->closing = true;
	} else
		answer(c, "502 what?\r\n");
}

/* One command out of in; false: there is no whole one. */
static bool
take_command(struct conn *c)
{
	char line[4096];
	struct record *r;
	size_t n = 0;

	while (n + 1 < c->in.n && !(c->in.p[n] == '\r' && c->in.p[n + 1] == '\n'))
		n++;
	if (n + 1 >= c->in.n)
		return false;
	snprintf(line, sizeof line, "%.*s", (int)n, c->in.p);
	r = log_start(c);
	record_add(r, "line", c->in.p, n);
	record_addnum(r, "read", c->reads);
	log_end(r);
	eat(&c->in, n + 2);
	do_command(c, line);
	return true;
}

static void
readable(struct conn *c)
{
	char text[65536];
	ssize_t n = read(c->fd, text, sizeof text);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	c->reads++;
	add(&c->in, text, (size_t)n);
	while (c->fd >= 0 && !c->hang && !c->closing &&
	    (c->body ? take_body(c) : take_command(c)))
		;
}

static void
writable(struct conn *c)
{
	ssize_t n = write(c->fd, c->out.p, dribble ? 1 : c->out.n);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		drop(c);
		return;
	}
	if (n > 0)
		eat(&c->out, (size_t)n);
	if (dribble)
		c->due = now() + 1;
	if (c->out.n == 0 && c->closing)
		drop(c);
}

static void
welcome(int listener)
{
	struct conn *c = conns;
	int fd = accept(listener, NULL, NULL);
	struct record *r;

	if (fd < 0)
		return;
	while (c < conns + CONNS && c->fd >= 0)
		c++;
	if (c == conns + CONNS || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		close(fd);
		return;
	}
	memset(c, 0, sizeof *c);
	c->fd = fd;
	c->no = ++accepted;
	r = log_start(c);
	record_addstr(r, "do", "connect");
	log_end(r);
	respond(c, "connect", "220 sink.example ESMTP\r\n");
}

/* One round over all connections. */
static void
serve(int listener)
{
	struct pollfd p[CONNS + 1] = { { listener, POLLIN, 0 } };
	long long t = now(), wait = -1;

	for (size_t i = 0; i < CONNS; i++) {
		struct conn *c = &conns[i];

		p[i + 1].fd = c->hang ? -1 : c->fd;
		p[i + 1].events = POLLIN;
		if (c->fd < 0 || c->hang || c->out.n == 0)
			continue;
		if (c->due <= t)
			p[i + 1].events |= POLLOUT;
		else if (wait < 0 || c->due - t < wait)
			wait = c->due - t;
	}
	if (poll(p, CONNS + 1, (int)wait) < 0 && errno != EINTR)
		err(EXIT_RETRY, "poll");
	for (size_t i = 0; i < CONNS; i++) {
		struct conn *c = &conns[i];

		if (c->fd >= 0 && (p[i + 1].revents & POLLOUT))
			writable(c);
		if (c->fd >= 0 && (p[i + 1].revents & (POLLIN | POLLHUP | POLLERR)))
			readable(c);
	}
	if (p[0].revents & POLLIN)
		welcome(listener);
}

static void
add_rule(char *text)
{
	struct rule *r = &rules[nrules++];
	char *end;
	size_t n;

	if (nrules > RULES)
		cli_usage(&cli, "too many rules");
	memset(r, 0, sizeof *r);
	if (isdigit((unsigned char)*text)) {
		r->conn = strtoul(text, &end, 10);
		if (*end != ':')
			cli_usage(&cli, "rule `%s'", text);
		text = end + 1;
	}
	n = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	if (n == 0 || n >= sizeof r->when)
		cli_usage(&cli, "rule `%s'", text);
	memcpy(r->when, text, n);
	r->nth = strtoul(text + n + (text[n] == ':'), &end, 10);
	if (*end != '=')
		cli_usage(&cli, "rule `%s'", text);
	r->what = end + 1;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i], r->when) == 0)
			return;
	if (strcmp(r->when, "body") != 0)
		cli_usage(&cli, "there is no moment `%s'", r->when);
}

static void
withhold(const char *word)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (strcasecmp(words[i], word) == 0) {
			offered[i] = false;
			return;
		}
	}
	cli_usage(&cli, "%s is not offered anyway", word);
}

static int
listen_on(const char *addr, unsigned long port, const char *portfile)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	bool is6 = inet_pton(AF_INET6, addr, &six.sin6_addr) == 1;
	struct sockaddr *sa = is6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
	socklen_t len = is6 ? sizeof six : sizeof four;
	int fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	char temp[4096];
	FILE *f;

	if (!is6 && inet_pton(AF_INET, addr, &four.sin_addr) != 1)
		cli_usage(&cli, "`%s' is no address", addr);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, sa, len) < 0 || listen(fd, 128) < 0 || getsockname(fd, sa, &len) < 0)
		err(EXIT_RETRY, "%s:%lu", addr, port);
	if (portfile == NULL)
		return fd;
	snprintf(temp, sizeof temp, "%s.tmp", portfile);
	if ((f = fopen(temp, "w")) == NULL ||
	    fprintf(f, "%d\n", ntohs(is6 ? six.sin6_port : four.sin_port)) < 0 ||
	    fclose(f) == EOF || rename(temp, portfile) < 0)
		err(EXIT_RETRY, "%s", portfile);
	return fd;
}

static void
open_folder(const char *path)
{
	dirfd_ = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd_ < 0)
		err(EXIT_RETRY, "%s", path);
	logfd = openat(dirfd_, "log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (logfd < 0)
		err(EXIT_RETRY, "%s/log", path);
}

int
main(int argc, char **argv)
{
	const char *addr = "127.0.0.1", *portfile = NULL;
	unsigned long port = 0, seconds = CLI_SECONDS, enough = 0;
	int o, listener;

	while ((o = cli_getopt(&cli, argc, argv, ":6bl:p:P:n:t:d:N:r:")) != -1) {
		switch (o) {
		case '6': addr = "::1"; break;
		case 'b': dribble = true; break;
		case 'l': addr = optarg; break;
		case 'p': port = cli_number(&cli, "-p", optarg, 0, 65535); break;
		case 'P': portfile = optarg; break;
		case 'n': enough = cli_number(&cli, "-n", optarg, 1, 1000000000); break;
		case 't': seconds = cli_number(&cli, "-t", optarg, 0, 86400); break;
		case 'd': delay = (long)cli_number(&cli, "-d", optarg, 0, 3600000); break;
		case 'N': withhold(optarg); break;
		default: add_rule(optarg);
		}
	}
	if (optind + 1 != argc)
		cli_usage(&cli, "name one folder");
	cli_deadline(seconds);
	for (size_t i = 0; i < CONNS; i++)
		conns[i].fd = -1;
	open_folder(argv[optind]);
	listener = listen_on(addr, port, portfile);
	while (enough == 0 || closed < enough)
		serve(listener);
	return 0;
}
