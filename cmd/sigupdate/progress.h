/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that says how far a transfer is, where it takes longer than
 * a second; nothing where standard error is no terminal.  Whoever writes anything
 * erases it first.  It is one terminal, so this is one line for the process.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

/* Of a transfer: "ours: x.ndb", which stays the caller's; NULL: no line. */
void progress_start(const char *what);

/* Bytes that are there, of so many; total 0: it is not known. */
void progress_tick(unsigned long long done, unsigned long long total);

/* For a message; the next tick shows it again. */
void progress_erase(void);

/* Erases what a process that was killed left on the terminal. */
void progress_left(void);

/* The transfer is over. */
void progress_end(void);

#endif
