/* SPDX-License-Identifier: ISC */
#include "cmd/virtally/input.h"
#include "cmd/virtally/logs.h"
#include "cmd/virtally/source.h"
#include "common/cli.h"

#include <err.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct input {
	struct source *source;
	struct stat st;
	unsigned long long came;	/* the position of buf[end] */
	size_t start, end;		/* of buf: what was not yet given */
	size_t given;			/* bytes before start: whole lines */
	bool over;
	bool passing;			/* what comes is of a line that is not given */
	unsigned long long offset;	/* while passing: the position, and its tail */
	uint64_t tail;
	size_t nhead;
	char head[LOGS_PRINT];
	/* LOGS_PRINT bytes before start stay for the tail; one more for a newline */
	char buf[LOGS_PRINT + INPUT_LINE + 1];
};

struct input *
input_open(const char *name)
{
	struct source *source = source_open(name);
	struct input *in;

	if (source == NULL)
		return NULL;
	if ((in = malloc(sizeof *in)) == NULL)
		err(EXIT_RETRY, NULL);
	memset(in, 0, offsetof(struct input, buf));
	in->source = source;
	in->st = source_stat(source);
	return in;
}

const struct stat *
input_stat(const struct input *in)
{
	return &in->st;
}

unsigned long long
input_done(const struct input *in)
{
	return source_done(in->source);
}

bool
input_verify(struct input *in)
{
	return source_verify(in->source);
}

uint64_t
input_end(const struct input *in)
{
	return source_end(in->source, &in->st);
}

/* Makes room behind what is there, and keeps what the tail needs. */
static void
compact(struct input *in)
{
	size_t from = in->start > LOGS_PRINT ? in->start - LOGS_PRINT : 0;

	if (from == 0)
		return;
	memmove(in->buf, in->buf + from, in->end - from);
	in->start -= from;
	in->given = 0;
	in->end -= from;
}

/* False: nothing more came, or there is no room for it. */
static bool
fill(struct input *in)
{
	size_t n, k;

	if (in->over)
		return false;
	compact(in);
	if (in->end == sizeof in->buf - 1)
		return false;
	n = source_read(in->source, in->buf + in->end, sizeof in->buf - 1 - in->end);
	if (in->came == in->nhead && in->nhead < LOGS_PRINT) {
		k = n < LOGS_PRINT - in->nhead ? n : LOGS_PRINT - in->nhead;
		memcpy(in->head + in->nhead, in->buf + in->end, k);
		in->nhead += k;
	}
	in->over = n == 0;
	in->end += n;
	in->came += n;
	return n > 0;
}

struct span
input_head(struct input *in)
{
	while (in->nhead < LOGS_PRINT && in->came == in->nhead && fill(in))
		;
	return (struct span){ in->head, in->nhead };
}

static unsigned long long
position(const struct input *in)
{
	return in->came - (in->end - in->start);
}

static uint64_t
tail_before(const struct input *in)
{
	size_t n = in->start < LOGS_PRINT ? in->start : LOGS_PRINT;

	return logs_print(in->buf + in->start - n, n);
}

unsigned long long
input_offset(const struct input *in)
{
	return in->passing ? in->offset : position(in);
}

uint64_t
input_tail(const struct input *in)
{
	return in->passing ? in->tail : tail_before(in);
}

static void
pass(struct input *in)
{
	in->offset = position(in);
	in->tail = tail_before(in);
	in->passing = true;
}

static void
forget(struct input *in, unsigned long long came)
{
	in->start = in->end = in->given = 0;
	in->came = came;
	in->over = in->passing = false;
}

bool
input_skip(struct input *in, unsigned long long offset)
{
	(void)input_head(in);
	in->passing = false;
	if (offset > in->came && source_plain(in->source)) {
		unsigned long long from = offset > LOGS_PRINT ? offset - LOGS_PRINT : 0;

		if (!source_seek(in->source, from))
			return false;
		forget(in, from);
	}
	while (in->came < offset) {
		in->start = in->end;
		if (!fill(in))
			return false;
	}
	in->start = in->end - (size_t)(in->came - offset);
	if (in->start > 0 && in->buf[in->start - 1] != '\n')
		pass(in);
	return true;
}

