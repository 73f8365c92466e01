/* SPDX-License-Identifier: ISC */
#include "common/name.h"
#include "common/encword.h"
#include "common/param.h"

#include <stdlib.h>
#include <string.h>

/* A piece of name*N or name*N*, RFC 2231 3 and 4. */
struct piece {
	unsigned long number;
	size_t order;		/* as found: the first of two equals stays first */
	bool coded;
	struct span value;
};

/* Memory for one field of n bytes: ARENA for its parameters, then two copies. */
struct scratch {
	char *arena, *text, *out;
	struct params params;
	struct piece piece[PARAM_MAX];
};

void
name_start(struct names *names)
{
	names->count = names->len = 0;
	names->full = false;
}

void
name_add(struct names *names, const char *source, const char *p, size_t n)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < names->count; i++)
		if (names->name[i].n == n &&
		    memcmp(names->bytes + names->name[i].at, p, n) == 0)
			return;
	if (names->count == NAME_COUNT || n > NAME_BYTES - names->len) {
		names->full = true;
		return;
	}
	memcpy(names->bytes + names->len, p, n);
	names->name[names->count].source = source;
	names->name[names->count].at = names->len;
	names->name[names->count++].n = n;
	names->len += n;
}

/* A copy without line ends; all: without the blanks after them too. */
static size_t
unfold(char *to, struct span v, bool all)
{
	size_t n = 0;
	bool after = false;

	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\n') {
			after = all;
			continue;
		}
		if (after && (v.p[i] == ' ' || v.p[i] == '\t'))
			continue;
		after = false;
		to[n++] = v.p[i];
	}
	return n;
}

/* A name as it stands: each reading of its folds, then its encoded words. */
static void
add_plain(struct names *names, struct scratch *s, const char *source, struct span v)
{
	size_t n;

	for (int all = 0; all < 2; all++) {
		n = unfold(s->text, v, all == 1);
		name_add(names, source, s->text, n);
		n = encword_decode(s->text, n, s->out);
		name_add(names, "word", s->out, n);
		if (v.n == 0 || memchr(v.p, '\n', v.n) == NULL)
			break;
	}
}

/* charset'language'octets, as name* has it. */
static void
add_extended(struct names *names, struct scratch *s, struct span v)
{
	struct span charset = { v.p, 0 };
	const char *first = v.n ? memchr(v.p, '\'', v.n) : NULL, *second = NULL;
	size_t n;

	if (first != NULL) {
		charset.n = (size_t)(first - v.p);
		second = memchr(first + 1, '\'', v.n - charset.n - 1);
	}
	if (second != NULL) {
		v.n -= (size_t)(second + 1 - v.p);
		v.p = second + 1;
	} else
		charset.n = 0;
	n = encword_percent(v.p, v.n, s->text);
	n = encword_charset(charset, s->text, n, s->out);
	name_add(names, "rfc2231", s->out, n);
}

/* The number of attr when it is base*N or base*N*; false: it is not. */
static bool
piece_number(struct span attr, size_t base, struct piece *p)
{
	size_t i = base + 1;

	p->number = 0;
	p->coded = false;
	if (i >= attr.n)
		return false;
	for (; i < attr.n && attr.p[i] >= '0' && attr.p[i] <= '9'; i++)
		if (p->number < 1000000)
			p->number = p->number * 10 + (unsigned long)(attr.p[i] - '0');
	if (i == base + 1)
		return false;
	if (i + 1 == attr.n && attr.p[i] == '*')
		p->coded = true;
	return i + (p->coded ? 1 : 0) == attr.n;
}

static int
by_number(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Joins the pieces; their charset is that of the first one. */
static void
add_pieces(struct names *names, struct scratch *s, size_t count)
{
	struct span charset = { "", 0 };
	size_t n = 0;

	qsort(s->piece, count, sizeof s->piece[0], by_number);
	for (size_t i = 0; i < count; i++) {
		struct span v = s->piece[i].value;
		const char *quote;

		if (i > 0 && s->piece[i].number == s->piece[i - 1].number)
			continue;
		if (i == 0 && s->piece[i].coded && v.n > 0 &&
		    (quote = memchr(v.p, '\'', v.n)) != NULL) {
			size_t skip = (size_t)(quote + 1 - v.p);

			charset.p = v.p;
			charset.n = skip - 1;
			quote = memchr(v.p + skip, '\'', v.n - skip);
			if (quote != NULL)
				skip = (size_t)(quote + 1 - v.p);
			v.p += skip;
			v.n -= skip;
		}
		if (s->piece[i].coded)
			n += encword_percent(v.p, v.n, s->text + n);
		else {
			memcpy(s->text + n, v.p, v.n);
			n += v.n;
		}
	}
	n = encword_charset(charset, s->text, n, s->out);
	name_add(names, "rfc2231", s->out, n);
}

static void
add_parameters(struct names *names, struct scratch *s, const char *base,
    const char *source)
{
	size_t len = strlen(base), pieces = 0;

	for (size_t i = 0; i < s->params.n; i++) {
		struct param *p = &s->params.p[i];
		struct piece *piece = &s->piece[pieces];

		if (p->attr.n < len || memcmp(p->attr.p, base, len) != 0)
			continue;
		if (p->attr.n == len)
			add_plain(names, s, source, p->value);
		else if (p->attr.p[len] != '*')
			continue;
		else if (p->attr.n == len + 1)
			add_extended(names, s, p->value);
		else if (piece_number(p->attr, len, piece)) {
			piece->value = p->value;
			piece->order = pieces++;
		}
	}
	if (pieces > 0)
		add_pieces(names, s, pieces);
	if (s->params.full)
		names->full = true;
}

static struct span
trim(struct span v)
{
	while (v.n > 0 && strchr(" \t\r\n", v.p[0]) != NULL && v.p[0] != '\0') {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && strchr(" \t\r\n", v.p[v.n - 1]) != NULL && v.p[v.n - 1] != '\0')
		v.n--;
	return v;
}

static void
add_field(struct names *names, struct scratch *s, enum head_field f, struct span v)
{
	if (f == HEAD_LOCATION || f == HEAD_DESCRIPTION) {
		add_plain(names, s, f == HEAD_LOCATION ? "location" : "description", trim(v));
		return;
	}
	param_parse(&s->params, v.p, v.n, s->arena);
	add_parameters(names, s, "filename", "filename");
	add_parameters(names, s, "name", "type");
}

int
name_collect(struct names *names, const struct head *h)
{
	static const enum head_field NAMED[] = { HEAD_DISPOSITION, HEAD_TYPE,
	    HEAD_LOCATION, HEAD_DESCRIPTION };
	struct scratch *s;
	struct span v;

	if ((s = malloc(sizeof *s)) == NULL)
		return -1;
	for (size_t f = 0; f < sizeof NAMED / sizeof NAMED[0]; f++) {
		for (size_t i = 0; head_value(h, NAMED[f], i, &v); i++) {
			char *memory = malloc(4 * v.n + 64);

			if (memory == NULL) {
				free(s);
				return -1;
			}
			s->arena = memory;
			s->text = memory + v.n + 16;
			s->out = s->text + v.n + 16;
			add_field(names, s, NAMED[f], v);
			free(memory);
		}
	}
	free(s);
	return 0;
}
