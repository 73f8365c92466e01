/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that says how far we are, where it takes longer than a
 * second; nothing where standard error is no terminal.  Whoever writes anything
 * erases it first.  It is one terminal, so this is one line for the process.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>

void progress_start(size_t total);

/* Milliseconds until it wants to be called again; -1: there is no need. */
int progress_tick(size_t done, size_t running);
void progress_erase(void);

#endif
