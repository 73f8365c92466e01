/* SPDX-License-Identifier: ISC */
/*
 * The counts: a cell for each hour, gateway, kind and name that has any; name 0
 * (NAMES_EMPTY) is the sum of the kind.
 */
#ifndef CELLS_H
#define CELLS_H

#include "cmd/virtally/kinds.h"

#include <stdint.h>

enum { CELLS_HOSTS = 4096 };

/* Where a count would be more it stays at this: what a record has room for. */
#define CELLS_COUNT 999999999999999999ull

struct place {
	int day;		/* 0 to 65535; 0 is the past */
	int hour;		/* 0 to 24 */
	uint32_t host;		/* less than CELLS_HOSTS: a number of the tally's own */
	enum kind kind;
	uint32_t name;		/* less than NAMES_MAX */
};

struct cell {
	struct place place;
	unsigned long long messages;
	unsigned long long findings;
};

struct cells;

/* Ends the process where there is no memory. */
struct cells *cells_new(void);
void cells_free(struct cells *c);

void cells_add(struct cells *c, const struct place *p, unsigned long long messages,
    unsigned long long findings);

/*
 * All cells in turn, by day, host and kind: start with *at = 0; false after the last.
 * Meanwhile nothing is added.
 */
bool cells_next(struct cells *c, size_t *at, struct cell *cell);

/*
 * The same in no order, where a cell may come several times: each time a part of it, as many
 * as cells_parts at the most.  Costs nothing beforehand.
 */
bool cells_next_part(struct cells *c, size_t *at, struct cell *cell);
size_t cells_parts(struct cells *c);

/* Forgets the cells of the days from..to. */
void cells_drop(struct cells *c, int from, int to);

#endif
