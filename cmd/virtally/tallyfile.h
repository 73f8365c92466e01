/* SPDX-License-Identifier: ISC */
/* The insides of a tally, for tally.c and for what reads and writes its format. */
#ifndef TALLYFILE_H
#define TALLYFILE_H

#include "cmd/virtally/tally.h"

#include <stdint.h>
#include <stdio.h>

enum {
	TALLY_VERSION = 1,
	TALLY_TIME = 21,	/* "2026-11-26T18:00:01Z" with its NUL */
	TALLY_ALLDAYS = 65536
};

extern const char TALLY_NAME[];	/* of the file in the folder of a state */

/* A file, mapped where nobody writes to it, read where somebody may. */
struct tally_file {
	struct tally_file *next;
	char *path;
	char *p;
	size_t n;
	size_t rest;		/* what tally_load left */
	bool mapped;
};

struct tally_index {
	struct {
		uint32_t print;	/* seen_name; 0: not made yet */
		uint32_t host;	/* + 1; 0: it is none */
	} *of;			/* each name, up to nof */
	uint32_t nof;
	uint32_t *section_of;	/* of a day, while it is counted: a section + 1 */
	uint32_t kind_of[KIND_N];	/* the name of a kind; NAMES_EMPTY: not made yet */
	uint32_t *heard_of;	/* an open table of heard + 1 */
	size_t heard_mask, heard_room, section_room;
	struct section *taken;	/* of the file that is read */
	size_t ntaken, taken_room;
	uint64_t secret;
	char *path;		/* of a state's file */
	bool loaded;		/* all of a state is there */
	int until;		/* the days up to this one are the past */
	int day;		/* that was last counted; -1: none */
	uint32_t heard_then[CELLS_HOSTS];	/* of that day, by hosts: heard + 1; 0: not known */
};

/* --- tally.c -------------------------------------------------------------------------- */

void tally_random(void *p, size_t n);

uint32_t tally_host(struct tally *t, struct span name);

/* What was heard of a host on a day, made where nothing was; until the next one is made. */
struct heard *tally_hear(struct tally *t, int day, uint32_t host);

/* The same, with what was heard: the later of each. */
void tally_hear_of(struct tally *t, const struct heard *h);

/* At the end; the caller keeps the order, or puts it right. */
struct section *tally_add_section(struct tally *t, const struct section *s);

/* Of a state: the sections in order again. */
void tally_sort(struct tally *t);

/* Of a state: the days up to one become the past. */
void tally_sum_past(struct tally *t, int until);

/* Negative, 0, positive, as strcmp. */
int tally_compare(struct span a, struct span b);

/* --- tallyfile.c ---------------------------------------------------------------------- */

void tally_files_free(struct tally *t);

/* Its cells and what was heard.  Ends the process where it is damaged. */
void tally_parse(struct tally *t, struct section *s);

/* The same, but nothing of it is kept. */
void tally_check(struct tally *t, const struct section *s);

/* The first 64 bits of BLAKE2b-128: what `b2sum -l 128' begins with. */
uint64_t tally_sum(const char *p, size_t n);

/* "2026-11-26T18:00:01Z", and back; false: it is none. */
void tally_time(char text[TALLY_TIME], long long t);
bool tally_parse_time(struct span text, long long *t);

/* --- tallyjoin.c ---------------------------------------------------------------------- */

/* In the order of tally(5): negative, 0, positive. */
int tally_order(const struct tally *t, const struct section *a, const struct section *b);

/* Takes n sections in, which are in order: MERGING in tally(5). */
void tally_take_in(struct tally *t, const struct section *from, size_t n);

/* Exits 64 where a day does not begin as TZ says. */
void tally_check_zone(const struct tally *t, const struct section *s);

/* Exits 64: a day began at another time, for another one or (NULL) as TZ says. */
_Noreturn void tally_other_zone(const struct tally *t, const struct section *s,
    long long start, const struct section *other);

/* --- tallytext.c ---------------------------------------------------------------------- */

/* What a record has of the names in it, coded. */
struct heard_texts {
	struct span host, set, warned;
};

void tally_day_text(char text[CALENDAR_TEXT], int day);
void tally_day_record(struct record *r, const struct tally *t, const struct section *s);
void tally_heard_record(struct record *r, const struct heard *h,
    const struct heard_texts *texts);

/* All sections, which are in order. */
void tally_write_sections(struct tally *t, FILE *f);

#endif
