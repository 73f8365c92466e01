/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { QUIET = 1000, EVERY = 200, WIDTH = 79, BAR = 20, LEAST = 5, WHAT = 32 };

static struct {
	const char *what;	/* NULL: there is no line to be shown */
	bool begun;		/* first is known */
	unsigned long long first;	/* what was there before */
	long long start, last;	/* ms */
	size_t shown;		/* bytes of the line that is there */
} progress;

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_start(const char *what)
{
	progress_erase();
	progress.what = isatty(STDERR_FILENO) == 1 ? what : NULL;
	progress.begun = false;
	progress.start = now();
	progress.last = 0;
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

void
progress_end(void)
{
	progress_erase();
	progress.what = NULL;
}

/* The unit of a size, and how many bytes it has. */
static const char *
unit(unsigned long long bytes, double *one)
{
	*one = bytes < 1 << 20 ? 1024 : bytes < 1 << 30 ? 1024 * 1024 : 1024 * 1024 * 1024;
	return bytes < 1 << 20 ? "KiB" : bytes < 1 << 30 ? "MiB" : "GiB";
}

static unsigned
percent(unsigned long long done, unsigned long long total)
{
	return done >= total ? 100 : (unsigned)((double)done * 100 / (double)total);
}

/* "42% 12.3 of 29.1 MiB", or "12.3 MiB". */
static void
amount(char *text, size_t size, unsigned long long done, unsigned long long total)
{
	double one;
	const char *name = unit(total == 0 ? done : total, &one);

	if (total == 0)
		snprintf(text, size, "%.1f %s", (double)done / one, name);
	else
		snprintf(text, size, "%u%% %.1f of %.1f %s", percent(done, total),
		    (double)done / one, (double)total / one, name);
}

/* "[=====>    ] ", where there is room for it. */
static void
bar(char text[BAR + 4], size_t room, unsigned share)
{
	size_t wide, n;

	text[0] = '\0';
	if (room < LEAST + 3)
		return;
	wide = room < BAR + 3 ? room - 3 : BAR;
	n = wide * share / 100;
	memset(text + 1, ' ', wide);
	memset(text + 1, '=', n);
	if (n < wide)
		text[1 + n] = '>';
	text[0] = '[';
	memcpy(text + 1 + wide, "] ", 3);
}

static void
show(unsigned long long done, unsigned long long total, double rate)
{
	char line[WIDTH + 3], text[WIDTH], picture[BAR + 4] = "";
	double one;
	const char *name = unit((unsigned long long)rate, &one);
	int n;

	amount(text, sizeof text, done, total);
	n = snprintf(line, sizeof line, "\rsigupdate: %.*s: %s, %.1f %s/s", WHAT, progress.what,
	    text, rate / one, name);
	if (n < 1)
		return;
	if (total > 0 && n <= WIDTH)
		bar(picture, (size_t)(WIDTH + 1 - n), percent(done, total));
	n = snprintf(line, WIDTH + 2, "\rsigupdate: %.*s: %s%s, %.1f %s/s", WHAT, progress.what,
	    picture, text, rate / one, name);
	progress.shown = n > WIDTH + 1 ? WIDTH : (size_t)n - 1;
	line[progress.shown + 1] = '\r';
	(void)!write(STDERR_FILENO, line, progress.shown + 2);
}

void
progress_tick(unsigned long long done, unsigned long long total)
{
	long long t = now();

	if (progress.what == NULL)
		return;
	if (!progress.begun || done < progress.first)
		progress.first = done;
	progress.begun = true;
	if (t - progress.start < QUIET || t - progress.last < EVERY)
		return;
	progress.last = t;
	progress_erase();
	show(done, total, (double)(done - progress.first) * 1000 / (double)(t - progress.start));
}
