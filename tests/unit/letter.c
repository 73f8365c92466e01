/* SPDX-License-Identifier: ISC */
// with: cmd/relayprobe/letter.c
#define _GNU_SOURCE	/* memmem */
#include "cmd/relayprobe/letter.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static const struct target target = { "mx_1.company.example", "25", false, 12 };
static const struct target v6 = { "2001:db8::25", "2525", true, 3 };

/* Nothing that a server on the way has to change: short lines of ASCII. */
static bool
fit(const char *mail, size_t n)
{
	size_t line = 0;

	for (size_t i = 0; i < n; i++) {
		if (mail[i] != '\n' && (mail[i] < ' ' || mail[i] > '~'))
			return false;
		line = mail[i] == '\n' ? 0 : line + 1;
		if (line > 75)
			return false;
	}
	return n > 0 && mail[n - 1] == '\n';
}

static bool
has(const char *mail, size_t n, const char *what)
{
	return memmem(mail, n, what, strlen(what)) != NULL;
}

static void
usual(void)
{
	const struct letter l = { "me@home.example", "you@there.example", "0123456789abcdef",
		&target, "192.0.2.1" };
	char id[LETTER_IDMAX];
	size_t n = 0;
	char *mail = letter_make(&l, "nmap-6", &n);

	letter_id(&l, "nmap-6", id);
	OK(strcmp(id, "0123456789abcdef.12.nmap-6.mx-1.company.example@home.example") == 0);
	OK(mail != NULL && has(mail, n, id) && has(mail, n, "\n\n"));
	OK(has(mail, n, "\nFrom: <me@home.example>\nTo: <you@there.example>\n"));
	OK(has(mail, n, "\nSubject: relay test 0123456789abcdef.12: nmap-6\n at mx-1.company.example\n"));
	OK(has(mail, n, "\nAddress: 192.0.2.1\nForm:    nmap-6\n"));
	OK(has(mail, n, " +0000\n") && !has(mail, n, "quoted-printable"));
	free(mail);
}

static void
longest(void)
{
	static char from[300];
	static struct target t = { "", "65535", false, 100000 };
	const struct letter l = { from, from, "0123456789abcdef", &t, "192.0.2.1" };
	char id[LETTER_IDMAX];
	size_t n = 0;
	char *mail;

	memset(t.host, 'h', TARGET_HOSTMAX);
	memset(from, 'f', 64 + 1 + TARGET_HOSTMAX);
	from[64] = '@';
	mail = letter_make(&l, "percent-localhost.mail8", &n);
	letter_id(&l, "percent-localhost.mail8", id);
	OK(mail != NULL && has(mail, n, id) && id[strlen(id) - 1] == 'f');
	free(mail);
}

static void
sixth(void)
{
	const struct letter l = { "me@a.example", "you@b.example", "0123456789abcdef", &v6,
		"2001:db8::25" };
	char id[LETTER_IDMAX];
	size_t n = 0;
	char *mail = letter_make(&l, "dot", &n);

	letter_id(&l, "dot", id);
	OK(strcmp(id, "0123456789abcdef.3.dot.2001-db8--25@a.example") == 0);
	OK(mail != NULL && fit(mail, n));
	free(mail);
}

int
main(void)
{
	usual();
	longest();
	sixth();
	return done();
}
