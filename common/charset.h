/* SPDX-License-Identifier: ISC */
/*
 * Octets in a charset to UTF-8, as far as a file name's end needs it, that is the
 * letters, the digits and the dot of ASCII: Latin-1 and Windows-1252, UTF-7 (RFC
 * 2152, and IMAP's), UTF-16 and UTF-32, EBCDIC as code page 037; of the East
 * Asian ones (ISO-2022, HZ, EUC, Shift_JIS, Big5) ASCII and its full-width forms;
 * a second dot and digits (Arabic, Hebrew, Armenian); escapes by backslash; the
 * ASCII in Punycode (RFC 3492).  All else, and every unknown charset, is the octets
 * as they are.  Pure.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include "common/record.h"

enum { CHARSET_NAME = 40 };	/* bytes of a name that are looked at */

/*
 * A charset's name as it is compared: its letters and digits, in lower case, up to
 * CHARSET_NAME of them and to a `//'.  Returns the bytes written.
 */
size_t charset_name(struct span charset, char *out);

enum charset_how {
	CHARSET_USUAL,
	CHARSET_SWAP,	/* 16 and 32 bit units without a mark of their order are
			   in the other one */
	CHARSET_OCTETS,	/* as they are, where the charset is far from ASCII: for one
			   who does not know it */
	CHARSET_HOWS
};

/* out has room for 2 * n bytes and is not p's memory; returns the bytes written. */
size_t charset_utf8(struct span charset, const char *p, size_t n, enum charset_how how,
    char *out);

/*
 * UTF-8 with the overlong forms that a careless decoder takes for ASCII (RFC
 * 3629 10) put right.  out: n bytes; returns those written, 0 if there was none.
 */
size_t charset_overlong(const char *p, size_t n, char *out);

#endif
