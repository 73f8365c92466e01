/* SPDX-License-Identifier: ISC */
#include "common/head.h"
#include "common/fieldtext.h"

#include <stdlib.h>
#include <string.h>

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
	[HEAD_SUN] = { "x-sun-data-name", 15 },
};

enum {
	NO_FIELD = -1,
	STRAY_MAX = 64		/* bytes of a name, and what stands around it */
};

void
head_init(struct head *h)
{
	memset(h, 0, sizeof *h);
	h->last = h->torn = h->split = NO_FIELD;
}

void
head_start(struct head *h)
{
	h->len = 0;
	memset(h->count, 0, sizeof h->count);
	memset(h->guessed, 0, sizeof h->guessed);
	h->last = h->torn = h->split = NO_FIELD;
	h->field = false;
	h->lines = 0;
	h->odd = 0;
	h->full = false;
}

void
head_free(struct head *h)
{
	free(h->buf);
	head_init(h);
}

size_t
head_field_line(const char *p, size_t n, size_t *namelen)
{
	size_t i = 0;

	/* a NUL is skipped by some and ends the name for nobody */
	while (i < n && ((p[i] > ' ' && p[i] < 0x7f && p[i] != ':') || p[i] == '\0'))
		i++;
	*namelen = i;
	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\0'))
		i++;
	return *namelen > 0 && i < n && p[i] == ':' ? i + 1 : 0;
}

/* Equal but for case and the NULs in a. */
static bool
same_name(const char *a, size_t n, const char *b, size_t len)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		char c = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];

		if (c == '\0')
			continue;
		if (k == len || c != b[k++])
			return false;
	}
	return k == len;
}

static int
wanted(const char *name, size_t n)
{
	for (int f = 0; f < HEAD_FIELDS; f++)
		if (n >= FIELDS[f].n && same_name(name, n, FIELDS[f].name, FIELDS[f].n))
			return f;
	return NO_FIELD;
}

bool
head_decides(const char *p, size_t n)
{
	size_t namelen;
	int f;

	if (head_field_line(p, n, &namelen) == 0)
		return false;
	f = wanted(p, namelen);
	return f == HEAD_TYPE || f == HEAD_ENCODING || f == HEAD_DISPOSITION;
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

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
note_bytes(struct head *h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c >= ' ' && c < 0x7f)
			continue;
		if (c == 0)
			h->odd |= HEAD_NUL;
		else if (c > 0x7f)
			h->odd |= HEAD_EIGHT;
		else if (c != '\t')
			h->odd |= HEAD_CONTROL;
	}
}

/* A line that goes on the field before it. */
static int
continuation(struct head *h, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && blank(p[i]))
		i++;
	if (i == n)
		h->odd |= HEAD_BLANK_LINE;
	if (h->last == NO_FIELD)
		return 0;
	return append(h, "\n", 1) < 0 ? -1 : append(h, p, n);
}

/* One more of field f that begins as its last one. */
static int
copy_last(struct head *h, int f)
{
	size_t at = h->value[f][h->count[f] - 1].at, len = h->value[f][h->count[f] - 1].n;

	h->guessed[f] |= 1u << h->count[f];
	h->value[f][h->count[f]].at = h->len;
	h->value[f][h->count[f]++].n = 0;
	for (size_t i = 0; i < len; i += 256) {
		char piece[256];	/* append may move what it copies */
		size_t n = len - i < 256 ? len - i : 256;

		memcpy(piece, h->buf + at + i, n);
		if (append(h, piece, n) < 0)
			return -1;
	}
	return 0;
}

/* Can a line hold the name of a parameter that counts? */
static bool
holds_parameter(const char *p, size_t n)
{
	struct span v = { p, n };

	for (size_t i = 0; i < n; i++)
		if (fieldtext_at(v, i, "name") || fieldtext_at(v, i, "boundary"))
			return true;
	return false;
}

