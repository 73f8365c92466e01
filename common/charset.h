/* SPDX-License-Identifier: ISC */
/*
 * Octets in a charset to UTF-8, as far as a file name's end needs it: Latin-1
 * and Windows-1252, UTF-7 (RFC 2152), UTF-16 and UTF-32, the EBCDIC family as
 * code page 037; of the East Asian ones (ISO-2022, HZ, EUC, Shift_JIS, Big5)
 * ASCII and its full-width forms.  All else, and every unknown charset, is the
 * octets as they are.  Pure.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include "common/record.h"

/*
 * swap: 16 and 32 bit units without a mark of their order are little-endian.
 * out has room for 2 * n bytes and is not p's memory; returns the bytes written.
 */
size_t charset_utf8(struct span charset, const char *p, size_t n, bool swap, char *out);

/*
 * UTF-8 with the overlong forms that a careless decoder takes for ASCII (RFC
 * 3629 10) put right.  out: n bytes; returns those written, 0 if there was none.
 */
size_t charset_overlong(const char *p, size_t n, char *out);

#endif
