/* SPDX-License-Identifier: ISC */
/*
 * One file of a set, looked at by itself.  libclamav 1.4 loads in silence what
 * it should not: a link that leads nowhere, a YARA file without the rules that
 * it cannot read, a list that was cut within its last line, an archive that was
 * cut between its files; and a folder or a pipe holds it up for ever.
 *
 * What the system refuses (descriptors, room, a disk that fails) is no fault of the
 * file: its why is then "system".  Of memory, memory.h tells.
 *
 * libclamav reads the file here: call it in a process that may be lost.  Beside
 * engine.c, sigfile.c is the only file that includes clamav.h.
 */
#ifndef SIGFILE_H
#define SIGFILE_H

#include <limits.h>
#include <stdbool.h>
#include <time.h>

enum sigfile_state {
	SIGFILE_GOOD,
	SIGFILE_PASSED_OVER,	/* libclamav does not load it */
	SIGFILE_BAD
};

struct sigfile {
	enum sigfile_state state;
	char path[PATH_MAX + NAME_MAX + 2];
	unsigned long long size;	/* bytes */
	time_t made;		/* as a container's header says, else changed */
	bool container;		/* it has a header, which holds: */
	unsigned number;
	unsigned signatures;
	unsigned level;		/* of the libclamav that it is made for, or a later one */
	const char *why;	/* one word for a record; NULL where it is good */
	char text[512];		/* what is wrong, for people; printable ASCII */
};

/* Is that errno the system's own trouble, which says nothing of a file?  ENOMEM is memory.h's. */
bool sigfile_refused(int error);

/* Fills f->path and nothing else: what is looked at is known from then on. */
void sigfile_name(struct sigfile *f, const char *dir, const char *name);

/*
 * Fills the rest for the file f->path in the folder dir (without links).  load:
 * libclamav is to load it, whatever kind it is; else only where it would drop a
 * part of it in silence.  Uses watch.h.
 */
void sigfile_look(struct sigfile *f, const char *dir, bool load);

#endif
