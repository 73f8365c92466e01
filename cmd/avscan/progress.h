/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that says how far we are, where it takes longer than a
 * second; nothing where standard error is no terminal.  Nobody wakes up for it:
 * who waits does so for progress_patience at the most, and then ticks.
 *
 * Whoever writes a message or a record erases the line first.  It is one
 * terminal, so this is one line for the process.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

/*
 * things: "files" or "parts".  total: how many, 0 where that is not known.
 * Nothing is shown in the last second before the deadline, whose message is
 * written by a signal handler.
 */
void progress_start(const char *things, unsigned long long total,
    unsigned long deadline);

/* One more is taken in hand: its name, of any bytes, and its size. */
void progress_next(const char *name, unsigned long long bytes);

/* Milliseconds until the next tick; -1: there is none. */
int progress_patience(void);
void progress_tick(void);
void progress_erase(void);

#endif
