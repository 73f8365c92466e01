/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/stamp.c cmd/virtally/calendar.c
/*
 * Stamps, a line each, of one log: each is the same as if it stood alone, and its day and its
 * hour are those of its second.
 */
#include "cmd/virtally/stamp.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

enum { WRITTEN = 1795716000 };

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_stamp(struct stamps *s, struct span stamp)
{
	struct stamps alone;
	struct when a, b, c;
	bool good = stamps_when(s, stamp, &a);

	stamps_start(&alone, WRITTEN);
	check(stamps_when(&alone, stamp, &b) == good);
	if (!good)
		return;
	check(a.t == b.t && a.day == b.day && a.hour == b.hour);
	check(calendar_when(&c, a.t) && c.day == a.day && c.hour == a.hour);
	if (*stamp.p >= 'A' && *stamp.p <= 'Z')
		check(a.t <= WRITTEN + 86400 + 60);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n;
	struct stamps s;
	size_t len;

	setenv("TZ", n % 2 ? "CET-1CEST,M3.5.0,M10.5.0/3" : "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
	    1);
	tzset();
	stamps_start(&s, WRITTEN);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t left = (size_t)((newline != NULL ? newline : end) - p);

		len = stamp_length(p, left);
		check(len <= left && len <= STAMP_MAX);
		if (len > 0)
			check_stamp(&s, (struct span){ p, len });
		p += left + 1;
	}
	return 0;
}
