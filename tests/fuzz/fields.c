/* SPDX-License-Identifier: ISC */
// with: cmd/mimejoin/fields.c
/*
 * In whatever pieces a head comes, the same fields stay; and what stays, read
 * again, stays whole, with no field that says how the message is to be read.
 */
#include "cmd/mimejoin/fields.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct kept {
	const char *head;
	size_t size;
	char *text;
	size_t n;
	unsigned long long end;
};

static int
keep(void *arg, unsigned long long start, unsigned long long len)
{
	struct kept *k = arg;

	if (len == 0 || start < k->end || len > k->size || start > k->size - len)
		abort();
	k->end = start + len;
	memcpy(k->text + k->n, k->head + start, (size_t)len);
	k->n += (size_t)len;
	return 0;
}

static struct kept
scan(const char *p, size_t n, size_t step)
{
	struct kept k = { .head = p, .size = n, .text = malloc(n + 1) };
	struct fields f;

	if (k.text == NULL)
		abort();
	fields_start(&f, 0, keep, &k);
	for (size_t i = 0; i < n; i += step)
		fields_feed(&f, p + i, n - i < step ? n - i : step);
	fields_end(&f);
	return k;
}

static void
check_kept(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && p[i - 1] != '\n' && p[i - 1] != '\r')
			continue;
		if (p[i] == '\r' || p[i] == '\n' ? i == 0 || p[i - 1] != '\r' :
		    (n - i >= 8 && strncasecmp(p + i, "content-", 8) == 0))
			abort();
	}
	if (memchr(p, '\0', n) != NULL || (n > 0 && memchr(" \t\r\n:", p[0], 5) != NULL))
		abort();
}

static void
check_fold(const char *p, size_t n)
{
	char *out = malloc(3 * n + 3);
	struct kept k;
	size_t len;

	if (out == NULL)
		abort();
	len = field_fold(p, n, "\r\n", out);
	if (len > 3 * n + 2)
		abort();
	k = scan(out, len, len + 1);
	if (k.n != len)
		abort();
	free(k.text);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct kept whole = scan(p, n, n + 1), bytes = scan(p, n, 1), again;

	if (whole.n != bytes.n || memcmp(whole.text, bytes.text, whole.n) != 0)
		abort();
	check_kept(whole.text, whole.n);
	again = scan(whole.text, whole.n, 7);
	if (again.n != whole.n)
		abort();
	check_fold(p, n);
	free(whole.text);
	free(bytes.text);
	free(again.text);
	return 0;
}
