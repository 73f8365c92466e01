/* SPDX-License-Identifier: ISC */
/*
 * Is a set of signatures fit to be used?  All that libclamav reads, it reads in
 * child processes with a limit of time and memory: what ends one of them is
 * told like any other fault.  What the system refuses (memory, descriptors, room,
 * processes, time) is no fault of the set, and is told apart: why=memory, system, time.
 */
#ifndef CHECK_H
#define CHECK_H

#include "cmd/avscand/engine.h"
#include "cmd/avscand/sigset.h"

/*
 * Looks at each file by itself, loads all of them, and asks for every canary.
 * Prints a record for each file, and one for the whole of it; faults go to stderr,
 * each with its file.  tmp: where a private folder for temporary files is made; NULL:
 * only each file by itself is looked at.  EXIT_NOTHING, or EXIT_RETRY.
 */
int check_set(const struct sigset *s, const struct engine_settings *settings,
    const char *tmp);

/*
 * The first file of a set that did not load which does not load by itself
 * either, or which the system did not let us read: "FILE: reason" in text, in
 * printable ASCII but for the file's name.
 * False: there is none.  It loads every file, one after the other: as long as
 * the whole takes.  Waits for no other child than its own; ends the process with
 * EXIT_RETRY where it cannot look at all.
 */
bool sigset_blame(const char *dir, char *text, size_t size);

#endif
