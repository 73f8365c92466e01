/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/progress.h"
#include "common/clean.h"
#include "common/termline.h"

#include <err.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 48, WARNING = 1024 };

static struct {
	bool begun;
	unsigned long long total;
	char name[NAME + 1];
	struct termline line;
} progress;

/* The end of a path tells more than its beginning. */
static void
set_name(const char *name)
{
	size_t n = strlen(name);

	if (n > NAME) {
		name += n - NAME;
		n = NAME;
	}
	memcpy(progress.name, name, n);
	progress.name[clean_line(progress.name, n)] = '\0';
}

void
progress_start(const char *name, unsigned long long total)
{
	/* the second of quiet is the whole run's */
	if (!progress.begun)
		termline_start(&progress.line);
	progress.begun = true;
	progress.total = total;
	set_name(name);
}

void
progress_tick(unsigned long long done)
{
	char text[TERMLINE_MAX];
	int n;

	if (!progress.line.on || !termline_due(&progress.line))
		return;
	if (progress.total > 0)
		n = snprintf(text, sizeof text, "virtally: %s: %u%%", progress.name,
		    done >= progress.total ? 100 :
		    (unsigned)((double)done * 100 / (double)progress.total));
	else
		n = snprintf(text, sizeof text, "virtally: %s: %llu MB", progress.name,
		    done / 1000000);
	if (n > 0 && (size_t)n < sizeof text)
		termline_show(&progress.line, text, (size_t)n);
}

void
progress_erase(void)
{
	termline_erase(&progress.line);
}

void
progress_warn(const char *name, const char *format, ...)
{
	char shown[PATH_MAX], text[WARNING];
	size_t n = strnlen(name, sizeof shown - 1);
	va_list list;

	memcpy(shown, name, n);
	n = clean_line(shown, n);
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	progress_erase();
	warnx("%.*s: %s", (int)n, shown, text);
}
