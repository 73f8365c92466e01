/* SPDX-License-Identifier: ISC */
/*
 * A template as notices.5 has it: read once, and then filled as often as is wanted.
 * A value is put in as it is: nothing in it is a placeholder.  Pure.
 */
#ifndef NOTICE_TEMPLATE_H
#define NOTICE_TEMPLATE_H

#include "cmd/notice/values.h"

enum {
	TEMPLATE_MAX = 65536,	/* bytes of a file */
	TEMPLATE_WORDS = 32,	/* lines of its head that say a thing in words */
	TEMPLATE_ENTRIES = 20	/* of a list, that are shown */
};

enum template_word {
	WORD_INFECTED, WORD_BANNED, WORD_SIZE, WORD_ENCRYPTED, WORD_UNSCANNED, WORD_ODD, WORD_NAMELESS,
	WORD_NONE
};

/* Its spans point into text. */
struct template {
	char text[TEMPLATE_MAX];
	size_t n;
	struct span subject, charset, body;
	struct {
		enum template_word word;
		struct span text;
	} words[TEMPLATE_WORDS];
	size_t wordcount;
};

/* What is wrong; key is the placeholder it is about, or empty. */
struct template_error {
	unsigned long line;
	const char *what;
	char key[RECORD_KEYMAX + 1];
};

/* What it is filled with; what of the entries is beyond TEMPLATE_ENTRIES is `more'. */
struct filling {
	struct values all;
	struct values entry[TEMPLATE_ENTRIES];
	size_t entries;
};

/* Text being made; what is over the size is left out. */
struct text {
	char *p;
	size_t n, size;
};

/* The bytes of a file, of which there may be one too many; false: e says why. */
bool template_read(struct template *t, const char *p, size_t n, struct template_error *e);

/*
 * In the words of this template, what was not given: WHAT of a verdict, NAME of a part.
 * given: what was, to which f is set back; so that one in another language may follow.
 */
void template_words(const struct template *t, struct filling *f, const struct filling *given);

/* The subject, and the body: whole lines, none of them empty at its ends. */
void template_subject(const struct template *t, const struct filling *f, struct text *out);
void template_body(const struct template *t, const struct filling *f, struct text *out);

#endif
