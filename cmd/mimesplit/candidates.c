/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/candidates.h"
#include "common/fieldtext.h"
#include "common/reading.h"

#include <string.h>

void
candidates_add(struct candidates *c, const char *p, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (c->one[i].n == n && memcmp(c->bytes + c->one[i].at, p, n) == 0)
			return;
		at = c->one[i].at + c->one[i].n;
	}
	if (c->count == CANDIDATES || n > CANDIDATE_MAX) {
		c->full = true;
		return;
	}
	if (n > 0)
		memcpy(c->bytes + at, p, n);
	c->one[c->count].at = at;
	c->one[c->count++].n = n;
}

static void
add_lower(struct candidates *c, struct span v)
{
	static char lower[CANDIDATE_MAX];

	if (v.n > CANDIDATE_MAX) {
		c->full = true;
		return;
	}
	for (size_t i = 0; i < v.n; i++)
		lower[i] = fieldtext_lower(v.p[i]);
	if (v.n > 0)
		candidates_add(c, lower, v.n);
}

/* The end of a run of token bytes from i on. */
static size_t
token_end(struct span v, size_t i)
{
	while (i < v.n && fieldtext_token(v.p[i]))
		i++;
	return i;
}

static size_t
blanks_end(struct span v, size_t i)
{
	while (i < v.n && fieldtext_blank(v.p[i]))
		i++;
	return i;
}

/* token/token, then the end or `;'. */
static bool
plain_type(struct span v, struct span *type)
{
	size_t from = blanks_end(v, 0), slash = token_end(v, from), to;

	if (slash == from || slash == v.n || v.p[slash] != '/')
		return false;
	to = token_end(v, slash + 1);
	type->p = v.p + from;
	type->n = to - from;
	from = blanks_end(v, to);
	return to > slash + 1 && (from == v.n || v.p[from] == ';');
}

/* The token/token about the slash at i, blanks beside it dropped. */
static bool
type_about(struct candidates *c, struct span v, size_t i)
{
	static char type[CANDIDATE_MAX + 1];
	size_t left = i, from, right = blanks_end(v, i + 1), to = token_end(v, right);
	size_t n;

	while (left > 0 && fieldtext_blank(v.p[left - 1]))
		left--;
	for (from = left; from > 0 && fieldtext_token(v.p[from - 1]); )
		from--;
	if (from == left || to == right)
		return false;
	n = left - from;
	if (n + 1 + to - right > CANDIDATE_MAX)
		return c->full = true;
	memcpy(type, v.p + from, n);
	type[n++] = '/';
	memcpy(type + n, v.p + right, to - right);
	add_lower(c, (struct span){ type, n + to - right });
	return true;
}

/* What stands before the first `;' that something stands before. */
static struct span
type_part(struct span v)
{
	size_t from = 0, to;

	while (from < v.n && (fieldtext_blank(v.p[from]) || v.p[from] == ';'))
		from++;
	for (to = from; to < v.n && v.p[to] != ';'; )
		to++;
	return (struct span){ v.p + from, to - from };
}

/* A type without subtype, and what it is by default. */
static void
bare_type(struct candidates *c, struct span part)
{
	static const struct {
		const char *type, *whole;
	} DEFAULT[] = {
		{ "multipart", "multipart/mixed" }, { "message", "message/rfc822" },
		{ "text", "text/plain" }
	};
	struct span word;
	size_t from = 0;

	while (from < part.n && !fieldtext_token(part.p[from]))
		from++;
	word.p = part.p + from;
	word.n = token_end(part, from) - from;
	from = blanks_end(part, from + word.n);
	if (from < part.n && part.p[from] == '=')
		return;
	add_lower(c, word);
	for (size_t i = 0; i < sizeof DEFAULT / sizeof DEFAULT[0]; i++)
		if (word.n == strlen(DEFAULT[i].type) &&
		    fieldtext_at(word, 0, DEFAULT[i].type))
			candidates_add(c, DEFAULT[i].whole, strlen(DEFAULT[i].whole));
}

/* The part less its quotes and blanks; and as it is up to the first blank. */
static void
odd_type(struct candidates *c, struct span part)
{
	static char whole[CANDIDATE_MAX];
	size_t n = 0, i;

	part = fieldtext_trim(part);
	for (i = 0; i < part.n && n < CANDIDATE_MAX && part.p[i] != '='; i++)
		if (part.p[i] != '"' && !fieldtext_blank(part.p[i]))
			whole[n++] = part.p[i];
	if (i == part.n)
		add_lower(c, (struct span){ whole, n });
	for (i = 0; i < part.n && !fieldtext_blank(part.p[i]); )
		i++;
	add_lower(c, (struct span){ part.p, i });
}

/* The types that decide most, wherever they stand. */
static void
types_anywhere(struct candidates *c, struct span v)
{
	static const char *const WORDS[] = { "multipart", "message" };

	for (size_t i = 0; i < v.n && !c->full; i++) {
		for (size_t w = 0; w < sizeof WORDS / sizeof WORDS[0]; w++) {
			size_t slash = i + strlen(WORDS[w]);

			if (!fieldtext_at(v, i, WORDS[w]))
				continue;
			slash = blanks_end(v, slash);
			if (slash < v.n && v.p[slash] == '/')
				type_about(c, v, slash);
		}
	}
}

