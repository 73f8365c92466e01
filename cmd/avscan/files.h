/* SPDX-License-Identifier: ISC */
/* Files, folders and what comes through a pipe, as they were named by hand. */
#ifndef FILES_H
#define FILES_H

#include "cmd/avscan/finding.h"

/*
 * Scans each of the paths (NULL ends them; a folder is walked, - is standard
 * input), ends the session, and prints the check= record.  False, without that
 * record: not everything could be looked at.  deadline: seconds.
 */
bool files_scan(struct findings *f, char **paths, unsigned long deadline);

/* Is it a folder?  Is it a work directory, from the outside? */
bool files_is_folder(const char *path);
bool files_is_workdir(const char *path);

#endif
