/* SPDX-License-Identifier: ISC */
/*
 * submit [-b CLIENT] [-c SIZE] [-e HELO] [-s SERVER] PORT FROM TO... <MESSAGE: hands a
 * mail to the SMTP server at 127.0.0.1:PORT, or SERVER's, from the address CLIENT, as a
 * client that waits for each answer.  The addresses are
 * sent as they are; the message's line ends become CR LF and its dots are
 * doubled, nothing else.  With -c it goes by BDAT (RFC 3030), in chunks of SIZE bytes,
 * wherever that cuts it, and a last one of what is left, which may be nothing; no dots
 * are doubled, and a last line without an end gets none.  Where a byte of an address is
 * over 127 it says SMTPUTF8.  Prints the last answer; 0 sent, 1 refused, 75 anything else.
 */
#define _GNU_SOURCE	/* vasprintf */
#include "common/cli.h"
#include "common/workdir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli cli = { "submit",
    "submit [-b CLIENT] [-c SIZE] [-e HELO] [-s SERVER] PORT FROM TO... <MESSAGE\n"
    "A mail for tests; see the comment in its source.\n"
};

static struct sockaddr_in
place(const char *address, unsigned long port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
		cli_usage(&cli, "give a number as an address");
	return at;
}

static FILE *
connect_to(const char *client, const char *server, unsigned long port, int *fd)
{
	struct sockaddr_in to = place(server, port), us = place(client, 0);
	FILE *f = NULL;
	int yes = 1;

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	if (*fd < 0 || setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) < 0 ||
	    bind(*fd, (struct sockaddr *)&us, sizeof us) < 0 ||
	    connect(*fd, (struct sockaddr *)&to, sizeof to) < 0 ||
	    (f = fdopen(*fd, "r")) == NULL)
		err(EXIT_RETRY, "port %lu", port);
	return f;
}

/* The answer, all its lines read; prints it and exits where it is no yes. */
static void
wait_yes(FILE *f, bool last)
{
	char line[1024];

	do
		if (fgets(line, sizeof line, f) == NULL)
			errx(EXIT_RETRY, "the server hung up");
	while (strlen(line) > 3 && line[3] == '-');
	if (!last && (line[0] == '2' || line[0] == '3'))
		return;
	fputs(line, stdout);
	cli_close_stdout();
	exit(line[0] == '2' ? EXIT_NOTHING : line[0] == '5' ? EXIT_FOUND : EXIT_RETRY);
}

__attribute__((format(printf, 3, 4)))
static void
command(FILE *f, int fd, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0 || write_all(fd, text, (size_t)n) < 0)
		err(EXIT_RETRY, "send");
	free(text);
	wait_yes(f, false);
}

/* The message as it goes over the wire: for DATA, or as it is. */
static char *
wire(bool data, size_t *n)
{
	char *line = NULL, *all = NULL;
	size_t room = 0;
	ssize_t len;
	bool ended;
	FILE *o = open_memstream(&all, n);

	if (o == NULL)
		err(EXIT_RETRY, "memory");
	while ((len = getline(&line, &room, stdin)) > 0) {
		if (data && line[0] == '.')
			putc('.', o);
		ended = line[len - 1] == '\n';
		fwrite(line, 1, (size_t)len - ended, o);
		if (data || ended)
			fputs("\r\n", o);
	}
	if (data)
		fputs(".\r\n", o);
	if (ferror(stdin) || fclose(o) == EOF)
		err(EXIT_RETRY, "the message");
	free(line);
	return all;
}

static void
send_all(int fd, const char *text, size_t n)
{
	if (write_all(fd, text, n) < 0)
		err(EXIT_RETRY, "the message");
}

static void
send_data(FILE *f, int fd)
{
	size_t n;
	char *all;

	command(f, fd, "DATA\r\n");
	all = wire(true, &n);
	send_all(fd, all, n);
	free(all);
	wait_yes(f, true);
}

static void
send_chunks(FILE *f, int fd, size_t size)
{
	size_t n, at = 0, now;
	char *all = wire(false, &n), head[64];
	bool last;

	do {
		last = n - at < size;
		now = last ? n - at : size;
		snprintf(head, sizeof head, "BDAT %zu%s\r\n", now, last ? " LAST" : "");
		send_all(fd, head, strlen(head));
		send_all(fd, all + at, now);
		at += now;
		wait_yes(f, last);
	} while (!last);
	free(all);
}

static bool
utf8(char **addresses)
{
	for (; *addresses != NULL; addresses++)
		for (const char *p = *addresses; *p != '\0'; p++)
			if (*p & 0x80)
				return true;
	return false;
}

int
main(int argc, char **argv)
{
	const char *helo = "client.example", *client = "0.0.0.0", *server = "127.0.0.1";
	unsigned long size = 0;
	FILE *f;
	int fd, opt;

	while ((opt = cli_getopt(&cli, argc, argv, ":b:c:e:s:")) != -1)
		if (opt == 'c')
			size = cli_number(&cli, "-c", optarg, 1, 1UL << 30);
		else
			*(opt == 'e' ? &helo : opt == 's' ? &server : &client) = optarg;
	if (argc - optind < 3)
		cli_usage(&cli, "give a port, a sender and a recipient");
	cli_deadline(60);
	f = connect_to(client, server, cli_number(&cli, "PORT", argv[optind], 1, 65535), &fd);
	wait_yes(f, false);
	command(f, fd, "EHLO %s\r\n", helo);
	command(f, fd, "MAIL FROM:<%s> BODY=8BITMIME%s\r\n", argv[optind + 1],
	    utf8(argv + optind + 1) ? " SMTPUTF8" : "");
	for (char **to = argv + optind + 2; *to != NULL; to++)
		command(f, fd, "RCPT TO:<%s>\r\n", *to);
	if (size > 0)
		send_chunks(f, fd, size);
	else
		send_data(f, fd);
}
