/* SPDX-License-Identifier: ISC */
/*
 * Content-transfer-encodings (RFC 2045 6), decoded as a stream: bytes in any
 * cut, line ends included; no more bytes out than went in, but for what the
 * call before kept back (TRANSFER_KEPT at the most).
 *
 * base64: what is not of the alphabet is skipped; a padding ends a quantum,
 * and what follows is decoded as well.  quoted-printable: an illegal escape
 * stands as it is; blanks before a line end go.  Pure.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transfer_coding { TRANSFER_NONE, TRANSFER_BASE64, TRANSFER_QP };

enum { TRANSFER_KEPT = 256 };

struct transfer {
	enum transfer_coding coding;
	uint32_t bits;			/* base64: the open quantum */
	unsigned have;			/* base64: its characters */
	size_t kept;			/* qp: bytes not decided yet */
	char keep[TRANSFER_KEPT];
};

void transfer_start(struct transfer *t, enum transfer_coding coding);

/* out has room for n + TRANSFER_KEPT bytes; returns how many were written. */
size_t transfer_feed(struct transfer *t, const char *p, size_t n, char *out);

/* What is left at the end; out has room for TRANSFER_KEPT bytes. */
size_t transfer_end(struct transfer *t, char *out);

#endif
