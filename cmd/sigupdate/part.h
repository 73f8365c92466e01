/* SPDX-License-Identifier: ISC */
/*
 * .part/SOURCE, a descriptor from root_part.  What the disk refuses ends the process with
 * EXIT_RETRY.
 */
#ifndef PART_H
#define PART_H

#include "cmd/sigupdate/manifest.h"

#include <stdbool.h>

/* The names in it, as folder_names gives them; never NULL. */
char **part_names(int part);

/* Makes a file of it, whole and verified, one that never changes. */
void part_seal(int part, const char *name);

/* Removes all of it that is neither a file of m nor what is there of one. */
void part_only(int part, const struct manifest *m);

/* The first 512 bytes of a container in any folder; false: it has none. */
bool part_head(int dir, const char *name, char first[512]);

#endif
