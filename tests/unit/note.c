/* SPDX-License-Identifier: ISC */
#include "common/note.h"
#include "tests/unit/tap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static char *
take(char *p, size_t n)
{
	char *text = malloc(n + 1);

	memcpy(text, p, n);
	text[n] = '\0';
	free(p);
	return text;
}

static char *
entity(const char *text, bool version, const char *eol)
{
	struct span span = { text, strlen(text) };
	size_t n = 0;
	char *p = note_entity(span, version, eol, &n);

	return take(p, n);
}

static bool
has(const char *entity, const char *what)
{
	return strstr(entity, what) != NULL;
}

static void
entities(void)
{
	char *e = entity("A virus: caf\xc3\xa9.\n", false, "\r\n");

	OK(has(e, "Content-Type: text/plain; charset=\"utf-8\"\r\n"));
	OK(has(e, "Content-Transfer-Encoding: quoted-printable\r\n"));
	OK(has(e, "Content-Disposition: inline\r\n"));
	OK(has(e, "\r\n\r\nA virus: caf=C3=A9.\r\n"));
	OK(!has(e, "MIME-Version"));
	free(e);
	e = entity("no line end", true, "\n");
	OK(has(e, "MIME-Version: 1.0\n"));
	OK(has(e, "\n\nno line end\n"));
	OK(!has(e, "\r"));
	free(e);
	e = entity("", false, "\n");
	OK(strcmp(e + strlen(e) - 8, "inline\n\n") == 0);
	free(e);
}

/* What could be a delimiter, or be taken for the start of a message. */
static void
delimiters(void)
{
	char *e = entity("--b\n--b--\n-\nFrom me\n.\n", false, "\n"), *line;
	char dashes[101];

	OK(has(e, "\n\n=2D-b\n=2D-b--\n=2D\n"));
	OK(!has(e, "\nFrom "));
	free(e);
	memset(dashes, '-', sizeof dashes - 1);
	dashes[sizeof dashes - 1] = '\0';
	e = entity(dashes, false, "\n");
	OK(has(e, "Content-Transfer-Encoding: base64\n"));
	line = strstr(e, "\n\n");
	OK(line != NULL && strchr(line, '-') == NULL);
	free(e);
}

static void
long_text(void)
{
	static char text[2 * NOTE_MAX];
	char *e;

	memset(text, 'x', sizeof text - 1);
	e = entity(text, false, "\n");
	OK(has(e, "\n=5B...=5D\n"));
	OK(strlen(e) < 3 * NOTE_MAX);
	free(e);
}

static char *
mail(const char *name, const char *subject)
{
	struct note_address to[] = { { "", "x@y.z" }, { "", "p@q.r" } };
	struct note_mail m = {
		.from = { name, "a@b.c" }, .to = to, .recipients = 2,
		.subject = subject, .msgid = "1@h", .about = "2@h",
		.automatic = "auto-replied", .date = 1795541696
	};
	struct span text = { "hello", 5 };
	size_t n;
	char *p = note_mail(&m, text, &n);

	return take(p, n);
}

static void
mails(void)
{
	char *m = mail("Gateway, Inc.", "Re: a plain subject");

	OK(has(m, "Date: Tue, 24 Nov 2026 17:34:56 +0000\n"));
	OK(has(m, "From: \"Gateway, Inc.\" <a@b.c>\n"));
	OK(has(m, "To: x@y.z, p@q.r\n"));
	OK(has(m, "Subject: Re: a plain subject\n"));
	OK(has(m, "Message-ID: <1@h>\n"));
	OK(has(m, "In-Reply-To: <2@h>\nReferences: <2@h>\n"));
	OK(has(m, "Auto-Submitted: auto-replied\n"));
	OK(has(m, "MIME-Version: 1.0\n"));
	OK(has(m, "\n\nhello\n"));
	OK(!has(m, "\r"));
	free(m);
	m = mail("G\xc3\xa4te", "a\r\nBcc: b\xc3\xa4@c =?x?");
	OK(has(m, "From: =?utf-8?B?R8OkdGU=?= <a@b.c>\n"));
	OK(has(m, "Subject: =?utf-8?B?YSBCY2M6IGLDpEBjID0/eD8=?=\n"));
	OK(!has(m, "\nBcc"));
	free(m);
	m = mail("", "=?utf-8?Q?looks_coded?=");
	OK(has(m, "Subject: =?utf-8?B?"));
	free(m);
}

int
main(void)
{
	entities();
	delimiters();
	long_text();
	mails();
	return done();
}
