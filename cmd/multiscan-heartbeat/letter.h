/* SPDX-License-Identifier: ISC */
/*
 * The two mails: alike in all but the attachment and their tokens.  Pure, but for the date.
 */
#ifndef LETTER_H
#define LETTER_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LETTER_TOKEN = 32,	/* hex digits */
	LETTER_BYTES = 68,	/* of what is attached, without a NUL */
	LETTER_ADDRESS = 320,	/* bytes of an address, its NUL counted */
	LETTER_NAME = 64,	/* bytes of the attachment's name, its NUL counted */
	LETTER_MAX = 4096
};

/* The field that has the token, with its colon. */
#define LETTER_FIELD "X-Multiscan-Heartbeat:"

enum mail { MAIL_VIRUS, MAIL_CLEAN, MAIL_N };

/* "virus", "clean" */
const char *letter_mail(enum mail mail);

/* Is that a token, n bytes? */
bool letter_token(const char *p, size_t n);

/* What is attached. */
void letter_bytes(char to[LETTER_BYTES], enum mail mail);

/* What it is called. */
void letter_name(char to[LETTER_NAME], const char *token);

struct letter {
	enum mail mail;
	const char *token;
	const char *from, *to;	/* addresses that can stand in a command */
	const char *host;	/* a host name, for the Message-ID */
};

/*
 * The message as it goes over the wire behind DATA: lines of less than 80 bytes or of an
 * address, none that begins with a dot; its end is not in it.  Returns the number of its
 * bytes; 0: it does not fit, which addresses of LETTER_ADDRESS cannot bring about.
 */
size_t letter_make(const struct letter *l, char to[LETTER_MAX]);

#endif
