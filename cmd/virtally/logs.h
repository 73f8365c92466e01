/* SPDX-License-Identifier: ISC */
/*
 * How far each log was read: the records log= of tally(5).  A log is known by the bytes
 * it begins with and by the last ones that were counted, see "Logs that grow, rotate,
 * shrink" in virtally(1).
 *
 * There is a mark for each file that was read: a copy has its own, so that both may go on
 * differently, and both are known at a glance when they have not changed.
 *
 * A mark also knows a few earlier places of its log, the closer the nearer to its end: a log
 * that lost its end is read on from the last of them that it still has.
 */
#ifndef LOGS_H
#define LOGS_H

#include "common/record.h"

#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>

enum {
	LOGS_PRINT = 256,	/* bytes of a fingerprint */
	LOGS_PAST = 24,		/* places of a log: more than 16 beyond some TB only */
	LOGS_MAX = 4096,	/* of those that were not read for LOGS_FEW days */
	LOGS_FEW = 10,
	LOGS_DAYS = 100		/* then a mark is forgotten */
};

struct logplace {
	unsigned long long offset;	/* of the bytes before compression */
	uint64_t tail;			/* of the last bytes before offset, LOGS_PRINT at most */
};

/* Places of one log, in order. */
struct logpast {
	size_t n;
	struct logplace at[LOGS_PAST];
};

struct logmark {
	char *name;			/* of a struct logs: owned */
	unsigned long long device, inode, size;
	long long changed;		/* ns: st_mtim; 0: it is to be opened again */
	long long status;		/* ns: st_ctim; 0: not known */
	uint64_t end;			/* of the last bytes of the file as it is; 0: not known */
	unsigned nhead;			/* bytes in head, LOGS_PRINT at most */
	uint64_t head;
	unsigned long long offset;	/* of the bytes before compression */
	uint64_t tail;			/* of the last bytes before offset, LOGS_PRINT at most */
	int read;			/* the day */
	struct logpast past;		/* before offset */

	/* for whoever asked for logs_known: 0, or where a log has other bytes */
	unsigned long long differs;

	/* logs.c's own */
	size_t next[3];			/* by head, by file, by name; 0: none, else a mark + 1 */
};

struct logs {
	struct logmark *marks;		/* owned, n of them */
	size_t n, room;
	bool news;			/* something is to be saved */
	size_t *table;			/* logs.c's own: the first of next, 3 times room */
	unsigned short lengths[LOGS_PRINT + 1];	/* is there a mark with such a nhead? */
};

/* A place that a mark of a log has. */
struct logknown {
	struct logplace place;
	struct logmark *mark;
};

/* The fingerprint of n bytes: the same on each machine and in each run. */
uint64_t logs_print(const void *p, size_t n);

/* Takes a record log=; false: it is none. */
bool logs_load(struct logs *l, const char *line, size_t n);

/*
 * Writes the records, without those not read for LOGS_DAYS; of those not read for LOGS_FEW
 * days the newest LOGS_MAX.
 */
void logs_save(const struct logs *l, int today, FILE *f);

/* What a mark has of a file; !whole: something in it is still to be read. */
void logs_stat(struct logmark *m, const struct stat *st, bool whole);

/*
 * Is this file, by its device, inode, size and times alone, what a mark was made of?  Then
 * there is nothing new in it, and the mark was read today.
 */
bool logs_same(struct logs *l, const struct stat *st, int today);

/*
 * The same, but for st_ctim, as of a file that was renamed; its last bytes as they are have
 * the fingerprint end.
 */
bool logs_moved(struct logs *l, const char *name, const struct stat *st, uint64_t end,
    int today);

/*
 * All places of the marks of logs that begin with these bytes (LOGS_PRINT of them, or all
 * there are), in the order of their offsets; *n of them.  Valid until logs_remember;
 * the caller frees them.
 */
struct logknown *logs_known(struct logs *l, struct span head, size_t *n);

/* Adds a place behind the last one; older ones are thinned out. */
void logs_pass(struct logpast *past, unsigned long long offset, uint64_t tail);

/*
 * Keeps what m has, save its name and its head, of a log that begins so; a mark of this
 * file, or of a log of this name, goes on with it, else it is a new one.  A mark never goes
 * back.  False: all was known.
 */
bool logs_remember(struct logs *l, const char *name, struct span head,
    const struct logmark *m);

void logs_free(struct logs *l);

#endif
