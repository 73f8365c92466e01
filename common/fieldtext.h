/* SPDX-License-Identifier: ISC */
/*
 * A raw field value (head.h), less what some clients take out of it before
 * they read it.  Pure; every byte is looked at once.
 */
#ifndef FIELDTEXT_H
#define FIELDTEXT_H

#include "common/record.h"

enum fieldtext {
	FIELDTEXT_UNFOLD = 1,	/* line ends go, the blanks after them stay */
	FIELDTEXT_ONEBLANK = 2,	/* a fold is one blank */
	FIELDTEXT_NOBLANK = 4,	/* a fold is nothing */
	FIELDTEXT_COMMENTS = 8,	/* comments outside quoted strings go */
	FIELDTEXT_ALLCOMMENTS = 16,	/* those inside quotes too */
	FIELDTEXT_CONTROLS = 32,	/* control bytes go, but for tab and fold */
	FIELDTEXT_QUOTES = 64	/* each `"' goes */
};

/* how: some of the above.  out: n bytes; returns the bytes written. */
size_t fieldtext(struct span v, unsigned how, char *out);

/* Is it a blank as the value of a field has them: space, tab, CR or a fold? */
bool fieldtext_blank(char c);

/* A byte of an RFC 2045 token? */
bool fieldtext_token(char c);

/* Ways to say lower case and "the same but for case" for ASCII alone. */
char fieldtext_lower(char c);
bool fieldtext_at(struct span v, size_t i, const char *lower);

/* Without the blanks at its ends. */
struct span fieldtext_trim(struct span v);

#endif
