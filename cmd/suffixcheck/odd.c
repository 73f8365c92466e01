/* SPDX-License-Identifier: ISC */
#include "cmd/suffixcheck/odd.h"
#include "common/charref.h"
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
	return suffix_stream(l->last) < l->last.n;
}

/* Takes the next component off a path. */
static struct span
component(struct span *path)
{
	struct span s = { path->p, 0 };

	while (s.n < path->n && s.p[s.n] != '/' && s.p[s.n] != '\\')
		s.n++;
	path->p += s.n < path->n ? s.n + 1 : s.n;
	path->n -= s.n < path->n ? s.n + 1 : s.n;
	return s;
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
		struct span s = component(&rest);

		if ((s.n == 2 && memcmp(s.p, "..", 2) == 0) ||
		    (s.p != l->last.p && s.n > 0 && hits(l, s)))
			return true;
	}
	return false;
}

/* Letters of Cyrillic and Greek that look like these (Unicode's confusables). */
static int32_t
latin(int32_t c)
{
	static const struct {
		int32_t from;
		char to;
	} ALIKE[] = {
		{ 0x391, 'a' }, { 0x392, 'b' }, { 0x395, 'e' }, { 0x396, 'z' },
		{ 0x397, 'h' }, { 0x399, 'i' }, { 0x39a, 'k' }, { 0x39c, 'm' },
		{ 0x39d, 'n' }, { 0x39f, 'o' }, { 0x3a1, 'p' }, { 0x3a4, 't' },
		{ 0x3a5, 'y' }, { 0x3a7, 'x' }, { 0x3b1, 'a' }, { 0x3b3, 'y' },
		{ 0x3b5, 'e' }, { 0x3b7, 'n' }, { 0x3b9, 'i' }, { 0x3ba, 'k' },
		{ 0x3bd, 'v' }, { 0x3bf, 'o' }, { 0x3c1, 'p' }, { 0x3c2, 's' },
		{ 0x3c3, 'o' }, { 0x3c4, 't' }, { 0x3c5, 'u' }, { 0x3c7, 'x' },
		{ 0x3f2, 'c' }, { 0x3f3, 'j' }, { 0x3f9, 'c' }, { 0x37f, 'j' },
		{ 0x405, 's' }, { 0x406, 'i' }, { 0x408, 'j' }, { 0x410, 'a' },
		{ 0x412, 'b' }, { 0x415, 'e' }, { 0x417, '3' }, { 0x41a, 'k' },
		{ 0x41c, 'm' }, { 0x41d, 'h' }, { 0x41e, 'o' }, { 0x420, 'p' },
		{ 0x421, 'c' }, { 0x422, 't' }, { 0x423, 'y' }, { 0x425, 'x' },
		{ 0x42c, 'b' }, { 0x430, 'a' }, { 0x432, 'b' }, { 0x433, 'r' },
		{ 0x435, 'e' }, { 0x437, '3' }, { 0x43a, 'k' }, { 0x43c, 'm' },
		{ 0x43d, 'h' }, { 0x43e, 'o' }, { 0x43f, 'n' }, { 0x440, 'p' },
		{ 0x441, 'c' }, { 0x442, 't' }, { 0x443, 'y' }, { 0x445, 'x' },
		{ 0x44a, 'b' }, { 0x44c, 'b' }, { 0x451, 'e' }, { 0x455, 's' },
		{ 0x456, 'i' }, { 0x457, 'i' }, { 0x458, 'j' }, { 0x45b, 'h' },
		{ 0x475, 'v' }, { 0x4ae, 'y' }, { 0x4af, 'y' }, { 0x4bb, 'h' },
		{ 0x4bd, 'e' }, { 0x4c0, 'l' }, { 0x4cf, 'l' }, { 0x501, 'd' },
		{ 0x50c, 'g' }, { 0x50d, 'g' }, { 0x51a, 'q' }, { 0x51b, 'q' },
		{ 0x51c, 'w' }, { 0x51d, 'w' }, { 0x461, 'w' },
	};

	for (size_t i = 0; i < sizeof ALIKE / sizeof ALIKE[0]; i++)
		if (ALIKE[i].from == c)
			return ALIKE[i].to;
	return c;
}

