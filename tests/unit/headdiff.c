/* SPDX-License-Identifier: ISC */
// with: cmd/multiscan-milter/headdiff.c
/*
 * What headdiff says is done to a list of fields, as Postfix does it: counting the fields
 * of a name at each edit.  The result has to be the new head.
 */
#include "cmd/multiscan-milter/headdiff.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIST_MAX = 64, TEXT_MAX = 4096 };

struct list {
	struct field f[LIST_MAX];
	size_t n;
};

static void
insert(struct list *l, size_t at, struct field f)
{
	if (at > l->n || l->n == LIST_MAX)
		abort();
	memmove(&l->f[at + 1], &l->f[at], (l->n - at) * sizeof l->f[0]);
	l->f[at] = f;
	l->n++;
}

/* The nth of the name of f; LIST_MAX: there is none. */
static size_t
find(const struct list *l, const struct field *f, size_t nth)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->f[i].name == f->name && strncasecmp(l->f[i].p, f->p, f->name) == 0 &&
		    --nth == 0)
			return i;
	return LIST_MAX;
}

static bool
apply(struct list *l, const struct edits *e, const struct fields *old,
    const struct fields *new)
{
	for (size_t i = 0; i < e->count; i++) {
		const struct edit *one = &e->edit[i];
		size_t at;

		if (one->kind == EDIT_INSERT) {
			insert(l, one->at, new->field[one->new]);
			continue;
		}
		if ((at = find(l, &old->field[one->old], one->nth)) == LIST_MAX)
			return false;
		if (one->kind == EDIT_CHANGE && new->field[one->new].n ==
		    new->field[one->new].name + 2)
			return false;
		if (one->kind == EDIT_CHANGE)
			l->f[at] = new->field[one->new];
		else
			memmove(&l->f[at], &l->f[at + 1], (--l->n - at) * sizeof l->f[0]);
	}
	return true;
}

/* How many edits make b of a; -1: they do not. */
static int
edits(const char *a, const char *b)
{
	struct fields old = { 0 }, new = { 0 };
	struct edits e = { 0 };
	struct list l = { .n = 0 };
	char text[TEXT_MAX];
	size_t n = 0;
	int count = -1;

	if (!fields_split(&old, a, strlen(a), LIST_MAX / 2) ||
	    !fields_split(&new, b, strlen(b), LIST_MAX / 2) || !headdiff(&e, &old, &new))
		abort();
	for (size_t i = 0; i < old.count; i++)
		insert(&l, i, old.field[i]);
	if (apply(&l, &e, &old, &new)) {
		for (size_t i = 0; i < l.n; i++) {
			memcpy(text + n, l.f[i].p, l.f[i].n);
			n += l.f[i].n;
		}
		if (n + 1 == strlen(b) && memcmp(text, b, n) == 0)
			count = (int)e.count;
	}
	free(e.edit);
	fields_free(&old);
	fields_free(&new);
	return count;
}

/* A head of fields of few names and few values, some of them folded. */
static void
random_head(char *text, uint32_t *seed)
{
	static const char *const fields[] = { "A: 1\n", "A: 2\n", "a: 1\n", "B: x\n\ty\n", "B:\n",
	    "B: z\n", "Ab: 1\n", "C: \n \n" };
	size_t n = 0, len;

	*seed = *seed * 1664525u + 1013904223u;
	for (uint32_t count = (*seed >> 8) % 12; count > 0; count--) {
		*seed = *seed * 1664525u + 1013904223u;
		len = strlen(fields[(*seed >> 8) % 8]);
		memcpy(text + n, fields[(*seed >> 8) % 8], len);
		n += len;
	}
	memcpy(text + n, "\n", 2);
}

static int
random_failures(void)
{
	char a[TEXT_MAX], b[TEXT_MAX];
	uint32_t seed = 1;
	int failed = 0;

	for (int i = 0; i < 20000; i++) {
		random_head(a, &seed);
		random_head(b, &seed);
		failed += edits(a, b) < 0;
	}
	return failed;
}

