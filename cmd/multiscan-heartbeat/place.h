/* SPDX-License-Identifier: ISC */
/*
 * The folder where what is waited for and what has arrived meet: TOKEN.waiting, empty, and
 * TOKEN.arrived, a record, which appears whole.
 *
 * What returns -1 leaves errno; nothing is printed.
 */
#ifndef PLACE_H
#define PLACE_H

#include "cmd/multiscan-heartbeat/arrival.h"

/* A descriptor of the folder, or -1. */
int place_open(const char *folder);

/* From now on this token is waited for.  0, or -1. */
int place_wait(int dir, const char *token);

/* Is this token waited for? */
bool place_waits(int dir, const char *token);

/* Writes what has arrived.  0, or -1. */
int place_arrive(int dir, const struct arrival *a);

/*
 * 1: it has arrived, and a has token, holds and bytes; 0: not yet; -1: it cannot be told,
 * or the file is none of ours (EBADMSG).
 */
int place_look(int dir, const char *token, struct arrival *a);

/* Removes both files of this token; one that stays does no harm. */
void place_forget(int dir, const char *token);

/* Removes what runs left that were killed a day ago. */
void place_clear(int dir);

#endif
