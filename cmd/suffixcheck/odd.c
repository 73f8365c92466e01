/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/odd.h"
#include "common/hex.h"

#include <stdlib.h>
#include <string.h>

enum {
	SPACES = 10,
	UNITS = 255		/* UTF-16, of a file's name in NTFS */
};

/* A name under its rules; failed: there was no memory. */
struct look {
	const struct suffixes *list;
	struct fold *fold;
	struct span name, last;
	bool failed;
};

static bool
hits(struct look *l, struct span s)
{
	struct hit hit;
	int got = suffix_hit(l->list, s, l->fold, &hit);

	l->failed |= got < 0;
	return got > 0;
}

/* .{8-4-4-4-12} */
static bool
clsid(struct look *l)
{
	static const char shape[] = ".{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
	struct span form;

	if (!fold_name(l->fold, l->last)) {
		l->failed = true;
		return false;
	}
	form = l->fold->form[1];
	if (form.n < sizeof shape - 1)
		return false;
	for (size_t i = 0; i < sizeof shape - 1; i++) {
		char c = form.p[form.n - (sizeof shape - 1) + i];

		if (shape[i] == 'x' ? hex(c) < 0 : c != shape[i])
			return false;
	}
	return true;
}

/* The marks of honest names (200e, 200f, 061c) are none of these. */
static bool
bidi(struct look *l)
{
	size_t len;

	for (size_t i = 0; i < l->name.n; i += len) {
		int32_t c;

		len = fold_char(l->name.p + i, l->name.n - i, &c);
		if (c == 0x202a || c == 0x202b || c == 0x202d || c == 0x202e ||
		    (c >= 0x2066 && c <= 0x2068))
			return true;
	}
	return false;
}

/* A blank to the eye: White_Space, Hangul's fillers and the empty Braille cell. */
static bool
looks_blank(int32_t c)
{
	return fold_blank(c) || c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
	    c == 0x2800;
}

/* What is not seen is none, and ends no run of them. */
static bool
spaces(struct look *l)
{
	size_t len, run = 0;

	for (size_t i = 0; i < l->name.n; i += len) {
		int32_t c;

		len = fold_char(l->name.p + i, l->name.n - i, &c);
		if (looks_blank(c))
			run++;
		else if (fold_unseen(c))
			continue;
		else if (run >= SPACES)
			return true;
		else
			run = 0;
	}
	return false;
}

static bool
length(struct look *l)
{
	size_t len, units = 0;

	for (size_t i = 0; i < l->last.n; i += len) {
		int32_t c;

		len = fold_char(l->last.p + i, l->last.n - i, &c);
		units += c > 0xffff ? 2 : 1;
	}
	return units > UNITS;
}

static bool
stream(struct look *l)
{
	return nameform_stream(l->last) < l->last.n;
}

static bool
only_dots(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.' && s.p[i] != '/' && s.p[i] != '\\')
			return false;
	return s.n > 0;
}

static bool
path(struct look *l)
{
	struct span rest = l->name;

	if (only_dots(l->name))
		return true;
	while (rest.n > 0) {
		struct span s = nameform_take(&rest);

		if ((s.n == 2 && memcmp(s.p, "..", 2) == 0) ||
		    (s.p != l->last.p && s.n > 0 && hits(l, s)))
			return true;
	}
	return false;
}

/* The first of the rules before one that it has, or that one. */
static enum odd first(struct look *l, enum odd end);

/* Does it hit, or is it odd by a rule before end, as what a client makes of it? */
static bool
is_as(struct look *l, enum nameform_made how, enum odd end)
{
	char *to = malloc(l->name.n + NAMEFORM_MORE);
	struct span s;
	bool is = false;

	if (to == NULL) {
		l->failed = true;
		return false;
	}
	if (nameform_make(how, l->name, to, &s)) {
		struct look made = { l->list, l->fold, s, nameform_component(s), false };

		is = hits(&made, s) || first(&made, end) < end;
		l->failed |= made.failed;
	}
	free(to);
	return is;
}

static bool
badchar(struct look *l)
{
	return is_as(l, MADE_CUT, 0) || is_as(l, MADE_WITHOUT, 0);
}

static bool
dotlike(struct look *l)
{
	return is_as(l, MADE_DOTTED, 0);
}

static bool
confusable(struct look *l)
{
	return is_as(l, MADE_LATIN, 0);
}

static bool
entity(struct look *l)
{
	return is_as(l, MADE_DECODED, ODD_ENTITY);
}

static const struct {
	const char *word;
	bool (*is)(struct look *l);
} RULES[ODD_NAMES] = {
	[ODD_CLSID] = { "clsid", clsid },
	[ODD_BIDI] = { "bidi", bidi },
	[ODD_SPACES] = { "spaces", spaces },
	[ODD_LENGTH] = { "length", length },
	[ODD_STREAM] = { "stream", stream },
	[ODD_PATH] = { "path", path },
	[ODD_BADCHAR] = { "badchar", badchar },
	[ODD_DOTLIKE] = { "dotlike", dotlike },
	[ODD_ENTITY] = { "entity", entity },
	[ODD_CONFUSABLE] = { "confusable", confusable },
};

static enum odd
first(struct look *l, enum odd end)
{
	enum odd o = 0;

	while (o < end && !RULES[o].is(l))
		o++;
	return o;
}

static const struct {
	const char *type;
	enum odd odd;
} TYPES[] = {
	{ "message/external-body", ODD_EXTERNAL },
	{ "message/partial", ODD_PARTIAL },
	{ "application/ms-tnef", ODD_TNEF },
	{ "application/vnd.ms-tnef", ODD_TNEF },
};

static const struct {
	const char *word;
	bool unscanned;
} OTHERS[ODD_NONE] = {
	[ODD_EXTERNAL] = { "external", false },
	[ODD_PARTIAL] = { "partial", false },
	[ODD_TNEF] = { "tnef", false },
	[ODD_MACRO] = { "macro", false },
	[ODD_ENCRYPTED] = { "encrypted", true },
	[ODD_VOLUME] = { "volume", true },
	[ODD_DEPTH] = { "depth", true },
	[ODD_LIMIT] = { "limit", true },
	[ODD_LINK] = { "link", false },
	[ODD_BROKEN] = { "broken", true },
	[ODD_UNLISTABLE] = { "unlistable", true },
	[ODD_MISMATCH] = { "mismatch", false },
};

const char *
odd_word(enum odd o)
{
	return o < ODD_NAMES ? RULES[o].word : o < ODD_NONE ? OTHERS[o].word : "";
}

bool
odd_unscanned(enum odd o)
{
	return o < ODD_NONE && OTHERS[o].unscanned;
}

bool
odd_name(const struct suffixes *list, struct span name, struct fold *f, enum odd *o)
{
	struct look l = { list, f, name, nameform_component(name), false };

	*o = first(&l, ODD_NAMES);
	if (*o == ODD_NAMES)
		*o = ODD_NONE;
	return !l.failed;
}

enum odd
odd_type(struct span type)
{
	for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
		if (type.n == strlen(TYPES[i].type) &&
		    memcmp(type.p, TYPES[i].type, type.n) == 0)
			return TYPES[i].odd;
	return ODD_NONE;
}
