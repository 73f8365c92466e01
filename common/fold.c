/* SPDX-License-Identifier: ISC */
#include "common/fold.h"

#include <utf8proc.h>

#include <stdlib.h>
#include <string.h>

enum {
	MARKS = 30,		/* combining marks in a row */
	FOLDED = 3		/* characters that one becomes by case folding */
};

void
fold_init(struct fold *f)
{
	memset(f, 0, sizeof *f);
}

void
fold_free(struct fold *f)
{
	free(f->room);
	fold_init(f);
}

size_t
fold_char(const char *p, size_t n, int32_t *c)
{
	utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)p,
	    (utf8proc_ssize_t)n, c);

	if (len > 0)
		return (size_t)len;
	*c = -1;
	return 1;
}

bool
fold_blank(int32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202f || c == 0x205f || c == 0x3000;
}

bool
fold_unseen(int32_t c)
{
	utf8proc_category_t of;

	if (c < 0x80)
		return c < 0x20 || c == 0x7f;
	of = utf8proc_category(c);
	return of == UTF8PROC_CATEGORY_CC || of == UTF8PROC_CATEGORY_CF ||
	    utf8proc_get_property(c)->ignorable;
}

int32_t
fold_one(int32_t c)
{
	utf8proc_int32_t to[FOLDED];
	int last = 0;

	return c > 0x7f && utf8proc_decompose_char(c, to, FOLDED,
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last) == 1 ? to[0] : c;
}

/* The length of a designation: ESC, $ or ( or both, and a letter or @. */
static size_t
designation(struct span s)
{
	size_t n = 1;

	if (s.p[0] != 0x1b)
		return 0;
	if (n < s.n && s.p[n] == '$')
		n++;
	if (n < s.n && (s.p[n] == '(' || (n == 2 && s.p[n] == ')')))
		n++;
	return n > 1 && n < s.n && s.p[n] >= '@' && s.p[n] <= 'Z' ? n + 1 : 0;
}

/* Copies the characters that are any; the length. */
static size_t
clean(char *to, struct span s)
{
	unsigned marks = 0;
	size_t n = 0, len;

	for (size_t i = 0; i < s.n; i += len) {
		int32_t c;

		if ((len = designation((struct span){ s.p + i, s.n - i })) > 0)
			continue;
		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_unseen(c))
			continue;
		marks = utf8proc_get_property(c)->combining_class != 0 ? marks + 1 : 0;
		if (marks > MARKS)
			continue;
		memcpy(to + n, s.p + i, len);
		n += len;
	}
	return n;
}

/* The case of one character; how many came of it. */
static utf8proc_ssize_t
fold_case(int32_t c, int32_t to[FOLDED])
{
	int last = 0;

	if (c == 0x130 || c == 0x131)
		c = 'i';
	if (c < 0x80) {
		to[0] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
		return 1;
	}
	return utf8proc_decompose_char(c, to, FOLDED, UTF8PROC_CASEFOLD, &last);
}

/* A form; to has room for FOLDED times four bytes a character. */
static size_t
make_form(char *to, const char *p, size_t n, bool blanks)
{
	size_t out = 0, end = 0, len;

	for (size_t i = 0; i < n; i += len) {
		int32_t c, folded[FOLDED];
		utf8proc_ssize_t many;

		len = fold_char(p + i, n - i, &c);
		if (fold_unseen(c) || (!blanks && fold_blank(c)))
			continue;
		many = fold_case(c, folded);
		for (utf8proc_ssize_t j = 0; j < many && j < FOLDED; j++)
			out += (size_t)utf8proc_encode_char(folded[j],
			    (utf8proc_uint8_t *)to + out);
		if (!fold_blank(c) && (c > 0x7f || strchr(".;,'\"", c) == NULL))
			end = out;
	}
	return end;
}

bool
fold_name(struct fold *f, struct span name)
{
	utf8proc_uint8_t *nfkc;
	utf8proc_ssize_t n;
	size_t most;

	if (f->size < name.n + 1) {
		char *more = realloc(f->room, name.n + 1);

		if (more == NULL)
			return false;
		f->room = more;
		f->size = name.n + 1;
	}
	n = utf8proc_map((const utf8proc_uint8_t *)f->room,
	    (utf8proc_ssize_t)clean(f->room, name), &nfkc,
	    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
	if (n < 0)
		return false;
	most = (size_t)n * FOLDED * 4 + 1;	/* a character is a byte at least */
	if (f->size < 2 * most) {
		char *more = realloc(f->room, 2 * most);

		if (more == NULL) {
			free(nfkc);
			return false;
		}
		f->room = more;
		f->size = 2 * most;
	}
	for (int i = 0; i < 2; i++) {
		char *to = f->room + (size_t)i * most;

		f->form[i] = (struct span){ to,
		    make_form(to, (const char *)nfkc, (size_t)n, i == 0) };
	}
	free(nfkc);
	return true;
}
