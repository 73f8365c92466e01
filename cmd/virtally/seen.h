/* SPDX-License-Identifier: ISC */
/*
 * What was counted in the last SEEN_DAYS, so that nothing is counted twice: fingerprints of
 * id, kind and n, and of id, kind and name.  16 bytes a message and kind, and as much for
 * each further name and each n over 14.
 *
 * More than SEEN_MAX are not kept: those of the oldest days go, and of a day that alone has
 * so many, half, until there is room for a quarter.
 */
#ifndef SEEN_H
#define SEEN_H

#include "cmd/virtally/kinds.h"

#include <stdint.h>
#include <stdio.h>

enum { SEEN_DAYS = 10, SEEN_MAX = 1 << 22, SEEN_KEY = 16 };

struct seen;

enum seen_new {
	SEEN_DUPLICATE,		/* this id, kind and n were counted */
	SEEN_FINDING,		/* a further one of a name that this message has */
	SEEN_NAME,		/* the first of this name in the message */
	SEEN_MESSAGE		/* the first of this kind in the message */
};

/*
 * key: the same in each run of a state.  Ends the process where there is no memory.
 */
struct seen *seen_new(const unsigned char key[SEEN_KEY]);

/* The same with another limit than SEEN_MAX. */
struct seen *seen_new_of(const unsigned char key[SEEN_KEY], size_t max);
void seen_free(struct seen *s);

/* How many are kept. */
size_t seen_count(const struct seen *s);

/*
 * The fingerprints of a message's kind, and of a name.  Two steps, since the memory
 * that the first one needs is asked for while something else is done.
 */
uint64_t seen_message(const struct seen *s, enum kind kind, struct span id);
uint32_t seen_name(const struct seen *s, struct span name);

/* number: the value of n=; n 0: none, which is one of its own for each name. */
enum seen_new seen_add(struct seen *s, int today, uint64_t message, struct span number,
    uint32_t name);

/* Takes the value of ids= of a record seen=; false: it is none. */
bool seen_load(struct seen *s, int day, struct span ids);

/* Writes the records, without those that are too old today. */
void seen_save(const struct seen *s, int today, FILE *f);

#endif
