/* SPDX-License-Identifier: ISC */
/*
 * Texts, each once, as numbers: names of what is counted, gateways, writers.
 *
 * A text is kept as a record has it (record(5)): what is no coded value is coded.  At most
 * NAMES_MAX of at most NAMES_LEN bytes; further ones are all NAMES_MANY, "%2A".  The hash has
 * a key of its own each run, so names that were made to collide do not.
 */
#ifndef NAMES_H
#define NAMES_H

#include "common/record.h"

#include <stdint.h>

enum {
	NAMES_EMPTY = 0,
	NAMES_MANY = 1,
	NAMES_MAX = 1 << 20,
	NAMES_LEN = 512		/* bytes, coded; a longer one is cut between escapes */
};

struct names;

/* Ends the process where there is no memory. */
struct names *names_new(void);
void names_free(struct names *n);

uint32_t names_number(struct names *n, struct span text);

/* This text will be asked for soon. */
void names_expect(const struct names *n, struct span text);

/* Each number is less than this. */
uint32_t names_count(const struct names *n);

/* Valid until the next names_number. */
struct span names_text(const struct names *n, uint32_t number);

#endif
