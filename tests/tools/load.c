/* SPDX-License-Identifier: ISC */
/*
 * load [-c CONNECTIONS] [-n MESSAGES] [-b BYTES] [-k PORT [-q SECONDS]] PORT: mail for a
 * benchmark to the SMTP server at 127.0.0.1:PORT, a connection each, so many at a
 * time.  A message is a text and an attachment in base64 of random bytes, no two
 * alike, BYTES long in all; so no engine's cache answers for it.  75 if one was not
 * taken.
 *
 * With -k it is also what is behind the gateway, at 127.0.0.1 and that port: the next
 * message is sent only when the one before has come out, or was refused, so that so
 * many are in flight; and it ends when all have come out, or when none did for so many
 * seconds (30).  It prints a record:
 *   sent= taken= refused=       messages, and how the server answered
 *   lost= twice=                taken and never came out; copies too many
 *   bounced= strange=           what else came out: from <>; of no number of ours
 *   ms= p50us= p99us= cpums=    the time in all, from connecting to coming out, and
 *                               what load itself used
 */
#include "common/cli.h"
#include "common/record.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct cli cli = { "load",
    "load [-c CONNECTIONS] [-n MESSAGES] [-b BYTES] [-k PORT [-q SECONDS]] PORT\n"
    "Mail for a benchmark; see the comment in its source.\n"
};

static const char HEAD[] = "From: load@sender.example\r\nTo: r@rcpt.example\r\n"
    "Subject: load\r\nDate: Thu, 26 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"=_load\"\r\n\r\n"
    "--=_load\r\nContent-Type: text/plain\r\n\r\nSome text, and a file.\r\n"
    "--=_load\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n";
static const char TAIL[] = "--=_load--\r\n.\r\n";
enum { NUMBER = 160, SINKS = 128 };

static unsigned long connections = 10, messages = 100, bytes = 4096, port, sink_port,
    quiet = 30;
static unsigned long run_id;	/* so that what comes late from another run is not ours */

/* What a sender tells of a message, less than a pipe takes in one piece. */
struct told {
	unsigned long slot, number;
	bool taken;
};

struct message {
	unsigned came;
	bool told, taken;
	unsigned long slot;
	double ms;
};