enum { GONE = -2 };	/* instead of a character */

/* Windows has none of these in a name; many a client leaves them out. */
static int32_t
windows(int32_t c)
{
	return c > 0 && c < 0x80 && strchr("<>:\"/\\|?*", (int)c) != NULL ? GONE : c;
}

/* A character and its compatibility forms: as NFKC has them. */
static int32_t
dot(int32_t c)
{
	return fold_one(c) == 0x3002 ? '.' : c;
}

static int32_t
dot_and_latin(int32_t c)
{
	int32_t one = fold_one(c), to = latin(dot(one));

	return to != one ? to : c;
}

/* Does a text hit where characters become others, all of them ASCII, or go? */
static bool
hits_as(struct look *l, struct span s, int32_t (*as)(int32_t c))
{
	char *to = malloc(s.n + 1);
	size_t n = 0, len;
	bool changed = false, hit;

	if (to == NULL) {
		l->failed = true;
		return false;
	}
	for (size_t i = 0; i < s.n; i += len) {
		int32_t c, new;

		len = fold_char(s.p + i, s.n - i, &c);
		if ((new = as(c)) == c) {
			memcpy(to + n, s.p + i, len);
			n += len;
			continue;
		}
		changed = true;
		if (new != GONE)
			to[n++] = (char)new;
	}
	hit = changed && hits(l, (struct span){ to, n });
	free(to);
	return hit;
}

static bool
badchar(struct look *l)
{
	struct span s = { l->last.p, 0 };

	while (s.n < l->last.n && (s.p[s.n] == '\0' || strchr("?*|<>\"", s.p[s.n]) == NULL))
		s.n++;
	return (s.n < l->last.n && hits(l, s)) || hits_as(l, l->name, windows);
}

static bool
dotlike(struct look *l)
{
	return hits_as(l, l->last, dot);
}

static bool
confusable(struct look *l)
{
	return hits_as(l, l->last, dot_and_latin);
}

/* The first of the rules before one that it has, or that one. */
static enum odd first(struct look *l, enum odd end);

/* Does it hit, or is it odd, as what a client made of it? */
static bool
is_odd_as(struct look *l, struct span s)
{
	struct look made = { l->list, l->fold, s, suffix_component(s), false };
	bool is = hits(&made, s) || first(&made, ODD_ENTITY) < ODD_ENTITY;

	l->failed |= made.failed;
	return is;
}

/* The characters of a reference, or what stood there. */
static size_t
take(struct charref *r, char *to, bool *decoded)
{
	size_t n = r->n;

	memcpy(to, r->out, n);
	if (n > 0 && r->decoded)
		*decoded = true;
	r->n = 0;
	return n;
}

static bool
entity(struct look *l)
{
	char *to = malloc(l->last.n + 1 + CHARREF_OUT);
	struct charref r;
	size_t n = 0;
	bool decoded = false, hit;

	if (to == NULL) {
		l->failed = true;
		return false;
	}
	charref_start(&r);
	for (size_t i = 0; i < l->last.n; i++) {
		char c = l->last.p[i];

		if (charref_open(&r)) {
			bool taken = charref_byte(&r, c);

			n += take(&r, to + n, &decoded);
			if (taken)
				continue;
		}
		if (c == '&')
			charref_begin(&r);
		else
			to[n++] = c;
	}
	charref_end(&r);
	n += take(&r, to + n, &decoded);
	hit = decoded && is_odd_as(l, (struct span){ to, n });
	free(to);
	return hit;
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
	struct look l = { list, f, name, suffix_component(name), false };

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
