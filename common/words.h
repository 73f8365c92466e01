/* SPDX-License-Identifier: ISC */
/*
 * The words of a text, between blanks and lines, in memory that does not grow; # at
 * the beginning of a word begins a comment.
 */
#ifndef WORDS_H
#define WORDS_H

#include "common/record.h"

#include <stdio.h>

enum { WORDS_MAX = 4096 };	/* bytes of a word, its NUL counted; a line has no bound */

enum words_token {
	WORDS_WORD,		/* word */
	WORDS_LINE,		/* the end of a line */
	WORDS_END,		/* of the file */
	WORDS_LONG,		/* the head of a word that is too long, which is passed over */
	WORDS_NUL,		/* what is no text has one; not to be read on */
	WORDS_FAILED		/* errno says why; not to be read on */
};

/* Begin with f alone set, and line 1. */
struct words {
	FILE *f;
	unsigned long line;	/* of the token */
	bool newline;		/* the token was WORDS_LINE */
	bool cut;		/* at the end: the last line has no newline */
	size_t n;
	char word[WORDS_MAX];	/* terminated */
};

enum words_token words_next(struct words *w);

#endif