static void
types_in(struct candidates *c, struct span v)
{
	struct span part = type_part(v);
	const char *slash = part.n > 0 ? memchr(part.p, '/', part.n) : NULL;
	const char *equal = part.n > 0 ? memchr(part.p, '=', part.n) : NULL;

	if (slash != NULL && (equal == NULL || slash < equal)) {
		if (!type_about(c, part, (size_t)(slash - part.p)))
			bare_type(c, (struct span){ part.p, (size_t)(slash - part.p) });
		odd_type(c, part);
	} else
		bare_type(c, part);
	types_anywhere(c, v);
}

/* With its quotes, and without. */
static void
types_read(struct candidates *c, struct span v)
{
	static char bare[2 * READING_TEXT];

	types_in(c, v);
	if (v.n > sizeof bare)
		v.n = sizeof bare;
	v.n = fieldtext(v, FIELDTEXT_QUOTES, bare);
	v.p = bare;
	types_in(c, v);
}

static bool
holds(struct span v, const char *word)
{
	for (size_t i = 0; i < v.n; i++)
		if (fieldtext_at(v, i, word))
			return true;
	return false;
}

void
type_candidates(struct candidates *c, struct span type, bool *plain)
{
	static char room[2 * READING_TEXT];
	struct span view;

	c->count = 0;
	c->full = false;
	if ((*plain = plain_type(type, &view))) {
		add_lower(c, view);
		return;
	}
	for (size_t i = 0; i < READING_VIEWS; i++) {
		if (reading_view(type, i, room, &view))
			types_read(c, view);
		if (i == 0)
			types_read(c, type);
	}
	c->full = c->full || type.n > READING_TEXT;
	if (c->count == 0)
		candidates_add(c, "text/plain", 10);
	if (holds(type, "boundary"))
		candidates_add(c, "multipart/mixed", 15);
	candidates_add(c, "text/plain", 10);
}

/* A coding's name less all but letters and digits. */
static const struct coding {
	const char *squeezed, *name;
	unsigned bit;
} CODINGS[] = {
	{ "base64", "base64", CODING_BASE64 },
	{ "quotedprintable", "quoted-printable", CODING_QP },
	{ "uuencode", "x-uuencode", CODING_UU }, { "uue", "x-uuencode", CODING_UU },
	{ "7bit", "7bit", CODING_NONE }, { "8bit", "8bit", CODING_NONE },
	{ "binary", "binary", CODING_NONE },
	{ "yenc", "x-yenc", CODING_YENC },
	{ "binhex", "x-binhex40", CODING_BINHEX }
};

enum { NCODINGS = sizeof CODINGS / sizeof CODINGS[0], SQUEEZED = 16 };

static bool
alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* Codings named in a text, whatever stands between their letters. */
static unsigned
codings_in(struct span v, const char **first)
{
	char last[SQUEEZED] = { 0 };	/* the letters and digits up to here */
	unsigned bits = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = fieldtext_lower(v.p[i]);

		if (!alphanumeric(c))
			continue;
		memmove(last, last + 1, SQUEEZED - 1);
		last[SQUEEZED - 1] = c;
		for (size_t k = 0; k < NCODINGS; k++) {
			size_t n = strlen(CODINGS[k].squeezed);

			if (memcmp(last + SQUEEZED - n, CODINGS[k].squeezed, n) != 0)
				continue;
			bits |= CODINGS[k].bit;
			if (*first == NULL)
				*first = CODINGS[k].name;
		}
	}
	return bits;
}

/* One token that is a coding's name and nothing else. */
static unsigned
plain_coding(struct span v, const char **first)
{
	static const struct coding PLAIN[] = {
		{ "base64", "base64", CODING_BASE64 },
		{ "quoted-printable", "quoted-printable", CODING_QP },
		{ "7bit", "7bit", CODING_NONE }, { "8bit", "8bit", CODING_NONE },
		{ "binary", "binary", CODING_NONE },
		{ "x-uuencode", "x-uuencode", CODING_UU },
		{ "uuencode", "x-uuencode", CODING_UU },
		{ "x-uue", "x-uuencode", CODING_UU }, { "uue", "x-uuencode", CODING_UU },
		{ "x-yenc", "x-yenc", CODING_YENC }, { "yenc", "x-yenc", CODING_YENC },
		{ "x-binhex40", "x-binhex40", CODING_BINHEX },
		{ "mac-binhex40", "x-binhex40", CODING_BINHEX }
	};

	v = fieldtext_trim(v);
	for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++)
		if (v.n == strlen(PLAIN[i].squeezed) &&
		    fieldtext_at(v, 0, PLAIN[i].squeezed)) {
			*first = PLAIN[i].name;
			return PLAIN[i].bit;
		}
	return 0;
}

unsigned
coding_candidates(struct span coding, const char **first, bool *plain)
{
	static char room[2 * READING_TEXT];
	struct span view;
	unsigned bits;

	*first = NULL;
	bits = plain_coding(coding, first);
	if ((*plain = bits != 0))
		return bits;
	for (size_t i = 0; i < READING_VIEWS; i++) {
		if (reading_view(coding, i, room, &view))
			bits |= codings_in(view, first);
		if (i == 0)
			bits |= codings_in(coding, first);
	}
	return bits | CODING_UNKNOWN;
}
