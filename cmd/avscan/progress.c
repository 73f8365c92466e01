/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"

#include <sys/ioctl.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	QUIET = 1000,		/* ms in which nothing is shown */
	EVERY = 200,		/* ms between two lines */
	WIDTH_MAX = 200
};

static struct {
	bool on;
	const char *things;
	unsigned long long total, begun;
	unsigned long long bytes;	/* of those that are done */
	unsigned long long size;	/* of the one in hand */
	char name[WIDTH_MAX];
	long long start, last, end;	/* ms */
	size_t shown;			/* bytes of the line that is there */
} progress;

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_start(const char *things, unsigned long long total, unsigned long deadline)
{
	if (!isatty(STDERR_FILENO))
		return;
	progress.on = true;
	progress.things = things;
	progress.total = total;
	progress.start = now();
	progress.end = progress.start + (long long)deadline * 1000 - QUIET;
}

void
progress_next(const char *name, unsigned long long bytes)
{
	if (!progress.on)
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
	return progress.on ? EVERY : -1;
}

/* How much of a line can be written without a wrap. */
static size_t
width(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col < 2)
		return 79;
	return w.ws_col < WIDTH_MAX ? w.ws_col - 1U : WIDTH_MAX;
}

/* No character has more columns than bytes. */
static void
put(const char *text, size_t n)
{
	char line[WIDTH_MAX + 2];

	line[0] = '\r';
	memcpy(line + 1, text, n);
	line[n + 1] = '\r';
	(void)!write(STDERR_FILENO, line, n + 2);
}

void
progress_erase(void)
{
	char blanks[WIDTH_MAX];

	if (progress.shown == 0)
		return;
	memset(blanks, ' ', sizeof blanks);
	put(blanks, progress.shown);
	progress.shown = 0;
}

static void
draw(void)
{
	char text[2 * WIDTH_MAX], of[32] = "";
	unsigned long long done = progress.begun > 0 ? progress.begun - 1 : 0;
	size_t n, max = width();

	if (progress.total > 0)
		snprintf(of, sizeof of, " of %llu", progress.total);
	snprintf(text, sizeof text, "avscan: %llu%s %s, %llu KiB done, now: %s",
	    done, of, progress.things, progress.bytes >> 10, progress.name);
	n = show_cut(text, max);
	progress_erase();
	put(text, n);
	progress.shown = n;
}

void
progress_tick(void)
{
	long long t;

	if (!progress.on)
		return;
	t = now();
	if (t >= progress.end) {
		progress_erase();
		progress.on = false;
	} else if (t - progress.start >= QUIET && t - progress.last >= EVERY) {
		progress.last = t;
		draw();
	}
}
