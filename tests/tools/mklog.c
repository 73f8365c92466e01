/* SPDX-License-Identifier: ISC */
/*
 * mklog [-aor] [-b BYTES] [-d DAYS] [-g GATEWAYS] [-n NAMES] [-c MESSAGES] [-s SEED]
 *
 * A log as several gateways would have it that ends now: of each message what Postfix says
 * while it is taken, filtered and sent on, and a line of virlog's, about 7 of 100.  It ends
 * behind BYTES, or behind MESSAGES.
 *
 *	-a	the lines of virlog alone, with each name in turn
 *	-o	7 lines of 100 as in 2002, without words behind them, among what other programs
 *		say and what Postfix says that does not count
 *	-r	stamps of RFC 3339, as rsyslog writes them today
 */
#include "common/cli.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 1850, VIRUS_BYTES = 190, OLD_BYTES = 1900 };

static const struct cli cli = { "mklog",
    "mklog [-aor] [-b BYTES] [-d DAYS] [-g GATEWAYS] [-n NAMES] [-c MESSAGES] [-s SEED]\n"
    "A log of gateways; see the comment in its source.\n"
};

static unsigned long bytes = 1000000, days = 7, gateways = 4, names = 1930, messages, seed = 1;
static bool rfc3339, viruses, old;

static char stamp[40];		/* of the second */
static char host[32];
static unsigned long long written;

static uint32_t
next_random(uint32_t below)
{
	static uint64_t state;

	if (state == 0)
		state = seed * 0x9e3779b97f4a7c15u + 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 11) % below);
}

static void
make_stamp(time_t t)
{
	static time_t last;
	struct tm tm;

	if (t == last && stamp[0] != '\0')
		return;
	last = t;
	if (localtime_r(&t, &tm) == NULL || strftime(stamp, sizeof stamp, rfc3339 ?
	    "%Y-%m-%dT%H:%M:%S.123456+01:00" : "%b %e %H:%M:%S", &tm) == 0)
		errx(EXIT_RETRY, "the time");
}

#define LINE(tag, form, ...) do { \
	int line_n = printf("%s %s " tag ": " form "\n", stamp, host, __VA_ARGS__); \
	if (line_n < 0) \
		err(EXIT_RETRY, "standard output"); \
	written += (unsigned)line_n; \
} while (0)

/* What is found most is found much more often than the rest. */
static unsigned long
pick_name(unsigned long i)
{
	double u = next_random(1 << 24) / (double)(1 << 24);

	return viruses ? i % names : (unsigned long)((double)names * u * u * u);
}

static void
virus_line(unsigned long i)
{
	unsigned long name = pick_name(i);

	LINE("iMS", "[ID 702911 mail.alert] W32/Worm-%05lu virus found and dealt part=2 "
	    "verdict=infected sig=W32/Worm-%05lu by=/run/multiscan/avscand.sock do=substitute "
	    "id=%08x%012lx n=1 set=27941", name, name, next_random(1u << 31), i);
}

static void
postfix_lines(unsigned long i)
{
	unsigned in = 20000 + (unsigned)(i % 97), out = 21000 + (unsigned)(i % 89);
	unsigned long first = 0x10000000 + i * 2, second = first + 1;
	unsigned ip = next_random(250), from = next_random(100000), to = next_random(5000);

	LINE("postfix/smtpd[%u]", "connect from mail%u.example.org[198.51.100.%u]", in, ip, ip);
	LINE("postfix/smtpd[%u]", "%lX: client=mail%u.example.org[198.51.100.%u]", in, first, ip, ip);
	LINE("postfix/cleanup[%u]", "%lX: message-id=<20261126184813.%u@mail%u.example.org>", in + 1,
	    first, from, ip);
	LINE("postfix/qmgr[1204]", "%lX: from=<sender%u@example.org>, size=%u, nrcpt=1 "
	    "(queue active)", first, from, 2000 + from);
	LINE("postfix/smtpd[%u]", "disconnect from mail%u.example.org[198.51.100.%u] ehlo=2 "
	    "starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7", in, ip, ip);
	LINE("postfix/smtpd[%u]", "connect from localhost[127.0.0.1]", out);
	LINE("postfix/smtpd[%u]", "%lX: client=localhost[127.0.0.1], orig_queue_id=%lX, "
	    "orig_client=mail%u.example.org[198.51.100.%u]", out, second, first, ip, ip);
	LINE("postfix/cleanup[%u]", "%lX: message-id=<20261126184813.%u@mail%u.example.org>", out + 1,
	    second, from, ip);
	LINE("postfix/qmgr[1204]", "%lX: from=<sender%u@example.org>, size=%u, nrcpt=1 "
	    "(queue active)", second, from, 2400 + from);
	LINE("postfix/pipe[%u]", "%lX: to=<user%u@example.net>, relay=multiscan, delay=0.13, "
	    "delays=0.06/0.01/0/0.06, dsn=2.0.0, status=sent (delivered via multiscan service)",
	    in + 2, first, to);
	LINE("postfix/qmgr[1204]", "%lX: removed", first);
	LINE("postfix/smtpd[%u]", "disconnect from localhost[127.0.0.1] ehlo=1 xforward=2 mail=1 "
	    "rcpt=1 data=1 quit=1 commands=7", out);
	LINE("postfix/smtp[%u]", "%lX: to=<user%u@example.net>, "
	    "relay=mail.example.net[203.0.113.9]:25, delay=0.03, delays=0/0.01/0.01/0, "
	    "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)",
	    out + 2, second, to);
	LINE("postfix/qmgr[1204]", "%lX: removed", second);
}

