/* SPDX-License-Identifier: ISC */
#include "cmd/mimejoin/splice.h"
#include "cmd/mimejoin/fields.h"
#include "common/workdir.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 16384 };

static unsigned long long
least(unsigned long long a, unsigned long long b)
{
	return a < b ? a : b;
}

/* At least one byte, at most n; the end of the file is an error. */
static ssize_t
read_some(struct splice *s, char *p, size_t n, unsigned long long at)
{
	ssize_t r;

	s->failed = SPLICE_IN;
	do
		r = pread(s->in, p, n, (off_t)at);
	while (r < 0 && errno == EINTR);
	if (r == 0) {
		errno = EBADMSG;
		return -1;
	}
	return r;
}

int
splice_read(struct splice *s, char *p, size_t n, unsigned long long at)
{
	while (n > 0) {
		ssize_t r = read_some(s, p, n, at);

		if (r < 0)
			return -1;
		p += r;
		n -= (size_t)r;
		at += (unsigned long long)r;
	}
	return 0;
}

/* n bytes joined the buffer. */
static void
hold(struct splice *s, size_t n)
{
	s->held += n;
	if (n > sizeof s->last)
		n = sizeof s->last;
	memmove(s->last, s->last + n, sizeof s->last - n);
	memcpy(s->last + sizeof s->last - n, s->buffer + s->held - n, n);
}

static int
flush(struct splice *s)
{
	s->failed = SPLICE_OUT;
	if (write_all(s->out, s->buffer, s->held) < 0)
		return -1;
	s->held = 0;
	return 0;
}

int
splice_range(struct splice *s, unsigned long long start, unsigned long long len)
{
	while (len > 0) {
		size_t room = (size_t)least(len, sizeof s->buffer - s->held);
		ssize_t r;

		if (room == 0) {
			if (flush(s) < 0)
				return -1;
			continue;
		}
		if ((r = read_some(s, s->buffer + s->held, room, start)) < 0)
			return -1;
		hold(s, (size_t)r);
		start += (unsigned long long)r;
		len -= (unsigned long long)r;
	}
	return 0;
}

int
splice_text(struct splice *s, const char *p, size_t n)
{
	while (n > 0) {
		size_t room = (size_t)least(n, sizeof s->buffer - s->held);

		memcpy(s->buffer + s->held, p, room);
		hold(s, room);
		p += room;
		n -= room;
		if (s->held == sizeof s->buffer && flush(s) < 0)
			return -1;
	}
	return 0;
}

int
splice_end(struct splice *s)
{
	return flush(s);
}

/* *next: after the next '\n' from `at' on, or limit. */
static int
next_line(struct splice *s, unsigned long long at, unsigned long long limit,
    unsigned long long *next)
{
	char chunk[CHUNK], *end;
	ssize_t r;

	for (; at < limit; at += (unsigned long long)r) {
		r = read_some(s, chunk, (size_t)least(limit - at, sizeof chunk), at);
		if (r < 0)
			return -1;
		if ((end = memchr(chunk, '\n', (size_t)r)) != NULL) {
			*next = at + (unsigned long long)(end + 1 - chunk);
			return 0;
		}
	}
	*next = limit;
	return 0;
}

/* 1: a CR stands somewhere in the message; -1: an error. */
static int
has_cr(struct splice *s)
{
	char chunk[CHUNK];
	ssize_t r;

	for (unsigned long long at = 0; at < s->size; at += (unsigned long long)r) {
		r = read_some(s, chunk, (size_t)least(s->size - at, sizeof chunk), at);
		if (r < 0)
			return -1;
		if (memchr(chunk, '\r', (size_t)r) != NULL)
			return 1;
	}
	return 0;
}

/* The line end of a message whose first line ends in these two bytes. */
static int
choose_eol(struct splice *s, const char end[2])
{
	int cr = end[1] == '\n' ? 0 : has_cr(s);

	if (cr < 0)
		return -1;
	s->eol = cr > 0 ? "\r" : end[1] == '\n' && end[0] != '\r' ? "\n" : "\r\n";
	return 0;
}

int
splice_start(struct splice *s, int in, int out)
{
	unsigned long long line;
	struct stat st;
	char end[2] = "";
	size_t n;

	s->in = in;
	s->out = out;
	s->held = 0;
	memset(s->last, '\n', sizeof s->last);
	s->failed = SPLICE_IN;
	if (fstat(in, &st) < 0)
		return -1;
	s->size = (unsigned long long)st.st_size;
	if (next_line(s, 0, s->size, &line) < 0)
		return -1;
	n = (size_t)least(line, sizeof end);
	if (splice_read(s, end + sizeof end - n, n, line - n) < 0)
		return -1;
	return choose_eol(s, end);
}

int
splice_finish_line(struct splice *s)
{
	return s->last[2] == '\n' || s->last[2] == s->eol[0] ? 0 :
	    splice_text(s, s->eol, strlen(s->eol));
}

int
splice_finish_head(struct splice *s)
{
	if (splice_finish_line(s) < 0)
		return -1;
	if (s->last[1] == s->last[2] || (s->last[1] == '\r' && s->last[0] == '\n'))
		return 0;
	return splice_text(s, s->eol, strlen(s->eol));
}

int
splice_fields(struct splice *s, unsigned long long start, unsigned long long len,
    fields_keep *keep, void *arg)
{
	char chunk[CHUNK];
	struct fields f;
	ssize_t r;

	fields_start(&f, start, keep, arg);
	for (; len > 0; len -= (unsigned long long)r, start += (unsigned long long)r) {
		r = read_some(s, chunk, (size_t)least(len, sizeof chunk), start);
		if (r < 0 || fields_feed(&f, chunk, (size_t)r) < 0)
			return -1;
	}
	if (fields_end(&f) < 0)
		return -1;
	/* The last may be the message's last bytes, without a line end. */
	return splice_finish_line(s);
}

int
splice_top(struct splice *s, unsigned long long head, unsigned long long *at)
{
	unsigned long long line = 0;
	char p[6];

	while (line < head) {
		size_t n = (size_t)least(sizeof p, head - line);

		if (splice_read(s, p, n, line) < 0)
			return -1;
		if (p[0] != ' ' && p[0] != '\t' &&
		    (n < 5 || memcmp(p, "From ", 5) != 0) &&
		    (n < 6 || memcmp(p, ">From ", 6) != 0))
			break;
		if (next_line(s, line, head, &line) < 0)
			return -1;
	}
	*at = line;
	return 0;
}
