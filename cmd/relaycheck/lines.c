/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
lines_start(struct lines *l, int fd)
{
	l->fd = fd;
	l->at = l->end = 0;
	l->skip = l->eof = false;
}

static const char *
newline(const struct lines *l)
{
	return l->at < l->end ? memchr(l->bytes + l->at, '\n', l->end - l->at) : NULL;
}

bool
lines_wait(const struct lines *l)
{
	return newline(l) == NULL;
}

/* False: it failed. */
static bool
fill(struct lines *l)
{
	ssize_t n;

	memmove(l->bytes, l->bytes + l->at, l->end - l->at);
	l->end -= l->at;
	l->at = 0;
	do
		n = read(l->fd, l->bytes + l->end, sizeof l->bytes - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return false;
	l->eof = n == 0;
	l->end += (size_t)n;
	return true;
}

enum lines_state
lines_next(struct lines *l, struct span *line)
{
	const char *end;

	while ((end = newline(l)) == NULL && !l->eof) {
		if (l->end - l->at == sizeof l->bytes) {
			l->skip = true;
			l->at = l->end = 0;
		}
		if (!fill(l))
			return LINES_FAILED;
	}
	if (end == NULL && l->at == l->end && !l->skip)
		return LINES_END;
	line->p = l->bytes + l->at;
	line->n = (end == NULL ? l->end : (size_t)(end - l->bytes)) - l->at;
	l->at += line->n + (end != NULL);
	if (!l->skip)
		return LINES_ONE;
	l->skip = false;
	return LINES_LONG;
}
