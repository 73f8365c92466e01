/* SPDX-License-Identifier: ISC */
/*
 * scans [-1p] [-b BYTES] [-c CLIENTS] [-e EVERY] [-l LEAVES] [-n MAILS] PATH: mails
 * for a benchmark to the engine at the unix socket PATH, handed over as descriptors,
 * so many clients at a time, each with one connection (IDSESSION).
 *
 *   -1         a connection a mail
 *   -b BYTES   of a mail's text, or of each leaf
 *   -e EVERY   one of so many mails of a client has EICAR in one more leaf
 *   -l LEAVES  in place of the text: so many leaves of random bytes, in base64
 *   -p         the leaves first, each by itself, then the mail
 *
 * No two contents are alike, save EICAR.  Prints a record:
 *
 *	scans=N ok=N found=N error=N busy=N ms=N slowest=MS busyms=MS
 *
 * error counts what was not answered, or not with what must be said of it; the
 * first one of a client is told on stderr.  slowest: the longest that a client
 * waited for one OK or FOUND; busyms: for being told that the engine is busy.
 */
#define _GNU_SOURCE	/* memfd_create */
#include "tests/tools/buf.h"
#include "common/clamd.h"
#include "common/passing.h"
#include "common/workdir.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LEAVES_MAX = 16, LINE = 76, PATIENCE = 120 };

struct options {
	const char *path;
	unsigned long clients, mails, bytes, every, leaves;
	bool once, parts;
};

/* Of one client; in memory that its parent sees. */
struct told {
	unsigned long ok, found, error, busy;
	double slowest, busyms;
};

struct client {
	const struct options *o;
	struct told *told;
	uint64_t state;
	int fd;			/* of the connection, or -1 */
	unsigned long id;
	struct buf mail, leaf[LEAVES_MAX + 1];
	size_t leaves;
};

static const struct cli cli = { "scans",
    "scans [-1p] [-b BYTES] [-c CLIENTS] [-e EVERY] [-l LEAVES] [-n MAILS] PATH\n"
    "Scans for a benchmark; see the comment in its source.\n"
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- content ---------------------------------------------------------------- */

static uint64_t
next(struct client *c)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return c->state;
}

/* Words of random letters; lines of LINE bytes. */
static void
add_text(struct client *c, struct buf *b, size_t bytes)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzeeaiont     ";
	char line[LINE];

	for (size_t n = 0; n < bytes; n += sizeof line) {
		for (size_t i = 0; i < sizeof line - 1; i++)
			line[i] = letters[(next(c) >> 32) % (sizeof letters - 1)];
		line[sizeof line - 1] = '\n';
		add(b, line, sizeof line);
	}
}

static void
add_base64(struct buf *to, const struct buf *from)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < from->n; i += 3) {
		uint32_t v = 0;
		char four[5] = "====\n";

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < from->n ? (unsigned char)from->p[i + k] : 0);
		for (size_t k = 0; k < 4; k++, v <<= 6)
			if (i + k <= from->n)
				four[k] = digits[v >> 18 & 63];
		add(to, four, (i / 3 + 1) % (LINE / 4) == 0 || i + 3 >= from->n ? 5 : 4);
	}
}

static void
make_leaf(struct client *c, size_t bytes)
{
	struct buf *b = &c->leaf[c->leaves++];

	b->n = 0;
	while (b->n < bytes) {
		uint64_t r = next(c);

		add(b, &r, sizeof r);
	}
}

