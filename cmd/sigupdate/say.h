/* SPDX-License-Identifier: ISC */
/*
 * Prose on stderr, a line each, "sigupdate: TEXT": what somebody has to act on
 * (say_urgent), what is worth a line (say_plain, not with -q), and each step (say_more, with -v).
 * The line of a transfer is erased first.  Bytes that are no printable ASCII are
 * shown as ?.
 */
#ifndef SAY_H
#define SAY_H

enum say { SAY_QUIET = -1, SAY_NORMAL, SAY_VERBOSE };

/* Once, before all else. */
void say_level(enum say level);
enum say say_how(void);

void say_urgent(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_plain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_more(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
