/* SPDX-License-Identifier: ISC */
/*
 * The work directory: one folder a message.  man/workdir.5 is the description;
 * this is the only C code that knows the names in it.
 *
 * A folder is made by mimesplit, and whole once its manifest is there; every
 * reader refuses one without.  From then on message, envelope, parts and
 * manifest are frozen.  Files are made with openat, O_EXCL and O_NOFOLLOW in a
 * folder of mode 0700, and no name in it ever comes from mail.
 *
 * Unless said otherwise a function returns 0 or a descriptor, or -1 with errno;
 * nothing is printed, nothing exits.  EBADMSG: a file of the folder is not
 * what workdir.5 says.
 */
#ifndef WORKDIR_H
#define WORKDIR_H

#include "common/record.h"

#include <stdio.h>

enum { WORKDIR_IDLEN = 20 };	/* hex digits of an id */

struct workdir {
	int fd;			/* the folder */
	int parts;		/* its folder parts */
};

/* A range of bytes of message; absent where set is false. */
struct range {
	bool set;
	unsigned long long start;
	unsigned long long len;
};

/*
 * One part, as its manifest record has it.  line is the record without its
 * newline and lives until the next manifest_next.
 */
struct part {
	const char *line;
	size_t linelen;
	unsigned long long part;
	unsigned long long parent;	/* part 0: 0 */
	unsigned long long edit;	/* what mimejoin replaces */
	bool file;			/* parts/N exists */
	struct range head;		/* its fields and the empty line */
	struct range body;		/* without the line end before a delimiter */
	struct range span;		/* from its delimiter to the next */
};

struct manifest {
	FILE *f;
	char id[WORKDIR_IDLEN + 1];
	unsigned long long parts;	/* how many records there are */
	unsigned long long seen;
	char *line;			/* owned; RECORD_MAX bytes */
};

/* Making one. path must not exist.  On an error nothing is left behind. */
int workdir_create(struct workdir *w, const char *path);
int workdir_create_message(const struct workdir *w);
int workdir_create_envelope(const struct workdir *w);
int workdir_create_part(const struct workdir *w, unsigned long long n);
/* While there is no manifest: a part goes, or takes another number. */
int workdir_drop_part(const struct workdir *w, unsigned long long n);
int workdir_move_part(const struct workdir *w, unsigned long long from,
    unsigned long long to);
/* The manifest appears whole, by rename, last.  line ends are included. */
int workdir_publish_manifest(const struct workdir *w, const char *text, size_t n);

/* Reading one: refuses (ENOENT) a folder without a manifest. */
int workdir_open(struct workdir *w, const char *path);
void workdir_close(struct workdir *w);
int workdir_message(const struct workdir *w);
int workdir_part(const struct workdir *w, unsigned long long n);
/* The changed message; ENOENT where nothing was changed. */
int workdir_changed(const struct workdir *w);
/*
 * The only record of envelope, or the records of changes one after the other,
 * whole lines with their newlines, malloc'd, NUL-terminated, *n bytes.
 * Each line is a valid record.  No changes file: "" and 0.
 */
char *workdir_envelope(const struct workdir *w, size_t *n);
char *workdir_changes(const struct workdir *w, size_t *n);

/* message.new: written beside, published whole by rename after an fsync. */
int workdir_create_changed(const struct workdir *w);
int workdir_publish_changed(const struct workdir *w, int fd);
/* Removes it, whole or half-made; 0 where there was none. */
int workdir_forget_changed(const struct workdir *w);

/*
 * The manifest's records in turn: manifest_next gives 1, 0 after the last (and
 * only if there were as many as the first said), -1 on an error.
 */
int manifest_open(struct manifest *m, const struct workdir *w);
int manifest_next(struct manifest *m, struct part *p);
void manifest_close(struct manifest *m);

/* Fsyncs every file of the folder and the folder. */
int workdir_sync(const struct workdir *w);

/*
 * Removes the folder at path with all that it holds (folders in it three deep
 * at the most).  Links are removed, never followed.
 */
int workdir_remove(const char *path);

/* Writes all n bytes, or fails. */
int write_all(int fd, const void *p, size_t n);

#endif
