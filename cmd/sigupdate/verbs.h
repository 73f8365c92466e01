/* SPDX-License-Identifier: ISC */
/* What is done without asking a source.  Each gives the exit status. */
#ifndef VERBS_H
#define VERBS_H

#include "cmd/sigupdate/conf.h"

#include <stdbool.h>

/*
 * The generations, newest first, then each source of the configuration, or where there is
 * none each that is known; files: each file of them too.
 */
int verb_list(const struct conf *c, const char *root, bool files);

/* gen: NULL for the current one. */
int verb_verify(const char *root, const char *gen);

/* gen: NULL for the previous one; c may have no source and no engine. */
int verb_rollback(const struct conf *c, const char *root, const char *gen, unsigned long seconds);

/* The manifest of a set that is to be published, on standard output. */
int verb_manifest(const char *source, const char *generation, const char *folder);

#endif
