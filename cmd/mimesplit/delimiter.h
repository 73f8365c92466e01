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

enum { DELIMITER_MAX = 8192, DELIMITER_SLOTS = 256 };

struct boundary {
	const char *p;		/* the multipart's */
	size_t n;
	unsigned owner;		/* its place among the open entities */
	unsigned which;		/* of its boundaries: 0 is the one in use */
	bool held;		/* it is among the boundaries */
	uint64_t hash;
	struct boundary *next;	/* in the slot; inner ones come first */
};

struct boundaries {
	struct boundary *slot[DELIMITER_SLOTS];
	uint16_t length[DELIMITER_MAX + 1];	/* how many are that long */
	unsigned count;
	uint64_t key;
};

/*
 * Begins as zeros, and is zeros again when all were removed.  key: random bits,
 * so that a sender cannot foresee the hashes.  b->n is at most DELIMITER_MAX; those of inner multiparts are added later. */
void boundaries_add(struct boundaries *b, struct boundary *one);
/* Nothing if it is not among them. */
void boundaries_remove(struct boundaries *b, struct boundary *one);

/* The innermost that equals the text, or NULL; and the next one outward. */
struct boundary *boundaries_find(const struct boundaries *b, const char *p, size_t n);
struct boundary *boundaries_outer(const struct boundary *one);

/* The longest one, not empty, that the text begins with, or NULL. */
struct boundary *boundaries_prefix(const struct boundaries *b, const char *p, size_t n);

#endif
