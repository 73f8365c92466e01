/* SPDX-License-Identifier: ISC */
/*
 * What a task has brought: parts whose bytes were there already, inside of the
 * same part, go again; their names stay, with the part that has the bytes.
 * Hashes are taken only where two parts are of one size.
 */
#ifndef SETTLE_H
#define SETTLE_H

#include <stddef.h>

struct split;

/* The parts that are known, by size and by hash. */
struct known {
	struct known_slot {
		unsigned long long key;	/* a size, or a part of a hash */
		unsigned long part;	/* the last one, and one more */
		unsigned long first;	/* by size: the first one, and one more */
	} *slot;			/* owned */
	size_t slots, used;
	unsigned long *next;		/* owned; of equal hash, and one more */
	unsigned long room;
	unsigned long count;		/* parts told so far */
	unsigned long long key;
};

/*
 * Settles the parts from base on, which a task brought that read part `of', and
 * commits the tasks it made.
 */
void settle(struct split *s, unsigned long base, unsigned long of);

/* At the end: the parts that stay are numbered without a gap. */
void settle_numbers(struct split *s);

void known_free(struct known *k);

#endif
