/* SPDX-License-Identifier: ISC */
/*
 * How far each log was read: the records log= of tally(5).  A log is known by the bytes
 * it begins with and by the last ones that were counted, see "Logs that grow, rotate,
 * shrink" in virtally(1).
 *
 * There is a mark for each file that was read: a copy has its own, so that both may go on
 * differently, and both are known at a glance when they have not changed.
 */
#ifndef LOGS_H
#define LOGS_H

#include "common/record.h"

#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>

enum { LOGS_PRINT = 256, LOGS_MAX = 4096, LOGS_DAYS = 100 };

struct logmark {
	char *name;			/* of a struct logs: owned */
	unsigned long long device, inode, size;
	long long changed;		/* ns: st_mtim; 0: it is to be opened again */
	unsigned nhead;			/* bytes in head, LOGS_PRINT at most */
	uint64_t head;
	unsigned long long offset;	/* of the bytes before compression */
	uint64_t tail;			/* of the last bytes before offset, LOGS_PRINT at most */
	int read;			/* the day */
};

struct logs {
	struct logmark *marks;		/* owned, n of them */
	size_t n, room;
};

/* The fingerprint of n bytes: the same on each machine and in each run. */
uint64_t logs_print(const void *p, size_t n);

/* Takes a record log=; false: it is none. */
bool logs_load(struct logs *l, const char *line, size_t n);

/* Writes the records, without those not read for LOGS_DAYS, the newest LOGS_MAX. */
void logs_save(const struct logs *l, int today, FILE *f);

/* What a mark has of a file; !whole: something in it is still to be read. */
void logs_stat(struct logmark *m, const struct stat *st, bool whole);

/*
 * Is this file, by its device, inode, size and time alone, what a mark was made of?  Then
 * there is nothing new in it, and the mark was read today.
 */
bool logs_same(struct logs *l, const struct stat *st, int today);

/*
 * A mark of a log that begins with these bytes (LOGS_PRINT of them, or all there are): the
 * one with the highest offset below `below', which is NULL at first; of those with the same
 * offset and tail one only.  NULL: there is no more.  Valid until logs_remember.
 */
const struct logmark *logs_find(const struct logs *l, struct span head,
    const struct logmark *below);

/*
 * Keeps what m has, save its name and its head, of a log that begins so; a mark of this
 * file, or of a log of this name, goes on with it, else it is a new one.  A mark never goes
 * back.  False: all was known.
 */
bool logs_remember(struct logs *l, const char *name, struct span head,
    const struct logmark *m);

void logs_free(struct logs *l);

#endif
