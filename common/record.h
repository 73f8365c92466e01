/* SPDX-License-Identifier: ISC */
/*
 * The record: one line of words key=value, one blank between.  man/record.5 is
 * the description and the dictionary of keys.
 *
 * A value has one spelling only: A-Z a-z 0-9 . _ - + / : @ , = stand for
 * themselves, every other byte is %XX in upper case.  So a record from hostile
 * bytes holds no newline, blank, quote, glob, backslash or control byte, and
 * two records are equal where their bytes are.
 *
 * Pure: no file, no exit, no memory of its own.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RECORD_MAX = 65536,	/* bytes of a line, its newline included */
	RECORD_KEYMAX = 32	/* bytes of a key */
};

/* A piece of somebody else's bytes; not terminated. */
struct span {
	const char *p;
	size_t n;
};

/* A word of a line; both spans point into the line, the value still coded. */
struct word {
	struct span key;
	struct span value;
};

/*
 * A record being made.  Always well formed and terminated by a NUL once
 * record_start was called; len does not count the NUL.
 */
struct record {
	size_t len;
	bool full;		/* a word found no room at all */
	char text[RECORD_MAX + 1];
};

/* Is line, n bytes without its newline, a record?  At least one word. */
bool record_valid(const char *line, size_t n);

/*
 * The words of a valid line in turn: start with *at = 0; false after the last.
 * On a line that is not valid it stops early, and reads nothing outside it.
 */
bool record_word(const char *line, size_t n, size_t *at, struct word *w);

/* The first value of key, coded; false: the line has no such word. */
bool record_get(const char *line, size_t n, const char *key, struct span *value);

/* Is the first value of key exactly this text, coded? */
bool record_is(const char *line, size_t n, const char *key, const char *value);

/* The first value of key as a decimal number without sign or leading zero. */
bool record_num(const char *line, size_t n, const char *key, unsigned long long *num);

/*
 * Decodes a coded value into to, which has room for value.n bytes (decoding
 * never grows; to may be value.p's own memory).  Returns the bytes written.
 */
size_t record_decode(char *to, struct span value);

void record_start(struct record *r);

/*
 * Adds key=value, n bytes coded.  What does not fit is cut between escapes and
 * named in a word cut=KEY; what finds no room even for its key is left out,
 * named likewise while there is room for that, and sets full.  Add what must not be cut first, what a sender made last.
 */
void record_add(struct record *r, const char *key, const void *value, size_t n);

void record_addstr(struct record *r, const char *key, const char *value);
void record_addnum(struct record *r, const char *key, unsigned long long value);

/* Adds key=TAG:VALUE: the form of name= (filename:BYTES, uu:BYTES). */
void record_addtagged(struct record *r, const char *key, const char *tag,
    const void *value, size_t n);

/* Adds a value that is coded already, as record_get gave it; never cut. */
void record_addcoded(struct record *r, const char *key, struct span value);

/* Ends the line with its newline. */
void record_end(struct record *r);

#endif
