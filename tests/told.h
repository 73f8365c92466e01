/* SPDX-License-Identifier: ISC */
/*
 * What a decoder tells, as one text: {(name)(name)data}{data}.  It stops the
 * program where the decoder breaks the rules of common/carried.h.
 */
#ifndef TOLD_H
#define TOLD_H

#include "common/carried.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct told {
	char *text;
	size_t n, room;
	size_t data;		/* bytes of it */
	bool open;
};

static void
told_add(struct told *t, const char *p, size_t n)
{
	if (n > t->room - t->n) {
		t->room = 2 * (t->room + n);
		t->text = realloc(t->text, t->room);
		if (t->text == NULL)
			abort();
	}
	memcpy(t->text + t->n, p, n);
	t->n += n;
}

static void
told_file(void *ctx)
{
	struct told *t = ctx;

	if (t->open)
		abort();
	t->open = true;
	told_add(t, "{", 1);
}

static void
told_name(void *ctx, const char *p, size_t n)
{
	struct told *t = ctx;

	if (!t->open || n == 0)
		abort();
	told_add(t, "(", 1);
	told_add(t, p, n);
	told_add(t, ")", 1);
}

static void
told_data(void *ctx, const char *p, size_t n)
{
	struct told *t = ctx;

	if (!t->open || n == 0)
		abort();
	t->data += n;
	told_add(t, p, n);
}

static void
told_end(void *ctx)
{
	struct told *t = ctx;

	if (!t->open)
		abort();
	t->open = false;
	told_add(t, "}", 1);
}

static struct carried
told_carried(struct told *t)
{
	struct carried to = { t, told_file, told_name, told_data, told_end };

	memset(t, 0, sizeof *t);
	return to;
}

typedef void told_run(struct told *t, const char *p, size_t n, size_t step);

/*
 * Defines run(), which feeds the decoder NAME step bytes at a time, each piece
 * from memory of its size; SETUP is done when d, a struct NAME, was started.
 */
#define TOLD_RUN(NAME, SETUP) \
static void \
run(struct told *t, const char *p, size_t n, size_t step) \
{ \
	struct carried to = told_carried(t); \
	struct NAME d; \
\
	NAME##_start(&d, &to); \
	SETUP; \
	for (size_t i = 0, k; i < n; i += k) { \
		char *piece = malloc(k = n - i < step ? n - i : step); \
\
		if (piece == NULL) \
			abort(); \
		memcpy(piece, p + i, k); \
		NAME##_feed(&d, piece, k); \
		free(piece); \
	} \
	NAME##_end(&d); \
	if (t->open) \
		abort(); \
}

/* Does n bytes of in tell this, fed whole, a byte and seven bytes at a time? */
static inline bool
told_is(told_run *run, const char *in, size_t n, const char *want, size_t want_n)
{
	static const size_t STEP[] = { SIZE_MAX, 1, 7 };
	bool same = true;

	for (size_t i = 0; i < 3; i++) {
		struct told t;

		run(&t, in, n, STEP[i]);
		same = same && t.n == want_n &&
		    (t.n == 0 || memcmp(t.text, want, t.n) == 0);
		free(t.text);
	}
	return same;
}

/*
 * For fuzzers: what is told does not depend on the cut, and is no more than
 * times bytes of data for each byte fed.
 */
static inline void
told_check(told_run *run, const char *in, size_t n, size_t times)
{
	struct told whole, cut;

	run(&whole, in, n, SIZE_MAX);
	run(&cut, in, n, n % 7 + 1);
	if (whole.n != cut.n || whole.data > times * n)
		abort();
	if (cut.n > 0 && memcmp(whole.text, cut.text, cut.n) != 0)
		abort();
	free(whole.text);
	free(cut.text);
}

#endif
