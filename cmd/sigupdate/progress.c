/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/progress.h"
#include "common/termline.h"

#include <stdio.h>
#include <string.h>

enum { BAR = 20, LEAST = 5, WHAT = 32 };

static struct {
	const char *what;	/* NULL: there is no line to be shown */
	bool begun;		/* first is known */
	unsigned long long first;	/* what was there before */
	struct termline line;
} progress;

void
progress_start(const char *what)
{
	termline_start(&progress.line);
	progress.what = progress.line.on ? what : NULL;
	progress.begun = false;
}

void
progress_erase(void)
{
	termline_erase(&progress.line);
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
	char line[TERMLINE_MAX + 1], text[80], picture[BAR + 4] = "";
	double one;
	const char *name = unit((unsigned long long)rate, &one);
	size_t width = termline_width();
	int n;

	amount(text, sizeof text, done, total);
	n = snprintf(line, sizeof line, "sigupdate: %.*s: %s, %.1f %s/s", WHAT, progress.what,
	    text, rate / one, name);
	if (n < 1)
		return;
	if (total > 0 && (size_t)n <= width)
		bar(picture, width - (size_t)n, percent(done, total));
	n = snprintf(line, sizeof line, "sigupdate: %.*s: %s%s, %.1f %s/s", WHAT, progress.what,
	    picture, text, rate / one, name);
	if (n > 0 && (size_t)n < sizeof line)
		termline_show(&progress.line, line, (size_t)n);
}

void
progress_tick(unsigned long long done, unsigned long long total)
{
	if (progress.what == NULL)
		return;
	if (!progress.begun || done < progress.first)
		progress.first = done;
	progress.begun = true;
	if (termline_due(&progress.line))
		show(done, total, (double)(done - progress.first) * 1000 /
		    (double)(progress.line.last - progress.line.start));
}

void
progress_left(void)
{
	struct termline left = { .on = false };

	termline_start(&left);
	left.shown = left.on ? termline_width() : 0;
	termline_erase(&left);
}
