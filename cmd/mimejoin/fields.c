/* SPDX-License-Identifier: ISC */
#include "cmd/mimejoin/fields.h"

#include <string.h>
#include <strings.h>

enum { LINE = 76 };

static bool
token(unsigned char c)
{
	return c > ' ' && c <= '~' && c != ':';
}

bool
field_says_how(const char *name, size_t n)
{
	return (n >= 8 && strncasecmp(name, "content-", 8) == 0) ||
	    (n == 12 && strncasecmp(name, "mime-version", 12) == 0);
}

/* A byte that must not stand in a value; line ends are looked at elsewhere. */
static bool
control(unsigned char c)
{
	return (c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0x1b) ||
	    c == 0x7f;
}

void
fields_start(struct fields *f, unsigned long long start, fields_keep *keep, void *arg)
{
	memset(f, 0, sizeof *f);
	f->keep = keep;
	f->arg = arg;
	f->at = f->start = f->keptstart = f->keptend = start;
	f->linestart = true;
}

static int
tell(struct fields *f)
{
	unsigned long long start = f->keptstart, end = f->keptend;

	f->keptstart = f->keptend = f->at;
	return end > start ? f->keep(f->arg, start, end - start) : 0;
}

/* The field ends before the byte at f->at. */
static int
end_field(struct fields *f)
{
	if (!f->good || f->inname)
		return 0;
	if (f->keptend != f->start) {
		if (tell(f) < 0)
			return -1;
		f->keptstart = f->start;
	}
	f->keptend = f->at;
	return 0;
}

static void
name_byte(struct fields *f, unsigned char c)
{
	if (token(c)) {
		if (f->namelen < FIELDS_NAME)
			f->name[f->namelen] = (char)c;
		f->namelen++;
		return;
	}
	f->inname = false;
	f->good = c == ':' && f->namelen > 0 && !field_says_how(f->name, f->namelen);
}

/* The first byte of a line: a continuation, or a field's. */
static int
first_byte(struct fields *f, unsigned char c)
{
	f->linestart = false;
	f->blank = c == ' ' || c == '\t';
	if (f->blank && f->at > f->start)
		return 0;
	if (end_field(f) < 0)
		return -1;
	f->start = f->at;
	f->namelen = 0;
	f->inname = f->good = true;
	return 0;
}

int
fields_feed(struct fields *f, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++, f->at++) {
		unsigned char c = (unsigned char)p[i];

		if (f->linestart && first_byte(f, c) < 0)
			return -1;
		if (f->cr && c != '\n')
			f->good = false;
		f->cr = c == '\r';
		if (f->inname)
			name_byte(f, c);
		else if (control(c))
			f->good = false;
		if (c == '\n') {
			f->good = f->good && !f->blank;
			f->linestart = true;
		} else if (c != ' ' && c != '\t' && c != '\r')
			f->blank = false;
	}
	return 0;
}

int
fields_end(struct fields *f)
{
	if (f->cr || f->blank)
		f->good = false;
	if (f->at > f->start && end_field(f) < 0)
		return -1;
	return tell(f);
}

/* The length of "token:" at the start, 0 if there is none. */
static size_t
field_name(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && token((unsigned char)p[i]))
		i++;
	return i > 0 && i < n && p[i] == ':' ? i + 1 : 0;
}

size_t
field_fold(const char *p, size_t n, const char *eol, char *out)
{
	size_t name = field_name(p, n), i = 0, len = 0, col = 0, word;

	if (name == 0 || n > FIELD_MAX || field_says_how(p, name - 1))
		return 0;
	while (i < n) {
		for (word = 0; i + word < n && p[i + word] != ' '; word++)
			if (p[i + word] < ' ' || p[i + word] > '~')
				return 0;
		if (word > FIELD_LINEMAX - 2)
			return 0;
		if (col > 0 && word > 0 && col + 1 + word > LINE) {
			len += (size_t)(stpcpy(out + len, eol) - (out + len));
			col = 0;
		}
		if (len > 0 && word > 0) {
			out[len++] = ' ';
			col++;
		}
		memcpy(out + len, p + i, word);
		len += word;
		col += word;
		i += word + 1;
	}
	return len + (size_t)(stpcpy(out + len, eol) - (out + len));
}
