/* SPDX-License-Identifier: ISC */
#include "cmd/notice/reply.h"
#include "cmd/notice/answer.h"
#include "common/cli.h"
#include "common/workdir.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 1 << 20 };

static void
ask_envelope(struct answer *a, const struct workdir *w, const char *path)
{
	static char from[RECORD_MAX];
	struct span value;
	size_t n;
	char *line = workdir_envelope(w, &n);

	if (line == NULL)
		err(EXIT_RETRY, "%s/envelope", path);
	if (n > 0 && record_get(line, n - 1, "from", &value) && value.n <= sizeof from)
		answer_sender(a, (struct span){ from, record_decode(from, value) });
	else
		a->why = "null-sender";
	free(line);
}

/* A line that ends with LF, CR or both, cut at ANSWER_LINE; false at the end. */
static bool
next_line(FILE *f, char *line, size_t *n, size_t *bytes)
{
	int c;

	*n = 0;
	while ((c = getc(f)) != EOF && c != '\n' && c != '\r' && *bytes < HEAD_BYTES) {
		++*bytes;
		if (*n < ANSWER_LINE)
			line[(*n)++] = (char)c;
	}
	++*bytes;
	if (c == '\r' && (c = getc(f)) != '\n' && c != EOF)
		ungetc(c, f);
	return c != EOF || *n > 0;
}

static void
ask_head(struct answer *a, FILE *f)
{
	char line[ANSWER_LINE];
	size_t n = 1, bytes = 0;

	while (a->why == NULL && n > 0 && next_line(f, line, &n, &bytes)) {
		answer_line(a, (struct span){ line, n });
		if (a->why == NULL && bytes >= HEAD_BYTES)
			a->why = "head";
	}
	if (n > 0)
		answer_line(a, (struct span){ "", 0 });
}

const char *
reply_refused(const char *path)
{
	struct answer a = { .why = NULL };
	struct workdir w;
	FILE *f;
	int fd;

	if (workdir_open(&w, path) < 0)
		err(EXIT_RETRY, "%s", path);
	if ((fd = workdir_message(&w)) < 0 || (f = fdopen(fd, "r")) == NULL)
		err(EXIT_RETRY, "%s/message", path);
	ask_envelope(&a, &w, path);
	ask_head(&a, f);
	if (ferror(f))
		err(EXIT_RETRY, "%s/message", path);
	fclose(f);
	workdir_close(&w);
	return a.why;
}
