/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/progress.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE = 6000 };

static enum say level;

void
say_level(enum say how)
{
	level = how;
}

enum say
say_how(void)
{
	return level;
}

__attribute__((format(printf, 1, 0))) static void
say(const char *fmt, va_list ap)
{
	char text[LINE];

	vsnprintf(text, sizeof text, fmt, ap);
	for (char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	progress_erase();
	fprintf(stderr, "sigupdate: %s\n", text);
}

void
say_urgent(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
say_plain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (level >= SAY_NORMAL)
		say(fmt, ap);
	va_end(ap);
}

void
say_more(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (level >= SAY_VERBOSE)
		say(fmt, ap);
	va_end(ap);
}
