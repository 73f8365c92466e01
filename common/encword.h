/* SPDX-License-Identifier: ISC */
/*
 * Encoded words (RFC 2047) and extended values (RFC 2231), to UTF-8 where the
 * charset is one we know (UTF-8, US-ASCII, Latin-1, Windows-1252 as Latin-1),
 * else to the octets as they are.  Pure.
 */
#ifndef ENCWORD_H
#define ENCWORD_H

#include "common/record.h"

/*
 * Decodes every encoded word in the text, wherever it stands; blanks between
 * two of them go.  out has room for 2 * n bytes.  Returns the bytes written,
 * 0 where there was no encoded word at all.
 */
size_t encword_decode(const char *p, size_t n, char *out);

/* %XX octets; a bad escape stands as it is.  out: n bytes. */
size_t encword_percent(const char *p, size_t n, char *out);

/*
 * Octets in a charset to UTF-8; out has room for 2 * n bytes and is not p's
 * memory.
 */
size_t encword_charset(struct span charset, const char *p, size_t n, char *out);

#endif
