/* SPDX-License-Identifier: ISC */
/*
 * How far each log was read: the records log= of tally(5).  A log is known by the bytes
 * it begins with, see "Logs that grow, rotate, shrink" in virtally(1).
 */
#ifndef LOGS_H
#define LOGS_H

#include "common/record.h"

#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>

enum { LOGS_PRINT = 256, LOGS_MAX = 4096, LOGS_DAYS = 100 };

struct logmark {
	char *name;			/* owned */
	unsigned long long device, inode, size;
	long long changed;		/* ns: st_mtim */
	unsigned headn;			/* bytes in head */
	uint64_t head;
	unsigned long long offset;	/* of the bytes before compression */
	uint64_t tail;			/* of the last bytes before offset, LOGS_PRINT at most */
	int read;			/* the day */
	bool whole;			/* this run: it was read to its end */
};

struct logs {
	struct logmark *marks;		/* owned, n of them */
	size_t n;
};

/* The fingerprint of n bytes: the same on each machine and in each run. */
uint64_t logs_print(const void *p, size_t n);

/* Takes a record log=; false: it is none. */
bool logs_load(struct logs *l, const char *line, size_t n);

/* Writes the records, without those not read for LOGS_DAYS, the newest LOGS_MAX. */
void logs_save(const struct logs *l, int today, FILE *f);

/*
 * Is this file, by its device, inode, size and time alone, what a mark was made of, read to its
 * end?  Then there is nothing new in it.
 */
bool logs_same(const struct logs *l, const struct stat *st);

/*
 * The mark of the log that begins with these n bytes (LOGS_PRINT of them, or all there
 * are); NULL: it was never read.  Several may begin alike: start with *after = 0, and call again
 * where the tail is another.
 */
struct logmark *logs_find(struct logs *l, const char *head, size_t n, size_t *after);

/* A new mark, at offset 0; its name is still to be set (logs_name). */
struct logmark *logs_add(struct logs *l);
void logs_name(struct logmark *m, const char *name);

void logs_free(struct logs *l);

#endif