/* The value of the field before, and this line, as one more of that field. */
static int
torn_line(struct head *h, const char *p, size_t n)
{
	bool goes_on = h->torn_goes_on;
	int f = h->torn;

	h->torn_goes_on = holds_parameter(p, n);
	if (!h->torn_goes_on && !goes_on && (h->torn_lines >= HEAD_TORN || n > HEAD_TORN_MAX))
		return 0;
	if (h->torn_lines == 0 && h->count[f] == HEAD_SAME) {
		h->full = true;
		h->torn = NO_FIELD;
		return 0;
	}
	h->last = f;
	if (h->torn_lines++ == 0 && copy_last(h, f) < 0)
		return -1;
	return append(h, "\n ", 2) < 0 ? -1 : append(h, p, n);
}

static bool
mbox_line(const char *p, size_t n)
{
	return (n >= 5 && memcmp(p, "From ", 5) == 0) ||
	    (n >= 6 && memcmp(p, ">From ", 6) == 0);
}

/* One more of this field begins with these bytes. */
static int
begin_value(struct head *h, int f, const char *p, size_t n)
{
	if ((h->last = f) == NO_FIELD)
		return 0;
	if (h->count[f] == HEAD_SAME) {
		h->last = NO_FIELD;
		h->full = true;
		return 0;
	}
	h->value[f][h->count[f]].at = h->len;
	h->value[f][h->count[f]++].n = 0;
	h->torn = f;
	h->torn_lines = 0;
	h->torn_goes_on = false;
	return append(h, p, n);
}

/* What some take for blanks: controls, NBSP, a byte order mark. */
static bool
stray(char c)
{
	unsigned char u = (unsigned char)c;

	return u <= ' ' || u >= 0x7f;
}

/*
 * A field that we want, but for stray bytes around its name; where its value
 * begins, or 0.
 */
static size_t
stray_field(const char *p, size_t n, int *f)
{
	const char *colon = memchr(p, ':', n < STRAY_MAX ? n : STRAY_MAX);
	size_t from = 0, to = colon != NULL ? (size_t)(colon - p) : 0;

	while (from < to && stray(p[from]))
		from++;
	while (to > from && stray(p[to - 1]))
		to--;
	*f = wanted(p + from, to - from);
	return *f == NO_FIELD ? 0 : (size_t)(colon + 1 - p);
}

static int
bad_line(struct head *h, const char *p, size_t n, size_t namelen)
{
	size_t skip;
	int f;

	if (h->lines > 1 || !mbox_line(p, n))
		h->odd |= HEAD_BAD_LINE;
	h->last = NO_FIELD;
	if ((skip = stray_field(p, n, &f)) > 0) {
		if (h->count[f] < HEAD_SAME)
			h->guessed[f] |= 1u << h->count[f];
		h->field = true;	/* it can be continued */
		return begin_value(h, f, p + skip, n - skip);
	}
	if (namelen == n)
		h->split = wanted(p, n);
	return h->torn == NO_FIELD ? 0 : torn_line(h, p, n);
}

static int
field(struct head *h, const char *p, size_t n)
{
	size_t namelen, skip = head_field_line(p, n, &namelen);

	h->field = skip > 0;
	h->split = NO_FIELD;
	if (skip == 0)
		return bad_line(h, p, n, namelen);
	h->torn = NO_FIELD;
	if (skip > namelen + 1)
		h->odd |= HEAD_SPACE_COLON;
	return begin_value(h, wanted(p, namelen), p + skip, n - skip);
}

int
head_line(struct head *h, const char *p, size_t n, bool more)
{
	note_bytes(h, p, n);
	if (more)
		return h->last == NO_FIELD ? 0 : append(h, p, n);
	h->lines++;
	if (n > 0 && blank(p[0]) && h->field)
		return continuation(h, p, n);
	if (n > 0 && blank(p[0])) {
		h->odd |= HEAD_LEADING_SPACE;
		while (n > 0 && blank(p[0])) {
			p++;
			n--;
		}
		if (n == 0)
			return 0;
		if (h->split != NO_FIELD && p[0] == ':')
			return begin_value(h, h->split, p + 1, n - 1);
	}
	return field(h, p, n);
}

bool
head_guessed(const struct head *h, enum head_field f, size_t i)
{
	return (h->guessed[f] & 1u << i) != 0;
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
