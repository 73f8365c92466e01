/* SPDX-License-Identifier: ISC */
/* The text of a notice: templates in one or more languages, filled. */
#ifndef NOTICE_FILL_H
#define NOTICE_FILL_H

#include "cmd/notice/find.h"
#include "common/note.h"
#include "common/recode.h"

struct filled {
	char subject[NOTE_SUBJECTMAX + 1];
	char charset[RECODE_NAME + 1];	/* "": UTF-8 */
	char body[NOTE_MAX];
	size_t n;
};

/* The templates, read; ends the process with EXIT_CALL where there is none or an error. */
void fill_open(const struct cli *cli, const struct where *w, const char *name);

/* count words, a key and its value in turn; what is no key is a wrong call. */
void fill_words(const struct cli *cli, char **words, int count);

/*
 * Records on standard input: what concerns all, and the entries; with all_entries these
 * alone.
 */
void fill_records(bool all_entries);

/*
 * What a work directory says of its message, where it was not given; its Message-ID, or
 * "", which lives as long as the process.
 */
const char *fill_original(const char *dir);

/* How many were held back since when; nothing where none was. */
void fill_held(unsigned long count, long long since);

/* All of what was read and given, in each language. */
void fill_make(struct filled *out);

/* Says what is wrong with templates of this name; false: something is. */
bool fill_check(const struct cli *cli, const struct where *w, const char *name);

#endif
