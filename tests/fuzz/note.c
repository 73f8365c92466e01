/* SPDX-License-Identifier: ISC */
/*
 * Any bytes become an entity that no delimiter can be found in and that
 * decodes to the cleaned text; and a mail whose head has our fields alone.
 */
#include "common/clean.h"
#include "common/note.h"
#include "common/transfer.h"
#include "tests/fuzz/replay.h"

#include <stdlib.h>
#include <string.h>

/* The end of the head, its empty line included. */
static const char *
body(const char *p, size_t n)
{
	for (size_t i = 4; i <= n; i++)
		if (memcmp(p + i - 4, "\r\n\r\n", 4) == 0)
			return p + i;
	abort();
}

/* CRLF lines of at most 76 printable bytes, none with a leading `-'. */
static void
check_lines(const char *p, size_t n)
{
	size_t col = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\r') {
			if (++i == n || p[i] != '\n')
				abort();
			col = 0;
		} else if ((p[i] < ' ' && p[i] != '\t') || p[i] > '~' || ++col > 76 ||
		    (col == 1 && p[i] == '-'))
			abort();
	}
	if (col > 0)
		abort();
}

static size_t
decode(const char *head, const char *p, size_t n, char *out)
{
	const char *base64 = strstr(head, "\r\nContent-Transfer-Encoding: base64\r\n");
	struct transfer t;
	size_t len, k = 0;

	transfer_start(&t, base64 != NULL && base64 < p ? TRANSFER_BASE64 : TRANSFER_QP);
	len = transfer_feed(&t, p, n, out);
	len += transfer_end(&t, out + len);
	for (size_t i = 0; i < len; i++)
		if (out[i] != '\r')
			out[k++] = out[i];
	return k;
}

static void
check_entity(const uint8_t *data, size_t n)
{
	struct span text = { (const char *)data, n };
	size_t len, clean, got;
	char *p = note_entity(text, false, "\r\n", &len), *want, *out;
	const char *b;

	if (p == NULL)
		abort();
	b = body(p, len);
	check_lines(b, (size_t)(p + len - b));
	want = malloc(n + 2);
	out = malloc(len + 2 * TRANSFER_KEPT);
	memcpy(want, data, n);
	clean = clean_text(want, n);
	if (clean > 0 && want[clean - 1] != '\n')
		want[clean++] = '\n';
	p = realloc(p, len + 1);
	p[len] = '\0';
	b = body(p, len);
	got = decode(p, b, (size_t)(p + len - b), out);
	if (clean <= NOTE_MAX && (got != clean || memcmp(out, want, got) != 0))
		abort();
	free(p);
	free(want);
	free(out);
}

/* The bytes as a subject and as a name: our fields are all the fields. */
static void
check_mail(const uint8_t *data, size_t n)
{
	char *s = malloc(n + 1);
	struct note_address a = { s, "a@b" };
	struct note_mail m = { .from = a, .to = &a, .recipients = 1, .subject = s };
	size_t len, fields = 0, line = 0;
	char *p;

	memcpy(s, data, n);
	s[n] = '\0';
	if ((p = note_mail(&m, (struct span){ "", 0 }, &len)) == NULL)
		abort();
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\n') {
			if (i - line > 998)
				abort();
			line = i + 1;
		} else if (i == line && p[i] != ' ')
			fields++;
		else if (p[i] < ' ' || p[i] > '~')
			abort();
	}
	if (fields != 8)
		abort();
	free(p);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_entity(data, n);
	check_mail(data, n);
	return 0;
}