/* In two halves, so that the whole stands in no program. */
static void
make_eicar(struct client *c)
{
	struct buf *b = &c->leaf[c->leaves++];

	b->n = 0;
	put(b, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-");
	put(b, "ANTIVIRUS-TEST-FILE!$H+H*");
}

static void
make_mail(struct client *c, bool infected)
{
	struct buf *m = &c->mail;
	char head[512];

	m->n = c->leaves = 0;
	snprintf(head, sizeof head, "From: a@example.org\nTo: b@example.net\n"
	    "Subject: scan\nMessage-ID: <%016llx@example.org>\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=\"=_scan\"\n\n",
	    (unsigned long long)next(c));
	put(m, head);
	if (c->o->leaves == 0) {
		put(m, "--=_scan\nContent-Type: text/plain\n\n");
		add_text(c, m, c->o->bytes);
	}
	for (unsigned long i = 0; i < c->o->leaves; i++)
		make_leaf(c, c->o->bytes);
	if (infected)
		make_eicar(c);
	for (size_t i = 0; i < c->leaves; i++) {
		put(m, "--=_scan\nContent-Type: application/octet-stream\n"
		    "Content-Transfer-Encoding: base64\n\n");
		add_base64(m, &c->leaf[i]);
	}
	put(m, "--=_scan--\n");
}

/* --- one scan --------------------------------------------------------------- */

static bool
connect_to(struct client *c)
{
	static const char session[] = "zIDSESSION";
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE };

	snprintf(to.sun_path, sizeof to.sun_path, "%s", c->o->path);
	c->id = 0;
	if ((c->fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
		err(EXIT_RETRY, "socket");
	return connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
	    write_all(c->fd, session, sizeof session) == 0;
}

static void
hang_up(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

static bool
hand_over(struct client *c, int fd)
{
	static const char command[] = "zFILDES";

	return write_all(c->fd, command, sizeof command) == 0 &&
	    passing_send(c->fd, "", 1, fd, 0) == 1;
}

/* The answer, without its NUL; 0: there was none. */
static size_t
answer(struct client *c, char *line, size_t size)
{
	size_t have = 0;

	while (have == 0 || line[have - 1] != '\0') {
		ssize_t n = recv(c->fd, line + have, size - have, 0);

		if (n <= 0)
			return 0;
		have += (size_t)n;
	}
	return have - 1;
}

static void
fail(struct client *c, const char *what)
{
	if (c->told->error++ == 0)
		warnx("client %ld: %s", (long)getpid(), what);
}

static void
count(struct client *c, const char *line, size_t n, bool infected, double ms)
{
	struct told *t = c->told;
	enum clamd_kind kind = clamd_parse(line, n, c->id).kind;
	double *longest = kind == CLAMD_BUSY ? &t->busyms : &t->slowest;

	if (kind == CLAMD_BUSY)
		t->busy++;
	else if (kind != (infected ? CLAMD_FOUND : CLAMD_OK)) {
		fail(c, n > 0 ? line : "hung up without an answer");
		return;
	} else if (infected)
		t->found++;
	else
		t->ok++;
	if (ms > *longest)
		*longest = ms;
}

static void
scan(struct client *c, const struct buf *content, bool infected)
{
	char line[4096];
	double began = now_ms();
	int fd = memfd_create("scan", MFD_CLOEXEC);
	size_t n;

	if (fd < 0 || write_all(fd, content->p, content->n) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		err(EXIT_RETRY, "memfd");
	if (c->fd < 0 && !connect_to(c)) {
		fail(c, strerror(errno));
		hang_up(c);
		close(fd);
		return;
	}
	c->id++;
	n = hand_over(c, fd) ? answer(c, line, sizeof line) : 0;
	close(fd);
	count(c, line, n, infected, now_ms() - began);
	if (n == 0)
		hang_up(c);
}

/* --- the clients ------------------------------------------------------------ */

static void
run(struct client *c, unsigned long mails)
{
	c->state = (uint64_t)getpid() << 32 ^ (uint64_t)(now_ms() * 1e6);
	for (unsigned long i = 1; i <= mails; i++) {
		bool infected = c->o->every > 0 && i % c->o->every == 0;

		make_mail(c, infected);
		for (size_t k = 0; c->o->parts && k < c->leaves; k++)
			scan(c, &c->leaf[k], infected && k + 1 == c->leaves);
		scan(c, &c->mail, infected);
		if (c->o->once && c->fd >= 0)
			hang_up(c);
	}
}

/* Forks them; they begin once gate is closed on the other side. */
static void
start(const struct options *o, struct told *told, const int *gate)
{
	for (unsigned long i = 0; i < o->clients; i++) {
		struct client c = { .o = o, .told = &told[i], .fd = -1 };
		pid_t pid = fork();
		char byte;

		if (pid < 0)
			err(EXIT_RETRY, "fork");
		if (pid > 0)
			continue;
		close(gate[1]);
		if (read(gate[0], &byte, 1) != 0)
			err(EXIT_RETRY, "the start");
		run(&c, o->mails / o->clients + (i < o->mails % o->clients));
		_exit(EXIT_NOTHING);
	}
	close(gate[0]);
}

static void
print(const struct told *told, unsigned long clients, double ms)
{
	struct told all = { 0 };

	for (unsigned long i = 0; i < clients; i++) {
		all.ok += told[i].ok;
		all.found += told[i].found;
		all.error += told[i].error;
		all.busy += told[i].busy;
		if (told[i].slowest > all.slowest)
			all.slowest = told[i].slowest;
		if (told[i].busyms > all.busyms)
			all.busyms = told[i].busyms;
	}
	printf("scans=%lu ok=%lu found=%lu error=%lu busy=%lu ms=%.0f slowest=%.1f "
	    "busyms=%.1f\n", all.ok + all.found + all.error + all.busy, all.ok,
	    all.found, all.error, all.busy, ms, all.slowest, all.busyms);
}

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = cli_getopt(&cli, argc, argv, ":1b:c:e:l:n:p")) != -1) {
		if (c == '1')
			o->once = true;
		else if (c == 'b')
			o->bytes = cli_number(&cli, "-b", optarg, 1, 50000000);
		else if (c == 'c')
			o->clients = cli_number(&cli, "-c", optarg, 1, 1000);
		else if (c == 'e')
			o->every = cli_number(&cli, "-e", optarg, 1, 1000000);
		else if (c == 'l')
			o->leaves = cli_number(&cli, "-l", optarg, 1, LEAVES_MAX);
		else if (c == 'n')
			o->mails = cli_number(&cli, "-n", optarg, 1, 10000000);
		else
			o->parts = true;
	}
	if (argc - optind != 1)
		cli_usage(&cli, "give the socket's path");
	o->path = argv[optind];
}

int
main(int argc, char **argv)
{
	struct options o = { .clients = 1, .mails = 100, .bytes = 5000 };
	struct told *told;
	int gate[2], status, worst = EXIT_NOTHING;
	double began;

	parse(&o, argc, argv);
	cli_deadline(0);
	told = mmap(NULL, o.clients * sizeof *told, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED || pipe(gate) < 0)
		err(EXIT_RETRY, "memory or a pipe");
	start(&o, told, gate);
	began = now_ms();
	close(gate[1]);
	while (wait(&status) > 0)
		if (status != 0)
			worst = EXIT_RETRY;
	print(told, o.clients, now_ms() - began);
	cli_close_stdout();
	return worst;
}
