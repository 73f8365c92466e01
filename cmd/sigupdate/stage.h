/* SPDX-License-Identifier: ISC */
/*
 * The next generation while it is put together, in .stage (0700), which root_publish
 * makes a GEN (0755).  Names are such as filename_wrong does not refuse, each once.
 *
 * What the disk refuses ends the process with EXIT_RETRY, the file named, and
 * .stage is removed before, so that a disk that is full is not left so.
 */
#ifndef STAGE_H
#define STAGE_H

#include "cmd/sigupdate/root.h"

/* An empty .stage, in place of what was there. */
void stage_begin(struct root *r);

/*
 * A file into it, as name: a hard link where the file system allows one and the file
 * is ours alone (owned by us, 0444), else a copy, made 0444 and fsynced.  from: a
 * folder.  got: its size, SHA-256 and signatures, which a copy computes and a link is given
 * (root_digest tells whether they are still true).
 */
void stage_link(struct root *r, int from, const char *name);
void stage_copy(struct root *r, int from, const char *name, struct manifest_file *got);

/*
 * The same as stage_copy, but where the file cannot be read, is no regular one, or does
 * not stay the same for long enough: why, for people, and it is not in .stage.
 * A link is followed.
 */
const char *stage_try_copy(struct root *r, int from, const char *name,
    struct manifest_file *got);

/* Takes a file out of it again, which is there. */
void stage_drop(struct root *r, const char *name);

/* Writes its manifest and fsyncs all of it. */
void stage_end(struct root *r, const struct manifest *m);

/* Removes it: nothing is published. */
void stage_forget(struct root *r);

#endif