/* A connection to the sink: fd -1 is a free one. */
struct conn {
	int fd;
	bool body, null;	/* in a message, from <> */
	bool seen;		/* its number, and when it was sent: */
	unsigned long id, number;
	long long sent;
	size_t n;
	char line[512];
};

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The message in buf, about `bytes' long; its length. */
static size_t
make_message(char *buf, unsigned long number, uint64_t *seed)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = (size_t)snprintf(buf, NUMBER,
	    "Message-ID: <%lu.%lu@sender.example>\r\nX-Load: %lu %lu %lld\r\n", run_id,
	    number, run_id, number, now());

	memcpy(buf + n, HEAD, sizeof HEAD - 1);
	n += sizeof HEAD - 1;
	while (n + sizeof TAIL < bytes) {
		for (int i = 0; i < 76; i++) {
			*seed ^= *seed << 13;
			*seed ^= *seed >> 7;
			*seed ^= *seed << 17;
			buf[n++] = digits[*seed & 63];
		}
		memcpy(buf + n, "\r\n", 2);
		n += 2;
	}
	memcpy(buf + n, TAIL, sizeof TAIL - 1);
	return n + sizeof TAIL - 1;
}

/* Sends a command and reads its answer, all lines of it: was it as wanted? */
static bool
say(int fd, const char *p, size_t n, char want)
{
	char answer[2048];
	size_t got = 0;

	if (write_all(fd, p, n) < 0)
		err(EXIT_RETRY, "write");
	for (;;) {
		ssize_t r = read(fd, answer + got, sizeof answer - 1 - got);
		char *line;

		if (r <= 0)
			errx(EXIT_RETRY, "the server hung up");
		got += (size_t)r;
		answer[got] = '\0';
		if (answer[got - 1] != '\n')
			continue;
		answer[got - 1] = '\0';
		line = strrchr(answer, '\n');
		line = line == NULL ? answer : line + 1;
		answer[got - 1] = '\n';
		if (strlen(line) > 3 && line[3] == '-')
			continue;
		if (line[0] != want && (sink_port == 0 || line[0] < '4'))
			errx(EXIT_RETRY, "the server said %s", line);
		return line[0] == want;
	}
}

/* Only where there is a sink may the server say no. */
static bool
send_one(const char *message, size_t n)
{
	static const char *const DIALOGUE[] = { "", "EHLO load.example\r\n",
	    "MAIL FROM:<load@sender.example>\r\n", "RCPT TO:<r@rcpt.example>\r\n" };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool taken = true;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		err(EXIT_RETRY, "port %lu", port);
	for (size_t i = 0; taken && i < sizeof DIALOGUE / sizeof DIALOGUE[0]; i++)
		taken = say(fd, DIALOGUE[i], strlen(DIALOGUE[i]), '2');
	taken = taken && say(fd, "DATA\r\n", 6, '3') && say(fd, message, n, '2');
	say(fd, "QUIT\r\n", 6, '2');
	close(fd);
	return taken;
}

/* One of the connections: every c-th message.  A byte from go is leave for the next. */
static void
run(unsigned long slot, int tell, int go)
{
	char *buf = malloc(bytes + NUMBER + sizeof HEAD + sizeof TAIL + 80), leave;
	uint64_t seed = ((uint64_t)getpid() << 32 | slot) * 2654435761u + 1;

	if (buf == NULL)
		err(EXIT_RETRY, "malloc");
	for (unsigned long i = slot; i < messages; i += connections) {
		struct told t = { .slot = slot, .number = i };

		t.taken = send_one(buf, make_message(buf, i, &seed));
		if (sink_port == 0)
			continue;
		if (write_all(tell, &t, sizeof t) < 0)
			err(EXIT_RETRY, "pipe");
		if (read(go, &leave, 1) != 1)
			break;	/* it was lost */
	}
	free(buf);
}

/* --- what is behind the gateway ------------------------------------------------ */

struct sink {
	struct message *all;
	int *go;		/* of each slot */
	unsigned long taken, refused, told, came, lost, twice, bounced, strange;
	long long last;		/* when something happened */
	struct conn conns[SINKS];
};

static void
let_go(struct sink *s, unsigned long slot)
{
	if (write_all(s->go[slot], "", 1) < 0 && errno != EPIPE)
		err(EXIT_RETRY, "pipe");
}

static void
told(struct sink *s, int fd)
{
	struct told t;
	struct message *m;

	if (read(fd, &t, sizeof t) != sizeof t)
		errx(EXIT_RETRY, "a sender failed");
	m = &s->all[t.number];
	m->slot = t.slot;
	m->told = true;
	m->taken = t.taken;
	s->told++;
	if (t.taken)
		s->taken++;
	else
		s->refused++;
	if (!t.taken || m->came > 0)
		let_go(s, t.slot);
	s->last = now();
}

static void
came(struct sink *s, unsigned long number, long long sent)
{
	struct message *m = &s->all[number];

	s->last = now();
	if (m->came++ > 0) {
		s->twice++;
		return;
	}
	s->came++;
	m->ms = (double)(s->last - sent) / 1e6;
	if (m->told && m->taken)
		let_go(s, m->slot);
}

static void
answer(struct conn *c, const char *text)
{
	if (write_all(c->fd, text, strlen(text)) < 0)
		c->n = 0;	/* it hung up, which the next read tells */
}

static void
field(struct conn *c)
{
	if (!c->seen && strncasecmp(c->line, "X-Load: ", 8) == 0)
		c->seen = sscanf(c->line + 8, "%lu %lu %lld", &c->id, &c->number,
		    &c->sent) == 3;
}

/* A message is there once it is answered, which its sender's side waits for. */
static void
take_message(struct sink *s, struct conn *c)
{
	c->body = false;
	answer(c, "250 ok\r\n");
	if (c->null)
		s->bounced++;
	else if (!c->seen || c->id != run_id || c->number >= messages)
		s->strange++;
	else
		came(s, c->number, c->sent);
}

static void
take_line(struct sink *s, struct conn *c)
{
	if (c->body) {
		if (strcmp(c->line, ".\r\n") == 0)
			take_message(s, c);
		else
			field(c);
	} else if (strncasecmp(c->line, "DATA", 4) == 0) {
		c->body = true;
		c->seen = false;
		answer(c, "354 go on\r\n");
	} else if (strncasecmp(c->line, "EHLO", 4) == 0)
		answer(c, "250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
	else {
		if (strncasecmp(c->line, "MAIL", 4) == 0)
			c->null = strncasecmp(c->line, "MAIL FROM:<>", 12) == 0;
		answer(c, strncasecmp(c->line, "QUIT", 4) == 0 ? "221 bye\r\n" : "250 ok\r\n");
	}
}

/* Lines, of which only the beginning is kept. */
static void
take(struct sink *s, struct conn *c)
{
	static char text[262144];
	ssize_t n = read(c->fd, text, sizeof text);
	const char *p = text, *end = text + (n > 0 ? n : 0);

	if (n <= 0) {
		close(c->fd);
		c->fd = -1;
		return;
	}
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl == NULL ? end : nl + 1) - p);
		size_t room = sizeof c->line - 1 - c->n;

		memcpy(c->line + c->n, p, len < room ? len : room);
		c->n += len < room ? len : room;
		p += len;
		if (nl == NULL)
			continue;
		c->line[c->n] = '\0';
		c->n = 0;
		take_line(s, c);
	}
}

static void
welcome(struct sink *s, int listener)
{
	int fd = accept(listener, NULL, NULL);

	for (size_t i = 0; fd >= 0 && i < SINKS; i++) {
		if (s->conns[i].fd >= 0)
			continue;
		s->conns[i] = (struct conn){ .fd = fd };
		answer(&s->conns[i], "220 sink.example ESMTP\r\n");
		return;
	}
	close(fd);
}

/* Until all have come out, or nothing did for so long. */
static void
serve(struct sink *s, int listener, int senders)
{
	struct pollfd p[SINKS + 2] = { { listener, POLLIN, 0 }, { senders, POLLIN, 0 } };

	s->last = now();
	while (s->told < messages || s->came < s->taken) {
		if (now() - s->last > (long long)quiet * 1000000000)
			break;
		for (size_t i = 0; i < SINKS; i++)
			p[i + 2] = (struct pollfd){ s->conns[i].fd, POLLIN, 0 };
		if (poll(p, SINKS + 2, 100) < 0 && errno != EINTR)
			err(EXIT_RETRY, "poll");
		for (size_t i = 0; i < SINKS; i++)
			if (p[i + 2].revents != 0)
				take(s, &s->conns[i]);
		if (p[1].revents != 0)
			told(s, senders);
		if (p[0].revents & POLLIN)
			welcome(s, listener);
	}
}

static int
listen_at(unsigned long at)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)at),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 128) < 0)
		err(EXIT_RETRY, "port %lu", at);
	return fd;
}

/* --- what is told ---------------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static unsigned long long
cpu_ms(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (unsigned long long)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
	    (unsigned long long)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/* The share p of the n sorted times, in microseconds; nearest rank. */
static unsigned long long
at_share(const double *ms, size_t n, double p)
{
	return n == 0 ? 0 : (unsigned long long)(ms[(size_t)((double)(n - 1) * p + 0.5)] * 1000);
}

static void
report(struct sink *s, long long took)
{
	static struct record r;
	double *ms = malloc(messages * sizeof *ms);
	size_t n = 0;

	if (ms == NULL)
		err(EXIT_RETRY, "malloc");
	for (unsigned long i = 0; i < messages; i++) {
		if (s->all[i].came > 0)
			ms[n++] = s->all[i].ms;
		else if (s->all[i].taken)
			s->lost++;
	}
	qsort(ms, n, sizeof *ms, by_size);
	record_start(&r);
	record_addnum(&r, "sent", s->told);
	record_addnum(&r, "taken", s->taken);
	record_addnum(&r, "refused", s->refused);
	record_addnum(&r, "lost", s->lost);
	record_addnum(&r, "twice", s->twice);
	record_addnum(&r, "bounced", s->bounced);
	record_addnum(&r, "strange", s->strange);
	record_addnum(&r, "ms", (unsigned long long)(took / 1000000));
	record_addnum(&r, "p50us", at_share(ms, n, 0.5));
	record_addnum(&r, "p99us", at_share(ms, n, 0.99));
	record_addnum(&r, "cpums", cpu_ms(RUSAGE_SELF) + cpu_ms(RUSAGE_CHILDREN));
	record_end(&r);
	fputs(r.text, stdout);
	free(ms);
}

/* start_sender SLOT: its process, and the end of a pipe by which it is let go */
static int
start_sender(unsigned long slot, int tell)
{
	int go[2] = { -1, -1 };
	pid_t child;

	if (sink_port != 0 && pipe(go) < 0)
		err(EXIT_RETRY, "pipe");
	if ((child = fork()) < 0)
		err(EXIT_RETRY, "fork");
	if (child == 0) {
		if (sink_port != 0)
			close(go[1]);
		run(slot, tell, go[0]);
		exit(EXIT_NOTHING);
	}
	if (sink_port != 0)
		close(go[0]);
	return go[1];
}

static void
options(int argc, char **argv)
{
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":c:n:b:k:q:")) != -1) {
		switch (o) {
		case 'c': connections = cli_number(&cli, "-c", optarg, 1, 1000); break;
		case 'n': messages = cli_number(&cli, "-n", optarg, 1, 10000000); break;
		case 'b': bytes = cli_number(&cli, "-b", optarg, 1000, 100000000); break;
		case 'k': sink_port = cli_number(&cli, "-k", optarg, 1, 65535); break;
		default: quiet = cli_number(&cli, "-q", optarg, 1, 86400);
		}
	}
	if (argc - optind != 1)
		cli_usage(&cli, "give the port");
	port = cli_number(&cli, "PORT", argv[optind], 1, 65535);
}

int
main(int argc, char **argv)
{
	static struct sink s;
	int listener = -1, tell[2] = { -1, -1 }, status, worst = EXIT_NOTHING;
	long long began;

	options(argc, argv);
	cli_deadline(0);
	run_id = (unsigned long)(now() / 1000);
	s.all = calloc(messages, sizeof *s.all);
	s.go = calloc(connections, sizeof *s.go);
	if (s.all == NULL || s.go == NULL)
		err(EXIT_RETRY, "calloc");
	for (size_t i = 0; i < SINKS; i++)
		s.conns[i].fd = -1;
	if (sink_port != 0) {
		listener = listen_at(sink_port);
		if (pipe(tell) < 0)
			err(EXIT_RETRY, "pipe");
	}
	began = now();
	for (unsigned long i = 0; i < connections; i++)
		s.go[i] = start_sender(i, tell[1]);
	if (sink_port != 0) {
		close(tell[1]);
		serve(&s, listener, tell[0]);
		began = s.last - began;
		for (unsigned long i = 0; i < connections; i++)
			close(s.go[i]);
	}
	while (wait(&status) > 0)
		if (status != 0)
			worst = EXIT_RETRY;
	if (sink_port != 0)
		report(&s, began);
	cli_close_stdout();
	return worst;
}
