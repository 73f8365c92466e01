/* SPDX-License-Identifier: ISC */
#include "common/termline.h"
#include "common/clock.h"

#include <sys/ioctl.h>

#include <string.h>
#include <unistd.h>

void
termline_start(struct termline *t)
{
	termline_erase(t);
	t->on = isatty(STDERR_FILENO) == 1;
	t->start = clock_ms();
	t->last = 0;
}

bool
termline_due(struct termline *t)
{
	long long now;

	if (!t->on)
		return false;
	now = clock_ms();
	if (now - t->start < TERMLINE_QUIET || now - t->last < TERMLINE_EVERY)
		return false;
	t->last = now;
	return true;
}

size_t
termline_width(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col < 2)
		return 79;
	return w.ws_col <= TERMLINE_MAX ? w.ws_col - 1U : TERMLINE_MAX;
}

/* No character has more columns than bytes. */
static void
put(const char *text, size_t n)
{
	char line[TERMLINE_MAX + 2];

	line[0] = '\r';
	memcpy(line + 1, text, n);
	line[n + 1] = '\r';
	(void)!write(STDERR_FILENO, line, n + 2);
}

void
termline_erase(struct termline *t)
{
	char blanks[TERMLINE_MAX];

	if (t->shown == 0)
		return;
	memset(blanks, ' ', sizeof blanks);
	put(blanks, t->shown);
	t->shown = 0;
}

void
termline_show(struct termline *t, const char *text, size_t n)
{
	size_t width = termline_width();

	termline_erase(t);
	t->shown = n < width ? n : width;
	put(text, t->shown);
}
