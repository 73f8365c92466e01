/* SPDX-License-Identifier: ISC */
/*
 * How many messages are judged at once.  As many more wait, in no order; more than that
 * are turned away.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

enum gate { GATE_IN, GATE_BUSY, GATE_LATE };

/* Once, before all others.  False, with errno. */
bool gate_start(unsigned places);

/*
 * Takes a place, if need be after a wait, but not after `end' (clock_ms).  With GATE_IN it
 * is the caller's until gate_leave.
 */
enum gate gate_enter(long long end);
void gate_leave(void);

/* No more come in, and who waits is late; false if somebody is in after so many milliseconds. */
bool gate_close(long long ms);

#endif
