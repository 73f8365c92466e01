/* SPDX-License-Identifier: ISC */
/*
 * SMTP (RFC 5321) as a client speaks it: what a server said, what may stand in
 * a command, and a message as it looks on the wire.
 *
 * Pure: bytes in, values out; no connection, no exit, no memory of its own.
 * Spans point into the caller's bytes.
 */
#ifndef SMTP_H
#define SMTP_H

#include "common/record.h"

enum {
	SMTP_REPLYMAX = 16384,	/* bytes of a whole reply that are waited for */
	SMTP_ADDRESSMAX = 1000,	/* bytes of an address in a command */
	SMTP_VALUEMAX = 255	/* bytes of a coded XFORWARD value */
};

struct smtp_reply {
	int code;		/* 200 to 599 */
	struct span lines;	/* one or more, with their line ends */
};

/*
 * The reply that the n bytes at p begin with: its length; 0 if it is not whole
 * yet; -1 if this is not SMTP.  Its lines end in CRLF or LF, and all have the
 * same code.
 */
long smtp_reply(const char *p, size_t n, struct smtp_reply *r);

/* The texts of its lines in turn, as record_word: start with *at = 0. */
bool smtp_reply_line(const struct smtp_reply *r, size_t *at, struct span *text);

/* Its texts with a blank between, cut at max bytes; returns how many. */
size_t smtp_reply_text(const struct smtp_reply *r, char *to, size_t max);

/* The attributes of XFORWARD, as bits. */
enum {
	SMTP_XF_NAME = 1,
	SMTP_XF_ADDR = 2,
	SMTP_XF_HELO = 4,
	SMTP_XF_IDENT = 8,
	SMTP_XF_SOURCE = 16
};

/* What the reply to EHLO offers. */
struct smtp_offer {
	bool pipelining;
	bool size;
	bool eightbit;		/* 8BITMIME */
	bool utf8;		/* SMTPUTF8 */
	unsigned xforward;
};

void smtp_offer(const struct smtp_reply *ehlo, struct smtp_offer *o);

/*
 * Can this stand between < and > in MAIL or RCPT?  Not if a byte of it could
 * end the address or the line: a control byte anywhere, or outside a quoted
 * string a blank, < or >.  The empty address (the null sender) can.
 */
bool smtp_address(struct span a);

/* Has it a byte above 127? */
bool smtp_8bit(const char *p, size_t n);

/*
 * The value of an XFORWARD attribute as xtext (RFC 3461), cut between escapes
 * at SMTP_VALUEMAX bytes, which to has room for.  Returns the bytes written.
 */
size_t smtp_xtext(char *to, struct span value);

/*
 * A message on its way to the wire.  A LF without a CR before it becomes CRLF;
 * CRLF stays, and a CR without a LF after it stays a bare CR within its line;
 * a dot that begins a line is doubled; nothing else changes.  So CRLF . CRLF
 * is nowhere in what smtp_stuff writes, whatever the pieces it is given in.
 * Start from all zero bytes.
 */
struct smtp_stuff {
	bool midline;
	bool cr;		/* the last byte was a CR */
	bool eightbit;		/* there was a byte above 127 */
	unsigned long long taken;	/* bytes in */
	unsigned long long size;	/* bytes out, without the doubled dots */
};

/* to has room for 2 * n bytes, or is NULL: only count.  Returns the bytes. */
size_t smtp_stuff(struct smtp_stuff *s, const char *p, size_t n, char *to);

/*
 * The end of data; a last line without its end gets one.  to has room for
 * SMTP_ENDMAX bytes, or is NULL.
 */
enum { SMTP_ENDMAX = 5 };
size_t smtp_stuff_end(struct smtp_stuff *s, char *to);

#endif
