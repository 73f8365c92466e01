/* SPDX-License-Identifier: ISC */
#include "common/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	size_t n;
} FIELDS[HEAD_FIELDS] = {
	[HEAD_TYPE] = { "content-type", 12 },
	[HEAD_ENCODING] = { "content-transfer-encoding", 25 },
	[HEAD_DISPOSITION] = { "content-disposition", 19 },
	[HEAD_DESCRIPTION] = { "content-description", 19 },
	[HEAD_LOCATION] = { "content-location", 16 },
	[HEAD_MSGID] = { "message-id", 10 },
};

enum { NO_FIELD = -1 };

void
head_init(struct head *h)
{
	memset(h, 0, sizeof *h);
	h->last = NO_FIELD;
}

void
head_start(struct head *h)
{
	h->len = 0;
	memset(h->count, 0, sizeof h->count);
	h->last = NO_FIELD;
	h->bad = 0;
	h->full = false;
}

void
head_free(struct head *h)
{
	free(h->buf);
	head_init(h);
}

/* The length of "token[blanks]:" at the start of a line, 0 if there is none. */
static size_t
field_name(const char *p, size_t n, size_t *namelen)
{
	size_t i = 0;

	while (i < n && p[i] > ' ' && p[i] < 0x7f && p[i] != ':')
		i++;
	*namelen = i;
	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	return *namelen > 0 && i < n && p[i] == ':' ? i + 1 : 0;
}

static int
wanted(const char *name, size_t n)
{
	for (int f = 0; f < HEAD_FIELDS; f++)
		if (FIELDS[f].n == n && strncasecmp(FIELDS[f].name, name, n) == 0)
			return f;
	return NO_FIELD;
}

static int
append(struct head *h, const char *p, size_t n)
{
	size_t size = h->size;
	char *buf;

	if (h->len + n > HEAD_MAX) {
		h->full = true;
		n = HEAD_MAX - h->len;
	}
	while (size < h->len + n)
		size = size ? size * 2 : 1024;
	if (size != h->size) {
		if ((buf = realloc(h->buf, size)) == NULL)
			return -1;
		h->buf = buf;
		h->size = size;
	}
	if (n > 0)
		memcpy(h->buf + h->len, p, n);
	h->len += n;
	h->value[h->last][h->count[h->last] - 1].n += n;
	return 0;
}

int
head_line(struct head *h, const char *p, size_t n, bool more)
{
	size_t namelen, skip;

	if (more)
		return h->last == NO_FIELD ? 0 : append(h, p, n);
	if (n > 0 && (p[0] == ' ' || p[0] == '\t')) {
		if (h->last == NO_FIELD)
			return 0;
		return append(h, "\n", 1) < 0 ? -1 : append(h, p, n);
	}
	h->last = NO_FIELD;
	if ((skip = field_name(p, n, &namelen)) == 0) {
		h->bad++;
		return 0;
	}
	if ((h->last = wanted(p, namelen)) == NO_FIELD)
		return 0;
	if (h->count[h->last] == HEAD_SAME) {
		h->last = NO_FIELD;
		h->full = true;
		return 0;
	}
	h->value[h->last][h->count[h->last]].at = h->len;
	h->value[h->last][h->count[h->last]++].n = 0;
	return append(h, p + skip, n - skip);
}

bool
head_value(const struct head *h, enum head_field f, size_t i, struct span *v)
{
	if (i >= h->count[f])
		return false;
	v->n = h->value[f][i].n;
	v->p = v->n > 0 ? h->buf + h->value[f][i].at : "";
	return true;
}
