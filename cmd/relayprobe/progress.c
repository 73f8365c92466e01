/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/progress.h"
#include "cmd/relayprobe/link.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUIET = 1000, EVERY = 200, WIDTH = 79 };

static struct {
	bool on;
	size_t total;
	long long start, last;	/* ms */
	size_t shown;		/* bytes of the line that is there */
} progress;

void
progress_start(size_t total)
{
	progress.on = isatty(STDERR_FILENO) == 1;
	progress.total = total;
	progress.start = link_now();
}

void
progress_erase(void)
{
	char line[WIDTH + 2];

	if (progress.shown == 0)
		return;
	memset(line, ' ', sizeof line);
	line[0] = line[progress.shown + 1] = '\r';
	(void)!write(STDERR_FILENO, line, progress.shown + 2);
	progress.shown = 0;
}

int
progress_tick(size_t done, size_t running)
{
	char line[WIDTH + 2];
	long long now = link_now();
	int n;

	if (!progress.on)
		return -1;
	if (now - progress.start < QUIET || now - progress.last < EVERY)
		return EVERY;
	progress.last = now;
	progress_erase();
	n = snprintf(line, sizeof line, "\rrelayprobe: %zu of %zu hosts done, %zu in hand\r", done,
	    progress.total, running);
	if (n < 2 || (size_t)n >= sizeof line)
		return EVERY;
	(void)!write(STDERR_FILENO, line, (size_t)n);
	progress.shown = (size_t)n - 2;
	return EVERY;
}
