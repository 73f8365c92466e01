/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/clock.h"
#include "common/termline.h"

#include <stdio.h>

static struct {
	struct termline line;
	const char *things;
	unsigned long long total, begun;
	unsigned long long bytes;	/* of those that are done */
	unsigned long long size;	/* of the one in hand */
	char name[TERMLINE_MAX];
	long long end;			/* ms */
} progress;

void
progress_start(const char *things, unsigned long long total, unsigned long deadline)
{
	termline_start(&progress.line);
	progress.things = things;
	progress.total = total;
	progress.end = progress.line.start + (long long)deadline * 1000 - TERMLINE_QUIET;
}

void
progress_next(const char *name, unsigned long long bytes)
{
	if (!progress.line.on)
		return;
	progress.begun++;
	progress.bytes += progress.size;
	progress.size = bytes;
	snprintf(progress.name, sizeof progress.name, "%s", show(name));
	progress_tick();
}

int
progress_patience(void)
{
	return progress.line.on ? TERMLINE_EVERY : -1;
}

void
progress_erase(void)
{
	termline_erase(&progress.line);
}

static void
draw(void)
{
	char text[2 * TERMLINE_MAX], of[32] = "";
	unsigned long long done = progress.begun > 0 ? progress.begun - 1 : 0;

	if (progress.total > 0)
		snprintf(of, sizeof of, " of %llu", progress.total);
	snprintf(text, sizeof text, "avscan: %llu%s %s, %llu KiB done, now: %s",
	    done, of, progress.things, progress.bytes >> 10, progress.name);
	termline_show(&progress.line, text, show_cut(text, termline_width()));
}

void
progress_tick(void)
{
	if (!progress.line.on)
		return;
	if (clock_ms() >= progress.end) {
		progress_erase();
		progress.line.on = false;
	} else if (termline_due(&progress.line))
		draw();
}
