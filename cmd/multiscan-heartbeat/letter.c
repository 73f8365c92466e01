/* SPDX-License-Identifier: ISC */
#include "cmd/multiscan-heartbeat/letter.h"
#include "common/canary.h"
#include "common/clock.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 76 };

/* Without a blank, which arrival.c passes over. */
static const char HARMLESS[] =
    "MULTISCAN-HEARTBEAT:as_long_as_the_test_virus_is,and_harmless_text..";

const char *
letter_mail(enum mail mail)
{
	return mail == MAIL_VIRUS ? "virus" : "clean";
}

bool
letter_token(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f')))
			return false;
	return n == LETTER_TOKEN;
}

void
letter_bytes(char to[LETTER_BYTES], enum mail mail)
{
	char canary[CANARY_MAX];

	_Static_assert(sizeof HARMLESS - 1 == LETTER_BYTES, "as long");
	(void)canary_make(CANARY_EICAR, canary);
	memcpy(to, mail == MAIL_VIRUS ? canary : HARMLESS, LETTER_BYTES);
}

void
letter_name(char to[LETTER_NAME], const char *token)
{
	snprintf(to, LETTER_NAME, "heartbeat-%s.txt", token);
}

/* In lines with CRLF; to has room for it. */
static void
write_base64(char *to, const char *bytes, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t col = 0;

	for (size_t i = 0; i < n; i += 3) {
		unsigned long v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < n ? (unsigned char)bytes[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			*to++ = i + k > n ? '=' : digits[v >> (18 - 6 * k) & 63];
		if ((col += 4) == LINE && i + 3 < n) {
			*to++ = '\r';
			*to++ = '\n';
			col = 0;
		}
	}
	*to = '\0';
}

size_t
letter_make(const struct letter *l, char to[LETTER_MAX])
{
	char date[CLOCK_DATE], bytes[LETTER_BYTES], name[LETTER_NAME], coded[2 * LETTER_BYTES];
	int n;

	clock_date(date);
	letter_bytes(bytes, l->mail);
	letter_name(name, l->token);
	write_base64(coded, bytes, sizeof bytes);
	n = snprintf(to, LETTER_MAX,
	    "Date: %s\r\n"
	    "From: <%s>\r\n"
	    "To: <%s>\r\n"
	    "Message-ID: <heartbeat.%s@%s>\r\n"
	    "Subject: heartbeat %s\r\n"
	    LETTER_FIELD " %s\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=\"=_%s\"\r\n"
	    "\r\n"
	    "--=_%s\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n"
	    "\r\n"
	    "multiscan-heartbeat tests with this whether the gateway finds viruses.\r\n"
	    "--=_%s\r\n"
	    "Content-Type: application/octet-stream\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment;\r\n"
	    " filename=\"%s\"\r\n"
	    "\r\n"
	    "%s\r\n"
	    "--=_%s--\r\n",
	    date, l->from, l->to, l->token, l->host, l->token, l->token, l->token, l->token,
	    l->token, name, coded, l->token);
	return n > 0 && n < LETTER_MAX ? (size_t)n : 0;
}
