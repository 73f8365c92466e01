/* SPDX-License-Identifier: ISC */
/*
 * One line on a terminal that says how far a log was read, where it takes longer than a
 * second; nothing where standard error is no terminal.  Whoever writes anything erases it
 * first.  It is one terminal, so this is one line for the process.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

/* A log of so many bytes, 0 where that is not known; its name is not kept. */
void progress_start(const char *name, unsigned long long total);

/* How many of them were read. */
void progress_tick(unsigned long long done);
void progress_erase(void);

/* Erases it, then warnx of a log whose name may hold anything. */
__attribute__((format(printf, 2, 3))) void progress_warn(const char *name,
    const char *format, ...);

#endif
