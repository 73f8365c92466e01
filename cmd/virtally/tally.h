/* SPDX-License-Identifier: ISC */
/*
 * A tally in memory: tally(5).
 *
 * A file of one is mapped and its days stay as they are, text, until somebody asks for the
 * cells of one: to count into an old state, or to merge, costs what is new.  Reading refuses
 * what is none (exits 64 and names the file and the line).
 *
 * A host is a number of hosts, a writer too; both are texts of names.
 */
#ifndef TALLY_H
#define TALLY_H

#include "cmd/virtally/calendar.h"
#include "cmd/virtally/cells.h"
#include "cmd/virtally/logline.h"
#include "cmd/virtally/names.h"
#include "cmd/virtally/seen.h"

enum {
	TALLY_PAST = 0,		/* the day that is the sum of what is no longer kept by days */
	TALLY_DAYS = 400
};

/*
 * What was last heard of a gateway on a day.  Of two things that were said, the later one;
 * in whichever order the lines came.
 */
struct heard {
	int day;
	uint32_t host;
	long long last;		/* seconds since the epoch; 0: nothing that counts */
	uint32_t set;		/* a name; NAMES_EMPTY: not said */
	long long made;		/* of the set; 0: not said */
	uint32_t stale;		/* a name; NAMES_EMPTY: it is not */

	/* tally.c's own: when each was said */
	long long setat, madeat, warnedat, freshat;
	uint32_t warned;	/* stale is this, unless sigupdate was content since */
};

/* A day of a writer. */
struct section {
	int day;
	int until;		/* of the past: it has all days up to this one */
	long long start;	/* of a day: its first second, where it was counted */
	uint32_t writer;	/* a name */
	unsigned long long generation;
	uint64_t sum;
	struct span text;	/* its lines, in the file; of no use where it was changed */
	const struct tally_file *file;	/* which it is of; NULL: counted anew */
	bool open;		/* its cells are in cells */
	bool changed;		/* counted into since: to be written anew */
};

struct tally {
	struct names *names;
	struct cells *cells;
	struct seen *seen;	/* a state's, else NULL */
	uint32_t writer;	/* a state's: who counts; else NAMES_EMPTY */
	unsigned long long generation;
	unsigned char key[SEEN_KEY];	/* a state's, of seen */
	size_t nhosts;
	uint32_t hosts[CELLS_HOSTS];	/* their names; one is NAMES_MANY where there are more */
	size_t nsections;
	struct section *sections;	/* in the order of tally(5), except while it is counted */
	size_t nheard;
	struct heard *heard;	/* in no order */
	struct tally_file *files;	/* kept until tally_free */
	struct tally_index *index;
};

/* --- any tally ------------------------------------------------------------------------ */

struct tally *tally_new(void);
void tally_free(struct tally *t);

/*
 * Takes the days of a file (or of the state in a folder) in, by the rule of MERGING in
 * tally(5).  Hosts that two writers count are seen when all is there: tally_conflicts.
 */
void tally_read(struct tally *t, const char *path);

/*
 * Exits 64, with the gateway and its writers, where two count one on the same day; or where
 * a day of theirs begins at two times.
 */
void tally_conflicts(const struct tally *t);

/*
 * From now on the cells of the days from..to (and of the past, where past) are there, and
 * what was heard on them.  Exits 64 where one was counted in another zone than that of TZ.
 */
void tally_open(struct tally *t, int from, int to, bool past);

/* What was heard of a host on a day; NULL: nothing. */
const struct heard *tally_heard(const struct tally *t, int day, uint32_t host);

/* The first and the last day that has a section; false: there is none. */
bool tally_span(const struct tally *t, int *first, int *last);

/* The whole as text; without the records of a state. */
void tally_write(struct tally *t, FILE *f);

/* --- a state, in the folder dir ------------------------------------------------------- */

/*
 * The lock of a state, which is made where it is not there; a second one waits, for
 * a minute, then exits 75.  Held until the process ends.  A descriptor of the folder.
 */
int tally_lock(const char *dir);

/* The head and the records log= of a state alone; the rest by tally_load_rest. */
struct logs;
void tally_load(struct tally *t, int dir, const char *path, struct logs *logs);
void tally_load_rest(struct tally *t);

/*
 * This event will be counted soon: the memory that tells whether it was is asked for.  All of
 * a state is there.
 */
void tally_expect(const struct tally *t, struct event *e);

/* What came of an event; a day that was not opened yet is. */
enum tallied { TALLIED, TALLIED_DUPLICATE };
enum tallied tally_count(struct tally *t, int today, const struct when *w,
    const struct event *e);

/* A line that is strange. */
void tally_strange(struct tally *t, const struct when *w, const struct event *e);

/*
 * The next generation, written beside, fsynced, renamed into place, the folder fsynced.
 * Of the days up to tomorrow the newest TALLY_DAYS are kept, older ones become the past.
 */
void tally_save(struct tally *t, int dir, int today, const struct logs *logs);

#endif
