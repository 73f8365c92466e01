/* SPDX-License-Identifier: ISC */
/*
 * Content-transfer-encodings (RFC 2045 6), decoded as a stream: bytes in any
 * cut, line ends included; no more bytes out than went in, but for what the
 * call before kept back (TRANSFER_KEPT at the most).
 *
 * Each coding has the reading that most clients take and others, for input
 * that the RFC does not allow.  Where input is as the RFC says, all readings
 * of its coding give the same bytes; transfer_odd says where it was not.  Pure.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transfer_coding {
	TRANSFER_NONE,
	TRANSFER_BASE64,	/* junk is skipped; a padding ends a quantum, and
				   what follows is decoded as well */
	TRANSFER_QP,		/* an illegal escape stands as it is; blanks before
				   a line end go */
	TRANSFER_BASE64_STOP,	/* ends at the first padding */
	TRANSFER_BASE64_SOLID,	/* a padding is junk */
	TRANSFER_BASE64_WHOLE,	/* a last quantum without its padding is dropped */
	TRANSFER_BASE64_URL,	/* - and _ are of the alphabet (RFC 4648 5) */
	TRANSFER_BASE64_LINES,	/* a line with anything else in it goes, and what
				   is open at the end of one */
	TRANSFER_BASE64_TOKEN,	/* a padding takes the place of a character in its
				   quantum, wherever: a byte less */
	TRANSFER_QP_KEEP,	/* what the RFC does not allow stands as it is, and
				   blanks before a line end do */
	TRANSFER_QP_DROP,	/* the = of an illegal escape goes, and blanks after it */
	TRANSFER_QP_JOIN,	/* soft line breaks go first, so that an escape may
				   have one in it */
	TRANSFER_CODINGS
};

/* What was not as the RFC says. */
enum transfer_odd {
	ODD_BASE64_JUNK = 1,	/* bytes that are not alphabet, or blanks in a line */
	ODD_BASE64_PADDING = 2,	/* something after a padding, or a needless one */
	ODD_BASE64_URL = 4,	/* - or _ */
	ODD_BASE64_SHORT = 8,	/* no padding where one was due */
	ODD_BASE64_LINE = 16,	/* a line that is no whole number of quanta */
	ODD_BASE64_UNEVEN = 512,	/* such a line, and a longer one after it */
	ODD_BASE64_TOKEN = 1024,	/* more after paddings that do not end a quantum */
	ODD_QP_ILLEGAL = 32,	/* = without two hexadecimal digits */
	ODD_QP_LOWER = 64,	/* abcdef in an escape */
	ODD_QP_BREAK = 128,	/* blanks between = and the line end */
	ODD_QP_BLANKS = 256,	/* blanks before a line end */
	ODD_QP_JOIN = 2048	/* a soft line break behind = or = and one digit */
};

enum { TRANSFER_KEPT = 1024 };

struct transfer {
	enum transfer_coding coding;
	unsigned odd;			/* transfer_odd bits so far */
	uint32_t bits;			/* base64: the open quantum */
	unsigned have;			/* base64: its characters */
	unsigned padded;		/* base64: 1: one more is due, 2: no more is */
	unsigned place;			/* base64: characters of the open quantum, if
					   each padding so far was one */
	unsigned missing;		/* token: how many of the open ones are paddings */
	bool stopped;			/* base64: the rest is not read */
	size_t line, odd_line;		/* base64: characters in it; in the one
					   before, if they were no whole quanta */
	size_t gap;			/* base64: characters before its first blank */
	bool overlong;			/* base64: the line does not fit in keep */
	bool torn;			/* qp: what comes is behind = or =X */
	unsigned escape;		/* join: characters of an escape so far */
	char digit;			/* join: the second of them */
	size_t kept;			/* qp, lines: bytes not decided yet */
	char keep[TRANSFER_KEPT];
};

void transfer_start(struct transfer *t, enum transfer_coding coding);

/* out has room for n + TRANSFER_KEPT bytes; returns how many were written. */
size_t transfer_feed(struct transfer *t, const char *p, size_t n, char *out);

/* What is left at the end; out has room for TRANSFER_KEPT bytes. */
size_t transfer_end(struct transfer *t, char *out);

/*
 * The other readings of input that was odd in these ways, and in that coding
 * (TRANSFER_BASE64 or TRANSFER_QP): a mask of 1u << enum transfer_coding.
 */
unsigned transfer_others(enum transfer_coding coding, unsigned odd);

/* A word for each reading, as reading= has it. */
const char *transfer_name(enum transfer_coding coding);

#endif
