/* SPDX-License-Identifier: ISC */
/* notice: a mail of our own, its text from stdin, on stdout. */
#include "cmd/notice/address.h"
#include "common/cli.h"
#include "common/note.h"

#include <sys/random.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECIPIENTS_MAX = 50, MSGID_MAX = 250 };

static const struct cli cli = { "notice",
    "notice [-A] -f FROM -r TO... [-S SUBJECT] [-R MESSAGE-ID] <TEXT\n"
    "  -f FROM        the From field: ADDRESS or `NAME <ADDRESS>'\n"
    "  -r TO          the To field, once a recipient\n"
    "  -S SUBJECT     the Subject\n"
    "  -R MESSAGE-ID  what it answers (left out if it is not well formed)\n"
    "  -A             Auto-Submitted: auto-generated, not auto-replied\n"
    "The text is UTF-8 of at most 64 KiB.\n"
    "Exit: 0 done, 64 wrong call, 75 not now.\n"
};

static struct address from, to[RECIPIENTS_MAX];

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

static void
write_mail(struct note_mail *m)
{
	static char text[NOTE_MAX + 1], msgid[MSGID_MAX + 1];
	struct note_address list[RECIPIENTS_MAX];
	struct span span = { text, read_text(text) };
	char *mail;
	size_t n;

	make_msgid(msgid, sizeof msgid);
	for (size_t i = 0; i < m->recipients; i++)
		list[i] = (struct note_address){ to[i].name, to[i].spec };
	m->from = (struct note_address){ from.name, from.spec };
	m->to = list;
	m->msgid = msgid;
	m->date = time(NULL);
	if ((mail = note_mail(m, span, &n)) == NULL)
		errx(EXIT_RETRY, "the mail could not be made: no memory");
	fwrite(mail, 1, n, stdout);
	free(mail);
}

int
main(int argc, char **argv)
{
	static char about[MSGID_MAX + 1];
	struct note_mail m = { .automatic = "auto-replied" };
	int o;

	while ((o = cli_getopt(&cli, argc, argv, ":f:r:S:R:A")) != -1) {
		if (o == 'f')
			take_address(&from, o, optarg);
		else if (o == 'r' && m.recipients == RECIPIENTS_MAX)
			cli_usage(&cli, "-r: more than %d recipients", RECIPIENTS_MAX);
		else if (o == 'r')
			take_address(&to[m.recipients++], o, optarg);
		else if (o == 'S')
			m.subject = optarg;
		else if (o == 'R' && msgid_parse(about, sizeof about, optarg))
			m.about = about;
		else if (o == 'A')
			m.automatic = "auto-generated";
	}
	if (argc > optind)
		cli_usage(&cli, "the text is read from stdin, no file is named");
	if (from.spec[0] == '\0' || m.recipients == 0)
		cli_usage(&cli, "-f and -r are needed");
	cli_deadline(CLI_SECONDS);
	write_mail(&m);
	cli_close_stdout();
	return EXIT_NOTHING;
}
