/* SPDX-License-Identifier: ISC */
/*
 * Encoded words (RFC 2047, with the language of RFC 2231 5) to UTF-8 as
 * charset.h has it.  Pure; time is linear in the text.
 */
#ifndef ENCWORD_H
#define ENCWORD_H

#include "common/record.h"

/* How clients differ over them. */
enum encword_how {
	ENCWORD_BLANKS = 1,	/* blanks between two words stay */
	ENCWORD_JOIN = 2,	/* what two in one charset and coding hold is joined,
				   and then decoded */
	ENCWORD_LOOSE = 4,	/* a word ends with the text if nowhere else; `?' may
				   stand in it; base64 goes on after a padding */
	ENCWORD_SWAP = 8,	/* UTF-16 and UTF-32 in the other order */
	ENCWORD_OCTETS = 16	/* charsets far from ASCII are not known */
};

/*
 * Decodes every encoded word in the text, wherever it stands.  how: some of the
 * above.  out has room for 2 * n bytes.  Returns the bytes written, 0 where
 * there was no encoded word at all.
 */
size_t encword_decode(const char *p, size_t n, unsigned how, char *out);

/* Are there encoded words, and nothing else but blanks between them? */
bool encword_only(const char *p, size_t n);

/* %XX octets; a bad escape stands as it is.  out: n bytes. */
size_t encword_percent(const char *p, size_t n, char *out);

#endif
