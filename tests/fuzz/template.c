/* SPDX-License-Identifier: ISC */
// with: cmd/notice/template.c cmd/notice/values.c
/*
 * The bytes up to a NUL are a template, those after it a record of what it is filled
 * with: nothing leaves its bounds, what is made has no control characters, the empty
 * lines are where they may be, and no value is longer than it may be.
 */
#include "cmd/notice/template.h"
#include "common/clean.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

static struct template t;
static struct filling given, f;

static void
fill_values(const char *p, size_t n)
{
	static char room[RECORD_MAX];

	memset(&given, 0, sizeof given);
	if (record_valid(p, n))
		values_record(&given.all, (struct span){ p, n }, room);
	given.entry[1] = given.all;
	given.entries = n % 3;
	for (int k = 0; k < VALUE_KEYS; k++)
		if (strlen(given.all.text[k]) > VALUE_MAX + 3)
			abort();
}

static void
check_text(const struct text *out)
{
	static char copy[4096];

	memcpy(copy, out->p, out->n);
	if (out->n < out->size && clean_text(copy, out->n) != out->n)
		abort();
	if (out->n < out->size && memcmp(copy, out->p, out->n) != 0)
		abort();
	for (size_t i = 0; i + 1 < out->n; i++)
		if (out->p[i] == '\n' && out->p[i + 1] == '\n' &&
		    (i == 0 || i + 2 == out->n || out->p[i + 2] == '\n'))
			abort();
	if (out->n > 0 && out->p[0] == '\n')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char room[4096];
	struct text out = { room, 0, n % 5 == 0 ? 100 : sizeof room };
	struct text subject = { room, 0, 80 };
	const uint8_t *nul = n > 0 ? memchr(data, 0, n) : NULL;
	size_t len = nul == NULL ? n : (size_t)(nul - data);
	struct template_error e;

	fill_values((const char *)data + len + (nul != NULL), n - len - (nul != NULL));
	if (!template_read(&t, (const char *)data, len, &e)) {
		if (e.what == NULL || e.line == 0)
			abort();
		return 0;
	}
	f = given;
	template_words(&t, &f, &given);
	template_subject(&t, &f, &subject);
	template_body(&t, &f, &out);
	if (out.n > out.size || subject.n > subject.size)
		abort();
	check_text(&out);
	return 0;
}
