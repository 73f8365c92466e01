/* SPDX-License-Identifier: ISC */
/*
 * What was counted in the last SEEN_DAYS, so that nothing is counted twice: fingerprints of
 * id, kind and n, and of id, kind and name.  16 bytes a message and kind, and as much for
 * each further name and each n over 15.
 */
#ifndef SEEN_H
#define SEEN_H

#include "cmd/virtally/kinds.h"

#include <stdint.h>
#include <stdio.h>

enum { SEEN_DAYS = 10, SEEN_MAX = 1 << 22 };

struct seen;

enum seen_new {
	SEEN_DUPLICATE,		/* this id, kind and n were counted */
	SEEN_FINDING,		/* a further one of a name that this message has */
	SEEN_NAME,		/* the first of this name in the message */
	SEEN_MESSAGE		/* the first of this kind in the message */
};

/* key: 16 bytes that are the same in each run of a state. */
struct seen *seen_new(const unsigned char key[16]);
void seen_free(struct seen *s);

/* number: the value of n=; n 0: none, then the name stands for it. */
enum seen_new seen_add(struct seen *s, int today, enum kind kind, struct span id,
    struct span number, struct span name);

/* Takes a record seen= of a tally; false: it is none. */
bool seen_load(struct seen *s, const char *line, size_t n);

/* Writes the records, without those that are too old today. */
void seen_save(const struct seen *s, int today, FILE *f);

#endif
