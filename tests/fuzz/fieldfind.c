/* SPDX-License-Identifier: ISC */
/*
 * In whatever pieces a message comes, the same is found; the cuts lie in order in its
 * head; what head.h takes for such a field is found; and in what is left there is none.
 */
#include "common/fieldfind.h"
#include "common/head.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

struct result {
	char *left;
	size_t n;
	unsigned long long count, values;
};

static void
drop(struct result *r, const char *p, const struct fieldfind *f, unsigned long long *kept)
{
	if (f->start < *kept || f->end <= f->start || f->end > f->at)
		abort();
	memcpy(r->left + r->n, p + *kept, (size_t)(f->start - *kept));
	r->n += (size_t)(f->start - *kept);
	*kept = f->end;
}

static struct result
strip(const char *name, const char *p, size_t n, size_t piece)
{
	struct result r = { .left = malloc(n + 1) };
	unsigned long long kept = 0;
	enum fieldfind_event e;
	struct fieldfind f;

	if (r.left == NULL || !fieldfind_start(&f, (struct span){ name, strlen(name) }))
		abort();
	for (size_t at = 0; at < n; ) {
		at += fieldfind_feed(&f, p + at, n - at < piece ? n - at : piece, &e);
		if (e == FIELDFIND_END)
			drop(&r, p, &f, &kept);
		r.values += e == FIELDFIND_VALUE;
	}
	while (fieldfind_finish(&f) == FIELDFIND_END)
		drop(&r, p, &f, &kept);
	memcpy(r.left + r.n, p + kept, n - (size_t)kept);
	r.n += n - (size_t)kept;
	r.count = fieldfind_count(&f);
	return r;
}

/* The fields of that name that the splitter sees, by one way to tell lines. */
static size_t
seen(enum head_field field, const char *p, size_t n)
{
	struct head h;
	size_t count;

	head_init(&h);
	head_start(&h);
	for (size_t len; n > 0; p += len, n -= len) {
		const char *end = memchr(p, '\n', n);
		size_t text = len = end == NULL ? n : (size_t)(end - p) + 1;

		while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
			text--;
		if (text == 0)
			break;
		if (head_line(&h, p, text, false) < 0)
			abort();
	}
	count = h.count[field];
	head_free(&h);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct {
		const char *name;
		enum head_field field;
	} NAMES[] = { { "Message-ID", HEAD_MSGID }, { "X-Sun-Data-Name", HEAD_SUN } };
	const char *p = n == 0 ? "" : (const char *)data;

	for (size_t i = 0; i < 2; i++) {
		const char *name = NAMES[i].name;
		struct result whole = strip(name, p, n, n + 1), bytes = strip(name, p, n, 1);
		struct result again = strip(name, whole.left, whole.n, 7);

		if (whole.count != bytes.count || whole.n != bytes.n ||
		    whole.values != bytes.values || memcmp(whole.left, bytes.left, whole.n) != 0)
			abort();
		if (memchr(p, '\n', n) != NULL && again.n != whole.n)
			abort();
		if (memchr(whole.left, '\n', whole.n) != NULL && (again.count != 0 ||
		    seen(NAMES[i].field, whole.left, whole.n) != 0))
			abort();
		free(whole.left);
		free(bytes.left);
		free(again.left);
	}
	return 0;
}
