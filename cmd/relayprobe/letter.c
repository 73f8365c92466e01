/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/letter.h"
#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 4096 };

/* A host as it was named, or an address, as letters, digits, dots and hyphens. */
static const char *
plain(char *to, const char *host)
{
	size_t n = 0;

	for (; n < TARGET_HOSTMAX && host[n] != '\0'; n++)
		to[n] = (host[n] >= '0' && host[n] <= '9') || (host[n] >= 'a' && host[n] <= 'z') ||
		    (host[n] >= 'A' && host[n] <= 'Z') || host[n] == '.' ? host[n] : '-';
	to[n] = '\0';
	return to;
}

void
letter_id(const struct letter *l, const char *form, char *id)
{
	char host[TARGET_HOSTMAX + 1];

	snprintf(id, LETTER_IDMAX, "%s.%zu.%s.%s%s", l->token, l->target->number, form,
	    plain(host, l->target->host), strrchr(l->from, '@'));
}

/* All that is put into it was looked at before: names, addresses, numbers. */
char *
letter_make(const struct letter *l, const char *form, size_t *n)
{
	char id[LETTER_IDMAX], date[CLOCK_DATE], host[TARGET_HOSTMAX + 1], *text = malloc(MAX);
	int got;

	if (text == NULL)
		return NULL;
	letter_id(l, form, id);
	clock_date(date);
	plain(host, l->target->host);
	got = snprintf(text, MAX,
	    "Date: %s\n"
	    "From: <%s>\n"
	    "To: <%s>\n"
	    "Message-ID: <%s>\n"
	    "Subject: relay test %s.%zu: %s\n"
	    " at %s\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=us-ascii\n"
	    "Content-Transfer-Encoding: 7bit\n"
	    "\n"
	    "This is a test whether a mail server sends mail for strangers. The\n"
	    "server below took this message for the address below from a client\n"
	    "that it did not know. If you read it there, the server is a relay.\n"
	    "\n"
	    "Server:  %s\n"
	    "Port:    %s\n"
	    "Address: %s\n"
	    "Form:    %s\n"
	    "To:      %s\n"
	    "Token:   %s.%zu\n"
	    "\n"
	    "It was sent by relayprobe, a program with which those who run servers\n"
	    "look for relays among them. Nothing has to be answered.\n",
	    date, l->from, l->to, id, l->token, l->target->number, form, host, host,
	    l->target->port, l->address, form, l->to, l->token, l->target->number);
	if (got < 0 || got >= MAX) {
		free(text);
		return NULL;
	}
	*n = (size_t)got;
	return text;
}