static bool
splits(const char *text, size_t n, size_t max)
{
	struct fields f;
	bool good = fields_split(&f, text, n, max);

	fields_free(&f);
	return good;
}

/* Many fields of one name, of which each other goes, and one comes on top. */
static size_t
many(size_t count)
{
	char *a = malloc(count * 16 + 64), *b = malloc(count * 16 + 64);
	size_t n = 0, m;
	struct fields old, new;
	struct edits e;

	if (a == NULL || b == NULL)
		abort();
	m = (size_t)sprintf(b, "X-Multiscan: infected\n");
	for (size_t i = 0; i < count; i++) {
		n += (size_t)sprintf(a + n, "X: %zu\n", i % (count / 2));
		if (i % 2)
			m += (size_t)sprintf(b + m, "X: %zu\n", i % (count / 2));
	}
	n += (size_t)sprintf(a + n, "X-Multiscan: infected\n\n");
	m += (size_t)sprintf(b + m, "\n");
	if (!fields_split(&old, a, n, count + 1) || !fields_split(&new, b, m, count + 1) ||
	    !headdiff(&e, &old, &new))
		abort();
	n = e.count;
	free(e.edit);
	fields_free(&old);
	fields_free(&new);
	free(a);
	free(b);
	return n;
}

int
main(void)
{
	OK(edits("\n", "\n") == 0);
	OK(edits("A: 1\n\n", "A: 1\n\n") == 0);
	OK(edits("\n", "A: 1\n\n") == 1);
	OK(edits("A: 1\n\n", "\n") == 1);
	/* one change, at its place */
	OK(edits("A: 1\nB: 2\nC: 3\n\n", "A: 1\nB: 4\nC: 3\n\n") == 1);
	OK(edits("A: 1\nB: 2\nC: 3\n\n", "A: 1\nB: 4\n 5\nC: 3\n\n") == 1);
	/* no value would be no field */
	OK(edits("A: 1\n\n", "A:\n\n") == 2);
	/* a mark on top, where somebody has made one already */
	OK(edits("A: 1\nB: 2\nX: odd\nC: 3\n\n", "X: odd\nA: 1\nB: 2\nC: 3\n\n") == 2);
	OK(edits("X: odd\nA: 1\nX: odd\n\n", "X: odd\nX: odd\nA: 1\n\n") == 2);
	/* two of a name */
	OK(edits("T: a\nT: b\nT: c\n\n", "T: a\nT: d\nT: c\n\n") == 1);
	OK(edits("T: a\nT: a\nT: a\n\n", "T: a\nT: a\n\n") == 1);
	OK(edits("T: a\nt: b\n\n", "T: a\nt: c\n\n") == 1);
	OK(edits("A: 1\nB: 2\nC: 3\n\n", "C: 3\nB: 2\nA: 1\n\n") > 0);
	OK(random_failures() == 0);
	OK(many(20000) == 10002);

	OK(head_end("A: 1\n\nbody\n", 11) == 6);
	OK(head_end("\nbody\n", 6) == 1);
	OK(head_end("A: 1\nB", 6) == 0 && head_end("", 0) == 0 && head_end("A: 1\n", 5) == 0);
	OK(splits("A: 1\n b\n\t\n\n", 11, 1) && splits("\n", 1, 0));
	OK(!splits("A: 1\nB: 1\n\n", 11, 1) && errno == E2BIG);
	OK(!splits(" A: 1\n\n", 7, 9) && errno == EBADMSG);
	OK(!splits("A : 1\n\n", 7, 9) && !splits("A\n\n", 3, 9) && !splits(": 1\n\n", 5, 9));
	OK(!splits("A: \0\n\n", 6, 9) && !splits("A: 1\n", 5, 9) && !splits("A: 1\n\nB\n", 8, 9));
	OK(!splits("A: 1\n\xc3\xa4: 1\n\n", 13, 9) && splits("A:\n\n", 4, 9));
	return done();
}
