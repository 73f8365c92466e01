/* SPDX-License-Identifier: ISC */
#include "cmd/relayprobe/progress.h"
#include "common/termline.h"

#include <stdio.h>

static size_t hosts;
static struct termline line;

void
progress_start(size_t total)
{
	hosts = total;
	termline_start(&line);
}

void
progress_erase(void)
{
	termline_erase(&line);
}

int
progress_tick(size_t done, size_t running)
{
	char text[TERMLINE_MAX];
	int n;

	if (!line.on)
		return -1;
	if (!termline_due(&line))
		return TERMLINE_EVERY;
	n = snprintf(text, sizeof text, "relayprobe: %zu of %zu hosts done, %zu in hand", done,
	    hosts, running);
	if (n > 0 && (size_t)n < sizeof text)
		termline_show(&line, text, (size_t)n);
	return TERMLINE_EVERY;
}
