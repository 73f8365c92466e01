/* SPDX-License-Identifier: ISC */
/*
 * What is kept from one run to the next besides the generations: ROOT/.state, records
 * (record(5)), 0600, for an URL may hold a customer's word.
 *	source=NAME [heard=TIME] [highest=N] [made=TIME] [url=... tag=... modified=...
 *		of=HEX64] [why=TEXT] [said=HEX64 saidat=TIME]
 *	refused=NAME of=HEX64
 *	mirror=SOURCE%20URL fails=N until=TIME why=TEXT
 *	engine=ADDRESS [told=GEN] [since=TIME]
 *	ran=TIME
 * TIME as manifest_time has it.  Read whole at the start, written whole by rename; a
 * file that is broken is said on stderr and counts as empty.  An entry that holds nothing is not
 * written, so what was forgotten goes.
 *
 * Entries stay where they are until state_free.  There are at most STATE_MOST of
 * a kind; one more takes the place of the one that was left alone longest, and of
 * refused contents and engines that of the first.
 */
#ifndef STATE_H
#define STATE_H

#include "cmd/sigupdate/fetch.h"
#include "cmd/sigupdate/root.h"

enum {
	STATE_MOST = 1000,
	STATE_URL = 4096,		/* bytes of an URL or an address, its NUL counted */
	STATE_BYTES = 16 << 20,
	STATE_FIRST = 300,		/* seconds after the first failure */
	STATE_LONGEST = 4 * 3600,
	STATE_DAY = 24 * 3600
};

/* Times are 0, strings empty and ids zero where nothing is known. */
struct state_source {
	char name[MANIFEST_NAME + 1];
	time_t heard;
	unsigned long long highest;	/* generation of its author that was taken */
	time_t made;			/* what we have, as its author said last */
	char why[FETCH_WHY];		/* it was not heard since; "" if it was */
	char *url;			/* where tag and modified are from; owned, never NULL */
	char tag[FETCH_TAG];
	char modified[64];
	unsigned char of[SHA256_BYTES];	/* manifest_id of what came with them */
	unsigned char said[SHA256_BYTES];	/* of what was said last to people */
	time_t saidat;
};

struct state_refused {
	char name[MANIFEST_NAME + 1];
	unsigned char of[SHA256_BYTES];
};

struct state_mirror {
	char *url;			/* "SOURCE URL"; owned */
	unsigned fails;			/* in a row */
	time_t until;
	char why[FETCH_WHY];		/* printable ASCII */
};

struct state_engine {
	char *address;			/* owned */
	char told[ROOT_GEN];
	time_t since;			/* it cannot be told; 0: it could */
};

struct state {
	struct state_source *source;
	struct state_refused *refused;
	struct state_mirror *mirror;
	struct state_engine *engine;
	size_t sources, refuseds, mirrors, engines;
	time_t ran;			/* when an update began last; 0: never */
	bool missing;			/* there was no file */
	bool broken;			/* there was one that could not be read: said */
};

/* An empty one, to be freed. */
void state_new(struct state *s);

/*
 * Reads it into one that holds nothing.  Of another clock: an `until' more than a day
 * ahead becomes 0, and `heard' and `saidat', where they are ahead, now.  No memory, or it
 * cannot be read: ends with EXIT_RETRY; it is not ours to read: that is said, and it counts as
 * empty.
 */
void state_read(const struct root *r, struct state *s);
/*
 * With the lock.  False, and said: it could not be written, and what is known is so for
 * this run alone.
 */
bool state_write(const struct root *r, const struct state *s);
void state_free(struct state *s);

/* The entry of that name, made where there is none; never NULL. */
struct state_source *state_source(struct state *s, const char *name);
struct state_mirror *state_mirror(struct state *s, const char *url);
struct state_engine *state_engine(struct state *s, const char *address);

/* Sets url of what a source was fetched from. */
void state_source_from(struct state_source *e, const char *url);

/* Is this content of a source one that was taken back? */
bool state_is_refused(const struct state *s, const char *name,
    const unsigned char of[SHA256_BYTES]);
void state_refuse(struct state *s, const char *name, const unsigned char of[SHA256_BYTES]);
/* Takes that back again; nothing where it was not refused. */
void state_allow(struct state *s, const char *name, const unsigned char of[SHA256_BYTES]);
/* All that was refused of a source: it has something else now, and may go back itself. */
void state_allow_all(struct state *s, const char *name);

/*
 * How many seconds a mirror that failed so often in a row, at least once, is left
 * alone: five minutes, twice as long each time, up to four hours; or as it asks
 * itself (Retry-After; 0: it does not), up to a day.
 */
unsigned long state_pause(unsigned fails, unsigned long after);

/* It failed now, and why; or it did not. */
void state_mirror_failed(struct state_mirror *m, time_t now, unsigned long after,
    const char *why);
void state_mirror_well(struct state_mirror *m);

/* What is no printable ASCII becomes ?. */
void state_printable(char *text);

#endif
