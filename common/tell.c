/* SPDX-License-Identifier: ISC */
#include "common/tell.h"

#include <string.h>

void
tell_start(struct tell *t, const struct carried *to)
{
	t->to = *to;
	t->open = false;
	t->n = 0;
}

void
tell_flush(struct tell *t)
{
	if (t->n > 0)
		t->to.data(t->to.ctx, t->buf, t->n);
	t->n = 0;
}

void
tell_file(struct tell *t)
{
	tell_end(t);
	t->to.file(t->to.ctx);
	t->open = true;
}

void
tell_end(struct tell *t)
{
	if (!t->open)
		return;
	tell_flush(t);
	t->to.end(t->to.ctx);
	t->open = false;
}

void
tell_data(struct tell *t, const char *p, size_t n)
{
	if (n > sizeof t->buf - t->n)
		tell_flush(t);
	if (n >= sizeof t->buf) {
		t->to.data(t->to.ctx, p, n);
	} else if (n > 0) {
		memcpy(t->buf + t->n, p, n);
		t->n += n;
	}
}

void
tell_run(struct tell *t, char c, size_t n)
{
	while (n > 0) {
		size_t room = sizeof t->buf - t->n, k = n < room ? n : room;

		memset(t->buf + t->n, c, k);
		t->n += k;
		n -= k;
		if (n > 0)
			tell_flush(t);
	}
}

static bool
around(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

void
tell_name(struct tell *t, const char *p, size_t n)
{
	const char *nul;

	while (n > 0 && around(p[0])) {
		p++;
		n--;
	}
	while (n > 0 && around(p[n - 1]))
		n--;
	if (n == 0)
		return;
	tell_flush(t);
	t->to.name(t->to.ctx, p, n);
	if (n > 2 && (p[0] == '"' || p[0] == '\'') && p[n - 1] == p[0])
		t->to.name(t->to.ctx, p + 1, n - 2);
	nul = memchr(p, '\0', n);
	if (nul != NULL)
		t->to.name(t->to.ctx, p, (size_t)(nul - p));
}
