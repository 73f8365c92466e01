/* SPDX-License-Identifier: ISC */
/*
 * load [-c CONNECTIONS] [-n MESSAGES] [-b BYTES] PORT: mail for a benchmark to
 * the SMTP server at 127.0.0.1:PORT, a connection each, so many at a time.  A
 * message is a text and an attachment in base64 of random bytes, no two alike,
 * BYTES long in all; so no engine's cache answers for it.  75 if one was not
 * taken.
 */
#include "common/cli.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "load",
    "load [-c CONNECTIONS] [-n MESSAGES] [-b BYTES] PORT\n"
    "Mail for a benchmark; see the comment in its source.\n"
};

static const char HEAD[] = "From: load@sender.example\r\nTo: r@rcpt.example\r\n"
    "Subject: load\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"=_load\"\r\n\r\n"
    "--=_load\r\nContent-Type: text/plain\r\n\r\nSome text, and a file.\r\n"
    "--=_load\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n";
static const char TAIL[] = "--=_load--\r\n.\r\n";

/* The message in buf, BYTES long or a line more; its length. */
static size_t
make_message(char *buf, size_t bytes, uint64_t *seed)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = sizeof HEAD - 1;

	memcpy(buf, HEAD, n);
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

/* Sends a command and reads its answer, all lines of it. */
static void
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
		if (line[0] != want)
			errx(EXIT_RETRY, "the server said %s", line);
		return;
	}
}

static void
send_one(unsigned long port, const char *message, size_t n)
{
	static const char *const DIALOGUE[] = { "", "EHLO load.example\r\n",
	    "MAIL FROM:<load@sender.example>\r\n", "RCPT TO:<r@rcpt.example>\r\n" };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		err(EXIT_RETRY, "port %lu", port);
	for (size_t i = 0; i < sizeof DIALOGUE / sizeof DIALOGUE[0]; i++)
		say(fd, DIALOGUE[i], strlen(DIALOGUE[i]), '2');
	say(fd, "DATA\r\n", 6, '3');
	say(fd, message, n, '2');
	say(fd, "QUIT\r\n", 6, '2');
	close(fd);
}

/* One of the connections: every c-th message. */
static void
run(unsigned long port, unsigned long messages, size_t bytes, uint64_t seed)
{
	char *buf = malloc(bytes + sizeof HEAD + sizeof TAIL + 80);

	if (buf == NULL)
		err(EXIT_RETRY, "malloc");
	for (unsigned long i = 0; i < messages; i++)
		send_one(port, buf, make_message(buf, bytes, &seed));
	free(buf);
}

int
main(int argc, char **argv)
{
	unsigned long connections = 10, messages = 100, bytes = 4096, port;
	int o, status, worst = EXIT_NOTHING;

	while ((o = cli_getopt(&cli, argc, argv, ":c:n:b:")) != -1) {
		if (o == 'c')
			connections = cli_number(&cli, "-c", optarg, 1, 1000);
		else if (o == 'n')
			messages = cli_number(&cli, "-n", optarg, 1, 10000000);
		else
			bytes = cli_number(&cli, "-b", optarg, 1000, 100000000);
	}
	if (argc - optind != 1)
		cli_usage(&cli, "give the port");
	port = cli_number(&cli, "PORT", argv[optind], 1, 65535);
	cli_deadline(0);
	for (unsigned long i = 0; i < connections; i++) {
		pid_t child = fork();

		if (child < 0)
			err(EXIT_RETRY, "fork");
		if (child > 0)
			continue;
		run(port, messages / connections + (i < messages % connections),
		    bytes, ((uint64_t)getpid() << 32 | i) * 2654435761u + 1);
		exit(EXIT_NOTHING);
	}
	while (wait(&status) > 0)
		if (status != 0)
			worst = EXIT_RETRY;
	return worst;
}
