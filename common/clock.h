/* SPDX-License-Identifier: ISC */
#ifndef CLOCK_H
#define CLOCK_H

/* Milliseconds of a clock that nobody sets. */
long long clock_ms(void);

#endif
