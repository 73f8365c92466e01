/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/window.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static void
begin(struct window *w, int fd, unsigned long long from, unsigned long long to)
{
	w->fd = fd;
	w->base = from;
	w->to = to;
	w->have = 0;
	w->eof = from >= to;
}

void
window_stream(struct window *w, int fd)
{
	begin(w, fd, 0, ULLONG_MAX);
	w->stream = true;
}

void
window_range(struct window *w, int fd, unsigned long long from,
    unsigned long long to)
{
	begin(w, fd, from, to);
	w->stream = false;
	w->seen = NULL;
}

static ssize_t
more(struct window *w)
{
	unsigned long long at = w->base + w->have;
	size_t room = WINDOW_SIZE - w->have;

	if (w->stream)
		return read(w->fd, w->buf + w->have, room);
	if (room > w->to - at)
		room = (size_t)(w->to - at);
	return pread(w->fd, w->buf + w->have, room, (off_t)at);
}

static int
fill(struct window *w)
{
	while (!w->eof && w->have < WINDOW_SIZE) {
		ssize_t n = more(w);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n > 0 && w->seen != NULL)
			w->seen(w->ctx, w->buf + w->have, (size_t)n);
		w->have += (size_t)n;
		w->eof = n == 0 || w->base + w->have == w->to;
	}
	return 0;
}

long
window_look(struct window *w, unsigned long long at, const char **p)
{
	size_t gone = (size_t)(at - w->base);

	if (!w->eof && w->have - gone < WINDOW_LOOK) {
		memmove(w->buf, w->buf + gone, w->have - gone);
		w->have -= gone;
		w->base = at;
		gone = 0;
		if (fill(w) < 0)
			return -1;
	}
	*p = w->buf + gone;
	return (long)(w->have - gone);
}