bool
input_rewind(struct input *in)
{
	if (!source_rewind(in->source))
		return false;
	forget(in, 0);
	in->nhead = 0;
	return true;
}

bool
input_tail_at(struct input *in, unsigned long long offset, uint64_t *tail)
{
	char last[LOGS_PRINT];
	size_t n = offset < LOGS_PRINT ? (size_t)offset : LOGS_PRINT;

	if (source_plain(in->source)) {
		if (!source_peek(in->source, last, n, offset - n))
			return false;
		*tail = logs_print(last, n);
		return true;
	}
	if (!input_skip(in, offset))
		return false;
	*tail = tail_before(in);
	return true;
}

bool
input_all(struct input *in, struct logplace *end)
{
	if (source_plain(in->source)) {
		end->offset = (unsigned long long)source_stat(in->source).st_size;
		return input_tail_at(in, end->offset, &end->tail);
	}
	(void)input_skip(in, UINT64_MAX);
	in->start = in->end;
	*end = (struct logplace){ in->came, tail_before(in) };
	return source_good(in->source);
}

/* True: the line that is passed over has ended. */
static bool
passed(struct input *in)
{
	const char *newline;

	do {
		newline = memchr(in->buf + in->start, '\n', in->end - in->start);
		in->start = newline == NULL ? in->end : (size_t)(newline + 1 - in->buf);
		if (newline != NULL) {
			in->passing = false;
			return true;
		}
	} while (fill(in));
	return false;
}

static bool
settled(const struct input *in)
{
	struct stat st;

	if (!source_good(in->source))
		return false;
	st = source_stat(in->source);
	return time(NULL) - st.st_mtime >= INPUT_SETTLED;
}

/* What is left at the end of the log has no newline. */
static bool
last_line(struct input *in, struct span *lines)
{
	if (in->start == in->end && !in->passing)
		return false;
	if (!source_grows(in->source)) {
		if (!in->passing)
			pass(in);
		return false;
	}
	if (!settled(in))
		return false;
	if (in->passing) {
		in->passing = false;
		return false;
	}
	in->given = 0;
	in->buf[in->end] = '\n';
	*lines = (struct span){ in->buf + in->start, in->end - in->start + 1 };
	in->start = in->end;
	return true;
}

/* How many bytes there are of whole lines; 0: not one line. */
static size_t
whole_lines(struct input *in)
{
	size_t looked = 0, n;

	do {
		n = in->end - in->start;
		while (n > looked && in->buf[in->start + n - 1] != '\n')
			n--;
		if (n > looked)
			return n;
		looked = in->end - in->start;
	} while (fill(in));
	return 0;
}

bool
input_lines(struct input *in, struct span *lines)
{
	size_t n;

	for (;;) {
		if (in->passing && !passed(in))
			return last_line(in, lines);
		if ((n = whole_lines(in)) > 0)
			break;
		if (in->over)
			return last_line(in, lines);
		pass(in);
	}
	*lines = (struct span){ in->buf + in->start, n };
	in->start += n;
	in->given = n;
	return true;
}

void
input_pass(const struct input *in, struct logpast *past)
{
	/* the finest is of the order of a line: so much is counted again at most */
	for (size_t size = INPUT_LINE / 2; size >= LOGS_PRINT && in->given > 0; size /= 2) {
		const char *p = in->buf + in->start - size, *newline;
		size_t at, n;

		if (size >= in->given || (newline = memchr(p, '\n', size)) == NULL)
			continue;
		at = (size_t)(newline + 1 - in->buf);
		n = at < LOGS_PRINT ? at : LOGS_PRINT;
		logs_pass(past, position(in) - (in->start - at),
		    logs_print(in->buf + at - n, n));
	}
	if (in->given > 0)
		logs_pass(past, position(in), tail_before(in));
}

bool
input_whole(const struct input *in)
{
	if (in->over && !source_grows(in->source))
		return true;
	return in->over && in->start == in->end && !in->passing;
}

bool
input_good(const struct input *in)
{
	return source_good(in->source);
}

void
input_close(struct input *in)
{
	if (in == NULL)
		return;
	source_close(in->source);
	free(in);
}
