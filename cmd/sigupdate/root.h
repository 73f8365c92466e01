/* SPDX-License-Identifier: ISC */
/*
 * The folder of the generations.
 *	GEN/		signature files, 0444, and `manifest' (manifest.h); never changed
 *	current, previous	links to a GEN, relative; replaced by rename
 *	.next		link to the GEN that is just becoming the current one
 *	.previous	half-made `previous'
 *	.gone.GEN/	a GEN that is being removed
 *	.stage/		what is being put together (stage.h)
 *	.part/SOURCE/	what is being fetched
 *	.state, .state.new	see state.h
 *	.lock, .waiting	held (flock) while one runs, or waits
 * GEN is a number of 14 digits, YYYYMMDDhhmmss in UTC when it was made, or the next
 * one that is free above all others.
 *
 * Invariant: `current' leads to a whole generation at every moment, whatever is
 * killed when: files, then their folder, are fsynced before the rename, and the
 * root after it.  Nothing is ever changed or removed but what is named above, and of a
 * GEN only what its manifest names, or `current' has too.
 *
 * Publishing: .next is made first, then .stage becomes GEN; then `previous' is
 * replaced, and .next becomes `current'.  So .next tells what a killed run was at:
 * where it leads to a GEN, that was tried and is whole, and root_tidy goes on from
 * there; where it leads nowhere, nothing was published, and it goes.  Without
 * it a GEN newer than `current' is one that was taken back, and stays.
 *
 * Trust: the root is not writable by others, so no names in it change under us.  What is
 * wrong with it ends the process with EXIT_RETRY, the file named; what cannot
 * be removed is said, and left for the next run.
 */
#ifndef ROOT_H
#define ROOT_H

#include "cmd/sigupdate/manifest.h"

#include <stdbool.h>

enum { ROOT_GEN = 15 };		/* bytes of a generation's name with its NUL */

struct root {
	const char *path;	/* not owned */
	int fd;
	int lock;		/* -1: not held */
	int stage;		/* -1: none was begun; see stage.h */
};

/*
 * Opens it, and sets the umask to 022.  There is no such folder, or others may write
 * to it: ends with EXIT_RETRY, and how to mend it.
 */
void root_open(struct root *r, const char *path);
void root_close(struct root *r);

/*
 * The place of the one run that waits for the lock: a descriptor, to be closed
 * once the lock is held; -1: another run waits already.
 */
int root_waiting(const struct root *r);

/*
 * Waits for the lock, at most so many seconds (then ends with EXIT_RETRY); says on
 * stderr that it waits, and for whom, unless quiet.  Also ends so where the root is not
 * owned by us.
 */
void root_lock(struct root *r, unsigned long seconds, bool quiet);

/*
 * With the lock, and before all else that changes something: ends what a killed run
 * began (.next, .gone.GEN) and takes away what it left (.stage, half-made files).
 */
void root_tidy(struct root *r);

/* Is it the name of a generation that is there? */
bool root_has(const struct root *r, const char *gen);

/* Where `current' or `previous' leads; false: there is none, or it leads to no GEN. */
bool root_link(const struct root *r, const char *link, char gen[ROOT_GEN]);

/* The names of all generations, newest first; malloc'd; how many. */
size_t root_list(const struct root *r, char (**gens)[ROOT_GEN]);

/* Opens the folder of a generation, to read; the caller closes it. */
int root_folder(const struct root *r, const char *gen);

/*
 * Reads GEN/manifest; false, and why on stderr; then errno is 0 where it is missing or
 * broken, and else says why it could not be read this time.
 */
bool root_manifest(const struct root *r, const char *gen, struct manifest *m);

/* Opens .part/SOURCE, making it (0700); the caller closes it. */
int root_part(const struct root *r, const char *source);
/* Removes it with all in it; it may not be there. */
void root_part_end(const struct root *r, const char *source);
/* Removes those of all sources but the n named. */
void root_parts_tidy(const struct root *r, const char *const *names, size_t n);

/*
 * Signature files in GEN that its manifest does not name: somebody put them there.
 * Their names, malloc'd, NULL-terminated, each malloc'd.  One with a name that no manifest
 * can have (filename_wrong), or that differs from one of the manifest in case
 * alone, is said on stderr and not among them.
 */
char **root_strangers(const struct root *r, const char *gen, const struct manifest *m);

/* The name that the next generation gets. */
void root_next(const struct root *r, char gen[ROOT_GEN]);

/* Makes the stage GEN, and that the current one; the one before becomes `previous'. */
void root_publish(struct root *r, const char *gen);

/* Makes GEN, which is there, the current one; nothing where it is. */
void root_switch(struct root *r, const char *gen);

/*
 * Removes what is beyond the `keep' newest, never the current and previous one, one
 * that a reader holds (flock on its folder), or one with strangers in it that the current
 * one has not, which is said on stderr.
 */
void root_prune(struct root *r, unsigned keep);

/*
 * Fills size, sha256 and sigs of f from a file; name and source stay.  False with
 * errno, and for a link or what is no regular file.  sigs: what a container's head
 * says, else the lines that are neither empty nor a comment; 0 of what libclamav does
 * not load, and of what is an exception (filename_excepts).
 */
bool root_digest(int dir, const char *name, struct manifest_file *f);

/* The same of what a link leads to, in a folder that an admin names. */
bool root_digest_followed(int dir, const char *name, struct manifest_file *f);

/*
 * Copies a file from one folder into another, that has none of that name, 0444 and
 * fsynced; got as root_digest fills it.  A link is followed.  NULL, or why it cannot be
 * read, is no regular file or does not stay the same for long enough, for people, and
 * there is no copy.  What the disk refuses ends the process with EXIT_RETRY.
 */
__attribute__((warn_unused_result))
const char *root_copy(int from, const char *name, int to, struct manifest_file *got);

/* Says what is wrong with a name in the root, by errno, and ends with EXIT_RETRY. */
_Noreturn void root_lost(const struct root *r, const char *name);

#endif
