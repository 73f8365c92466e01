/* SPDX-License-Identifier: ISC */
// with: cmd/mimejoin/fields.c
#include "cmd/mimejoin/fields.h"
#include "tests/unit/tap.h"

#include <string.h>

struct kept {
	const char *head;
	char text[1024];
	size_t n;
};

static int
keep(void *arg, unsigned long long start, unsigned long long len)
{
	struct kept *k = arg;

	memcpy(k->text + k->n, k->head + start, len);
	k->n += len;
	return 0;
}

/* Fed whole, and a byte at a time: the same. */
static bool
keeps(const char *head, const char *want)
{
	for (size_t step = strlen(head) + 1; step > 0; step = step > 1 ? 1 : 0) {
		struct kept k = { .head = head };
		struct fields f;

		fields_start(&f, 0, keep, &k);
		for (size_t i = 0; i < strlen(head); i += step)
			fields_feed(&f, head + i, step == 1 ? 1 : strlen(head));
		fields_end(&f);
		if (k.n != strlen(want) || memcmp(k.text, want, k.n) != 0)
			return false;
	}
	return true;
}

static void
heads(void)
{
	OK(keeps("", ""));
	OK(keeps("A: b\r\nC: d\r\n\r\n", "A: b\r\nC: d\r\n"));
	OK(keeps("A: b\n c\n\td\nE:\n\n", "A: b\n c\n\td\nE:\n"));
	OK(keeps("A: b\nContent-Type: x;\n y=z\nB: c\n\n", "A: b\nB: c\n"));
	OK(keeps("CONTENT-foo: x\nmime-Version: 1.0\nA: b\n", "A: b\n"));
	OK(keeps("Content: x\nMime-Version-2: y\n", "Content: x\nMime-Version-2: y\n"));
	OK(keeps("From x@y Mon Nov 24 10:00:00 2026\nA: b\n", "A: b\n"));
	OK(keeps(" A: b\nC: d\n", "C: d\n"));
	OK(keeps("no field\n c\nA: b\n", "A: b\n"));
	OK(keeps(": x\nA : b\nC: d\n", "C: d\n"));
	OK(keeps("\n\r\nA: b\n", "A: b\n"));
	OK(keeps("A: b", "A: b"));
	OK(keeps("A: b\nC", "A: b\n"));
}

/* What a client could read as something else. */
static void
tricks(void)
{
	OK(keeps("A: b\rContent-Type: x\nC: d\n", "C: d\n"));
	OK(keeps("A: b\r\r\nC: d\n", "C: d\n"));
	OK(keeps("A: b\n \nC: d\n", "C: d\n"));
	OK(keeps("A: b\n \r\n c\nC: d\n", "C: d\n"));
	OK(keeps("A: b\n ", ""));
	OK(keeps("A: b\r", ""));
	OK(keeps("A: b\x0b" "Content-Type: x\nC: d\n", "C: d\n"));
	OK(keeps("A: \x1b$B\nC: \xe9\n", "A: \x1b$B\nC: \xe9\n"));
	OK(keeps("Caf\xe9: x\nC: d\n", "C: d\n"));
}

static void
nul(void)
{
	struct kept k = { .head = "A: \0b\nC: d\n" };
	struct fields f;

	fields_start(&f, 0, keep, &k);
	fields_feed(&f, k.head, 11);
	fields_end(&f);
	OK(k.n == 5 && memcmp(k.text, "C: d\n", 5) == 0);
}

static bool
folds(const char *field, const char *want)
{
	char out[3 * FIELD_MAX + 3];
	size_t n = field_fold(field, strlen(field), "\n", out);

	return n == strlen(want) && memcmp(out, want, n) == 0;
}

static void
folding(void)
{
	char word[FIELD_LINEMAX + 4] = "X: ";

	OK(folds("X-Multiscan: odd; why=macro", "X-Multiscan: odd; why=macro\n"));
	OK(folds("X:y", "X:y\n"));
	OK(folds("X:  a   b ", "X: a b\n"));
	OK(folds("X: 1234567890 1234567890 1234567890 1234567890 1234567890 "
	    "1234567890 1234567890 1234567890",
	    "X: 1234567890 1234567890 1234567890 1234567890 1234567890 "
	    "1234567890\n 1234567890 1234567890\n"));
	OK(folds("", ""));
	OK(folds("no field", ""));
	OK(folds(": x", ""));
	OK(folds("X Y: z", ""));
	OK(folds("X: a\nY: b", ""));
	OK(folds("X: a\tb", ""));
	OK(folds("X: caf\xc3\xa9", ""));
	OK(folds("Content-Type: text/html", ""));
	OK(folds("MIME-Version: 1.0", ""));
	memset(word + 3, 'x', FIELD_LINEMAX);
	OK(folds(word, ""));
}

int
main(void)
{
	heads();
	tricks();
	nul();
	folding();
	return done();
}
