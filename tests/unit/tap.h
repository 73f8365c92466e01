/* SPDX-License-Identifier: ISC */
/* TAP for unit tests in C: OK(condition), then `return done();' in main. */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>

static int tap_count, tap_failed;

#define OK(cond) do { \
	int tap_good = (cond) ? 1 : 0; \
	printf("%sok %d - %s:%d: %s\n", tap_good ? "" : "not ", ++tap_count, \
	    __FILE__, __LINE__, #cond); \
	tap_failed += !tap_good; \
} while (0)

/* Said, and not counted as a pass of anything. */
#define SKIP(why) printf("ok %d - %s:%d # SKIP %s\n", ++tap_count, __FILE__, __LINE__, why)

static int
done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
