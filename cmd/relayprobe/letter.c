/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/letter.h"
#include "common/note.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX = 2048 };

char *
letter(const char *from, const char *to, const char *token, const char *form, size_t *n)
{
	char subject[NOTE_SUBJECTMAX], msgid[NOTE_SUBJECTMAX], text[MAX];
	struct note_address recipient = { "", to };
	struct note_mail m = { { "", from }, &recipient, 1, subject, msgid, NULL,
	    "auto-generated", time(NULL) };
	struct span body = { text, 0 };

	snprintf(subject, sizeof subject, "relay test %s %s", token, form);
	snprintf(msgid, sizeof msgid, "%s.%s%s", token, form, strchr(from, '@'));
	snprintf(text, sizeof text,
	    "This is a test whether a mail server sends mail for strangers.\n"
	    "It was made by relayprobe, a program that somebody ran who was to find that\n"
	    "out.  If you read this at the address below, the server in the Received\n"
	    "fields does so.  Nothing has to be answered.\n\n"
	    "To: %s\nForm: %s\nToken: %s\n", to, form, token);
	body.n = strlen(text);
	return note_mail(&m, body, n);
}