/* Thirteen lines, or fourteen, and one of a virus. */
static void
old_lines(unsigned long i)
{
	unsigned ip = next_random(250), user = next_random(100000), pid = 20000 + (unsigned)(i % 97);
	unsigned long id = 0x10000000 + i;
	const char *who[] = { "list", "imap-login: Info: Login", "backup" };

	for (unsigned k = 0; k < 3; k++) {
		LINE("postfix/smtpd[%u]", "connect from mail%u.customers.example.org[198.51.100.%u], "
		    "%u connections of 50", pid, ip + k, ip, user % 50);
		LINE("postfix/cleanup[%u]", "%lX: message-id=<20261126184813.%u.%u@mail%u.customers."
		    "example.org>", pid + 1, id, user, pid, ip);
		LINE("postfix/qmgr[1204]", "%lX: from=<sender%u@customers.example.org>, size=%u, "
		    "nrcpt=1 (queue active)", id, user, 2000 + user);
		LINE("dovecot[903]", "%s: user=<user%u@example.net>, method=PLAIN, rip=203.0.113.%u, "
		    "lip=192.0.2.5, mpid=%u, TLS, session=<%lx>", who[k], user, ip, pid, id * 7919);
	}
	LINE("sshd[%u]", "Failed password for invalid user admin%u from 203.0.113.%u port %u ssh2: "
	    "RSA SHA256:%lx", pid, user, ip, 1024 + user % 60000, id * 104729);
	if (i % 3 == 0)
		LINE("CRON[%u]", "(root) CMD (test -x /usr/sbin/anacron || "
		    "(cd / && run-parts --report /etc/cron.hourly %u))", pid, user);
	LINE("iMS", "[ID 702911 mail.alert] W32/Worm-%05lu virus found and dealt", pick_name(i));
}

/* What a message of any kind has in bytes, about. */
static unsigned long
message_bytes(void)
{
	return viruses ? VIRUS_BYTES : old ? OLD_BYTES : MESSAGE_BYTES;
}

static void
make_log(void)
{
	unsigned long all = messages > 0 ? messages : bytes / message_bytes() + 1;
	time_t end = time(NULL) - 1, length = (time_t)(days * 86400);

	for (unsigned long i = 0; messages > 0 ? i < messages : written < bytes; i++) {
		double part = i < all ? (double)i / (double)all : 1;

		make_stamp(end - length + (time_t)((double)length * part));
		snprintf(host, sizeof host, "mx%u", 1 + next_random((uint32_t)gateways));
		if (old) {
			old_lines(i);
			continue;
		}
		if (!viruses)
			postfix_lines(i);
		virus_line(i);
	}
}

int
main(int argc, char **argv)
{
	int c;

	while ((c = cli_getopt(&cli, argc, argv, ":ab:c:d:g:n:ors:")) != -1)
		switch (c) {
		case 'a': viruses = true; break;
		case 'b': bytes = cli_number(&cli, "-b", optarg, 1, 1ul << 40); break;
		case 'c': messages = cli_number(&cli, "-c", optarg, 1, 1ul << 32); break;
		case 'd': days = cli_number(&cli, "-d", optarg, 1, 1000); break;
		case 'g': gateways = cli_number(&cli, "-g", optarg, 1, 1000); break;
		case 'n': names = cli_number(&cli, "-n", optarg, 1, 1 << 20); break;
		case 'o': old = true; break;
		case 'r': rfc3339 = true; break;
		case 's': seed = cli_number(&cli, "-s", optarg, 1, 1 << 30); break;
		}
	if (optind != argc)
		cli_usage(&cli, "too many arguments");
	make_log();
	cli_close_stdout();
	return EXIT_NOTHING;
}
