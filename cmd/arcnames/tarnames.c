/* SPDX-License-Identifier: ISC */
#include "cmd/arcnames/tarnames.h"

#include <stdint.h>
#include <string.h>

enum {
	BLOCK = 512,
	NAME = 100, SIZE_AT = 124, SUM_AT = 148, SUM = 8, TYPE_AT = 156,
	MAGIC_AT = 257, PREFIX_AT = 345, PREFIX = 155,
	RECORDS = 1 << 20	/* bytes of pax records that are read */
};

struct walk {
	bool (*name)(void *ctx, struct span name);
	void *ctx;
	char path[PREFIX + 1 + NAME];
};

/* An octal field; blanks may stand around it. */
static uint64_t
octal(const char *p, size_t n)
{
	uint64_t v = 0;

	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	for (; n > 0 && *p >= '0' && *p <= '7'; p++, n--)
		v = v << 3 | (unsigned)(*p - '0');
	return v;
}

/* Is it the sum of its octets, with blanks for itself; signed ones, for some. */
static bool
is_header(const char *p)
{
	long plain = 0, other = 0;
	uint64_t said = octal(p + SUM_AT, SUM);

	if (said == 0)
		return false;
	for (size_t i = 0; i < BLOCK; i++) {
		bool sum = i >= SUM_AT && i < SUM_AT + SUM;

		plain += sum ? ' ' : (unsigned char)p[i];
		other += sum ? ' ' : (signed char)p[i];
	}
	return said == (uint64_t)plain || (other > 0 && said == (uint64_t)other);
}

static struct span
field(const char *p, size_t n)
{
	return (struct span){ p, strnlen(p, n) };
}

/* The name alone, and behind its prefix, where there is one. */
static bool
tell_header(struct walk *w, const char *p)
{
	struct span name = field(p, NAME), prefix = field(p + PREFIX_AT, PREFIX);

	if (name.n > 0 && !w->name(w->ctx, name))
		return false;
	if (prefix.n == 0 || memcmp(p + MAGIC_AT, "ustar", 5) != 0)
		return true;
	memcpy(w->path, prefix.p, prefix.n);
	w->path[prefix.n] = '/';
	memcpy(w->path + prefix.n + 1, name.p, name.n);
	return w->name(w->ctx, (struct span){ w->path, prefix.n + 1 + name.n });
}

/* Pax records, LENGTH KEY=VALUE and a newline each: the values of path. */
static bool
tell_records(struct walk *w, struct span s)
{
	static const char key[] = "path=";
	const char *p = s.p, *end = s.p + s.n, *nl;

	for (; p < end && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1) {
		const char *blank = memchr(p, ' ', (size_t)(nl - p));
		size_t n = blank == NULL ? 0 : (size_t)(nl - blank - 1);

		if (n >= sizeof key - 1 && memcmp(blank + 1, key, sizeof key - 1) == 0 &&
		    !w->name(w->ctx, (struct span){ blank + sizeof key, n - (sizeof key - 1) }))
			return false;
	}
	return true;
}

bool
tar_walk(struct span file, bool (*name)(void *ctx, struct span name), void *ctx)
{
	struct walk w = { .name = name, .ctx = ctx };

	for (size_t at = 0; file.n - at >= BLOCK; at += BLOCK) {
		const char *p = file.p + at;
		struct span data = { p + BLOCK, file.n - at - BLOCK };
		char type = p[TYPE_AT];
		uint64_t size;

		if (p[SUM_AT] == '\0' || !is_header(p))
			continue;
		size = octal(p + SIZE_AT, 12);
		if (data.n > size)
			data.n = (size_t)size;
		if (data.n > RECORDS)
			data.n = RECORDS;
		if (type == 'L' && !name(ctx, field(data.p, data.n)))
			return false;
		if ((type == 'x' || type == 'g' || type == 'X') && !tell_records(&w, data))
			return false;
		if (strchr("KLNVxgX5", type) == NULL && !tell_header(&w, p))
			return false;
	}
	return true;
}
