/* SPDX-License-Identifier: ISC */
#ifndef CLOCK_H
#define CLOCK_H

/* Milliseconds of a clock that nobody sets. */
long long clock_ms(void);

enum { CLOCK_DATE = 64 };

/* Now, as a Date field has it (RFC 5322, 3.3): in UTC, and in English whatever the locale. */
void clock_date(char to[CLOCK_DATE]);

#endif
