/* SPDX-License-Identifier: ISC */
/*
 * A session that hands one mail to the server, a command at a time, and never waits: the
 * caller polls fd for what talk_wants says and calls talk_go.
 *
 * Nothing exits and nothing is printed.
 */
#ifndef TALK_H
#define TALK_H

#include "cmd/multiscan-heartbeat/letter.h"
#include "common/address.h"
#include "common/smtp.h"

enum { TALK_TEXT = 300, TALK_HOST = 256, TALK_OUT = LETTER_MAX + SMTP_ENDMAX };

enum talk_state {
	TALK_IDLE,		/* not connected: talk_start */
	TALK_BUSY,
	TALK_TAKEN,		/* the server has the mail */
	TALK_REFUSED,		/* 5xx at the end of the mail */
	TALK_DENIED,		/* 5xx before it */
	TALK_LATER,		/* 4xx: talk_start may try again */
	TALK_FAILED		/* no connection, or no SMTP on it; likewise */
};

/* Awaited is the answer to this. */
enum talk_step { STEP_GREETING, STEP_EHLO, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_END };

struct talk {
	enum mail mail;
	const char *token;
	const char *from, *to;	/* or NULL: heartbeat@ the server's name */
	enum talk_state state;
	int code;		/* of the last answer that was no yes, over all tries; or 0 */
	size_t textlen;
	char text[TALK_TEXT];	/* its words, or the system's */

	/* its own */
	int fd;			/* -1 where it is not busy */
	enum talk_step step;
	size_t outlen, outat, inlen;
	char sender[LETTER_ADDRESS], recipient[LETTER_ADDRESS];
	char host[TALK_HOST];
	char out[TALK_OUT];
	char in[SMTP_REPLYMAX];
};

/* Before the first talk_start: mail, token, from, to are set, all else is 0. */
void talk_start(struct talk *t, const struct address *server, unsigned seconds);

/* POLLIN or POLLOUT; busy only. */
short talk_wants(const struct talk *t);

/* Does what can be done at once. */
void talk_go(struct talk *t);

/* Hangs up, wherever it is; the state stays. */
void talk_close(struct talk *t);

#endif
