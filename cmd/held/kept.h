/* SPDX-License-Identifier: ISC */
/*
 * A message that is kept: a folder of the quarantine, or what write_record wrote of one
 * to a file.  All that is in it is taken for a stranger's: no link is followed, nothing
 * but a regular file is read, and at most KEPT_MAX bytes of one; what is no record is
 * passed over.
 *
 * Spans point into memory that kept_close frees.  Functions return false with errno, or
 * with EBADMSG where a file is not what workdir(5) says.
 */
#ifndef KEPT_H
#define KEPT_H

#include "common/record.h"
#include "common/workdir.h"

enum { KEPT_MAX = 64 << 20, KEPT_TEXTS = 5 };

/* The files of a folder, as far as they matter here. */
enum kept_file { KEPT_ENVELOPE, KEPT_MANIFEST, KEPT_VERDICTS, KEPT_CHANGES, KEPT_ACTION };

/* How a release stands. */
enum kept_release {
	KEPT_NEVER,
	KEPT_BEGUN,	/* and it is not known how it ended: the MTA may have it */
	KEPT_RELEASED	/* once at least */
};

struct kept {
	char id[WORKDIR_IDLEN + 1];
	int fd;				/* of the folder; -1: it is a file */
	long long stowed;		/* seconds, when it came */
	unsigned long long size;	/* of the message, in bytes */
	unsigned long long bad;		/* lines that are no records */
	struct span text[KEPT_TEXTS];	/* whole lines; n 0: there is no such file */
	char *owned[KEPT_TEXTS];
};

/* Is it the name of a folder of the quarantine? */
bool kept_is_id(const char *name);

/* The folder of this id in the quarantine.  brief: of the manifest the first record alone. */
bool kept_open(struct kept *k, int quarantine, const char *id, bool brief);

/* A file that write_record wrote. */
bool kept_read(struct kept *k, const char *path);

void kept_close(struct kept *k);

/* The records of text in turn, without their newlines; begin with *at = 0. */
bool kept_next(struct kept *k, struct span text, size_t *at, struct span *line);

/* The first record of a file, without its newline; n 0 if there is none. */
struct span kept_first(const struct kept *k, enum kept_file file);

/* The first value of key in it, n 0 if there is none. */
struct span kept_value(const struct kept *k, enum kept_file file, const char *key);

/* How it ended: deliver, hold, refuse, discard, or unknown. */
struct span kept_ended(struct kept *k, enum kept_release *release);

/* Is it this word? */
bool kept_is(struct span s, const char *word);

/* Has this process the folder alone now, until fd is closed?  Who releases one asks too. */
bool kept_lock(int fd);

#endif
