/* SPDX-License-Identifier: ISC */
/*
 * The boundaries of all open multiparts, in every reading, and the lines held
 * against them: in time that depends on the line only, not on how many are
 * open.
 */
#ifndef DELIMITER_H
#define DELIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DELIMITER_MAX = 8192,
	DELIMITER_SLOTS = 256,
	DELIMITER_LOOK = 2 * DELIMITER_MAX,	/* what must be seen behind one */
	DELIMITER_STEPS = 8,	/* work for a byte that is looked at ... */
	DELIMITER_MORE = 64 << 10	/* ... and this once */
};

struct boundary {
	const char *p;		/* the multipart's */
	size_t n;
	unsigned owner;		/* its place among the open entities */
	unsigned which;		/* of its boundaries: 0 is the one in use */
	bool held;		/* it is among the boundaries */
	uint64_t hash;
	struct boundary *next;	/* in the slot; inner ones come first */
	bool passed;		/* the walk's: with text behind it, it stands for ... */
	struct boundary *beyond;	/* ... this one further out, or NULL */
	bool sought;		/* inside of lines too */
	size_t dashes;		/* it begins with */
	uint64_t rest;		/* the hash of what follows them */
	struct boundary *beside;	/* in the slot of rest; inner ones come first */
};

struct boundaries {
	struct boundary *slot[DELIMITER_SLOTS];
	uint16_t length[DELIMITER_MAX + 1];	/* how many are that long */
	unsigned count;
	uint64_t key;
	/* For those that are sought, by what follows their first dashes: */
	struct boundary *rest[DELIMITER_SLOTS];
	uint32_t rests[DELIMITER_MAX + 1];	/* how many are that long */
	uint32_t mark[DELIMITER_SLOTS];	/* how many begin so; see delimiter.c */
	unsigned sought;
	unsigned long long looked, steps;	/* bytes looked at, the work so far */
	bool tired;		/* it was too much: nothing is sought any more */
};

/*
 * Begins as zeros, and has none again when all were removed.  key: random bits,
 * so that a sender cannot foresee the hashes.  n is at most DELIMITER_MAX; those
 * of inner multiparts are added later.
 */
void boundaries_add(struct boundaries *b, struct boundary *one);
/* Nothing if it is not among them. */
void boundaries_remove(struct boundaries *b, struct boundary *one);

/* The innermost that equals the text, or NULL; and the next one outward. */
struct boundary *boundaries_find(const struct boundaries *b, const char *p, size_t n);
struct boundary *boundaries_outer(const struct boundary *one);

/* The longest one, not empty, that the text begins with, or NULL. */
struct boundary *boundaries_prefix(const struct boundaries *b, const char *p, size_t n);

struct sight {
	struct boundary *one;	/* the longest there */
	size_t at;		/* of its "--" */
	size_t next;		/* where to look for the next one from */
};

/*
 * The first "--" and boundary, of those that are sought, that begins in the n
 * bytes at p from `from' on, wherever in a line, with nothing but blanks behind
 * it in its line.  Of `have' bytes at least DELIMITER_LOOK stand behind the n, or
 * the end of all or of the line.
 *
 * At most DELIMITER_STEPS are taken for a byte that was looked at: text that
 * comes near a long boundary again and again makes it tired.
 */
bool boundaries_sight(struct boundaries *b, const char *p, size_t from, size_t n,
    size_t have, struct sight *s);

/* It is no more sought inside of lines. */
void boundaries_seen(struct boundaries *b, struct boundary *one);

#endif
