/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
window_open(struct window *w, int fd)
{
	memset(w, 0, sizeof *w);
	w->fd = fd;
	w->buf = malloc(WINDOW_SIZE);
	return w->buf == NULL ? -1 : 0;
}

void
window_close(struct window *w)
{
	free(w->buf);
	w->buf = NULL;
}

static int
fill(struct window *w)
{
	while (!w->eof && w->have < WINDOW_SIZE) {
		ssize_t n = read(w->fd, w->buf + w->have, WINDOW_SIZE - w->have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			w->eof = true;
		if (n > 0 && w->seen != NULL)
			w->seen(w->ctx, w->buf + w->have, (size_t)n);
		w->have += (size_t)n;
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
