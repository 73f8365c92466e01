/* SPDX-License-Identifier: ISC */
// with: cmd/virtally/logline.c cmd/virtally/postfix.c cmd/virtally/rest.c
// with: cmd/virtally/stamp.c cmd/virtally/calendar.c cmd/virtally/kinds.c cmd/virtally/scan.c
/*
 * Any line: what is found in it lies in it, and is what was promised; a line that has an
 * event is one that the scan finds.
 */
#include "cmd/virtally/logline.h"
#include "cmd/virtally/scan.h"
#include "cmd/virtally/stamp.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static void
check(bool good)
{
	if (!good)
		abort();
}

static void
check_within(struct span s, const char *p, size_t n)
{
	check(s.n == 0 || (s.p >= p && s.p + s.n <= p + n));
}

static void
check_event(const struct event *e, const char *p, size_t n)
{
	check((int)e->kind >= 0 && e->kind < KIND_DUPLICATE);
	check_within(e->id, p, n);
	check_within(e->number, p, n);
	check_within(e->set, p, n);
	check_within(e->made, p, n);
	check_within(e->stale, p, n);
	check(e->name.n <= LOGLINE_MAX && memchr(e->name.p ? e->name.p : "", ' ', e->name.n) == NULL);
	if (e->kind >= KIND_RECEIVED)
		check(e->id.n == 0 && e->number.n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *at;
	struct event e;
	enum logline what;
	struct span line;
	char *whole;

	if (memchr(data, '\n', n) != NULL)
		return 0;
	what = logline_parse(&e, p, n);
	if (what == LOGLINE_NONE)
		return 0;
	check(stamp_length(e.stamp.p, e.stamp.n) == e.stamp.n && e.stamp.n > 0);
	check(e.host.n > 0 && e.tag.n > 0);
	check_within(e.stamp, p, n);
	check_within(e.host, p, n);
	check_within(e.tag, p, n);
	if (what == LOGLINE_STRANGE)
		return 0;
	check_event(&e, p, n);
	if ((whole = malloc(n + 1)) == NULL)
		return 0;
	memcpy(whole, data, n);
	whole[n] = '\n';
	at = whole;
	check(scan_next(&at, whole + n + 1, &line) && line.p == whole && line.n == n);
	free(whole);
	return 0;
}
