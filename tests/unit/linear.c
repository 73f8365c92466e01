/* SPDX-License-Identifier: ISC */
/*
 * What reads the fields of a head does so in linear time, whatever is in them.  Not the
 * time is measured, but the work counted: each turn of a loop of these modules, and each
 * byte that they have the C library look at.
 */
#include "cmd/mimesplit/candidates.h"
#include "common/encword.h"
#include "common/fieldtext.h"
#include "common/name.h"
#include "common/reading.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

static unsigned long long work;

static size_t
looked(size_t n)
{
	work += n;
	return n;
}

/* Their own names are not looked up again within a macro. */
#define for(...)	for (__VA_ARGS__) if (work++ == -1ull) abort(); else
#define while(...)	while (work++, (__VA_ARGS__))
#define memchr(p, c, n)	memchr(p, c, looked(n))
#define memcmp(p, q, n)	memcmp(p, q, looked(n))
#define memcpy(p, q, n)	memcpy(p, q, looked(n))
#define memmove(p, q, n) memmove(p, q, looked(n))
#define memset(p, c, n)	memset(p, c, looked(n))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wempty-body"
#include "common/fieldtext.c"
#include "common/encword.c"
#include "common/reading.c"
#include "common/name.c"
#include "cmd/mimesplit/candidates.c"
#define add	add_boundary	/* name.c has one too */
#include "cmd/mimesplit/boundary.c"
#undef add
#pragma GCC diagnostic pop

#undef for
#undef while

static const char *const TEXT[] = { "boundary=a;", "boundary=\"", "boundary(", "(",
    "boundary*1=a;", "=?x?Q?a?= ", "=?", "\n ", "a/", "multipart / ", "\"", "\\",
    "boundary=((((", "bboundary=a ", " / ", "boundary*0*=%41''",
    "filename=a;", "filename=\"", "filename*0*=x''%41;", "name(", "filename= ", "%41",
    "filename=\\" };

static unsigned long long
work_for(const char *text, size_t n)
{
	static const char DISPOSITION[] = "Content-Disposition: x; filename=";
	static struct candidates c;
	static struct names names;
	size_t from = sizeof DISPOSITION - 1;
	struct head h;
	char *field = malloc(from + n);
	const char *name;
	bool plain;

	if (field == NULL)
		abort();
	memcpy(field, DISPOSITION, from);
	for (size_t i = 0; i < n; i++)
		field[from + i] = text[i % strlen(text)];
	head_init(&h);
	if (head_line(&h, field, from + n, false) < 0)
		abort();
	work = 0;
	boundary_candidates(&c, (struct span){ field + from, n }, &plain);
	type_candidates(&c, (struct span){ field + from, n }, &plain);
	coding_candidates((struct span){ field + from, n }, &name, &plain);
	name_start(&names);
	if (name_collect(&names, &h) < 0)
		abort();
	head_free(&h);
	free(field);
	return work / n;
}

int
main(void)
{
	/* of which all, and of which a part, is shown in the views of reading.h */
	static const size_t LENGTH[] = { READING_TEXT, 4 * READING_TEXT };

	for (size_t i = 0; i < sizeof TEXT / sizeof TEXT[0]; i++) {
		for (size_t k = 0; k < 2; k++) {
			unsigned long long each = work_for(TEXT[i], LENGTH[k]);

			if (each == 0 || each > 1000)
				printf("# %zu bytes of %s: %llu\n", LENGTH[k], TEXT[i], each);
			OK(each > 0 && each <= 1000);
		}
	}
	return done();
}
