/* SPDX-License-Identifier: ISC */
/*
 * The connection to the server: what is put waits in a buffer, so that a phase
 * of the dialogue is one write.
 *
 * Nothing here returns an error: a connection that fails, ends or says what is
 * no SMTP ends the process with EXIT_RETRY, and the message was not sent.
 */
#ifndef WIRE_H
#define WIRE_H

#include "common/address.h"
#include "common/smtp.h"

enum { WIRE_OUT = 65536 + SMTP_ENDMAX };

struct wire {
	int fd;
	const char *where;
	size_t outlen;
	size_t inlen;
	size_t used;		/* bytes of in that were handed out */
	char out[WIRE_OUT];
	char in[SMTP_REPLYMAX];
};

/* where is at, for messages; it must live as long as w. */
void wire_connect(struct wire *w, const char *where, const struct address *at);

/* Room for n more bytes, n <= WIRE_OUT; what was put before is sent for it. */
char *wire_room(struct wire *w, size_t n);
void wire_put(struct wire *w, const void *p, size_t n);
void wire_puts(struct wire *w, const char *text);

/*
 * Sends what was put, where an answer is wanted.  A server that has said
 * something already ends the process: that answer was to nothing of ours.
 */
void wire_ask(struct wire *w);

/* The next reply; its spans live until the next call. */
void wire_reply(struct wire *w, struct smtp_reply *r);

/* Sends what was put if that can be done at once, and closes; never fails. */
void wire_leave(struct wire *w);

#endif
