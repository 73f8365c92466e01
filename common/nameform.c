/* SPDX-License-Identifier: ISC */
#include "common/nameform.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_OCTETS = 255 };	/* of a file's name, where more are cut off */

static bool
separator(char c)
{
	return c == '/' || c == '\\';
}

static bool
blank(struct span s)
{
	int32_t c;
	size_t len;

	for (size_t i = 0; i < s.n; i += len) {
		len = fold_char(s.p + i, s.n - i, &c);
		if (!fold_blank(c) && !fold_unseen(c))
			return false;
	}
	return true;
}

struct span
nameform_component(struct span path)
{
	struct span s = path;
	size_t end = path.n, start;

	for (;;) {
		start = end;
		while (start > 0 && !separator(path.p[start - 1]))
			start--;
		s.p = path.p + start;
		s.n = end - start;
		if (start == 0 || !blank(s))
			return s;
		end = start - 1;
	}
}

static bool
is_scheme_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '+' || c == '-' || c == '.';
}

static struct span
cut_before(struct span s, const char *chars)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && strchr(chars, s.p[i]) != NULL)
			s.n = i;
	return s;
}

static struct span
skip(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/* Without query and fragment; one of separators only is none. */
static struct span
url_path(struct span s)
{
	size_t n = 0;

	s = cut_before(s, "?#");
	while (n < s.n && separator(s.p[n]))
		n++;
	return n == s.n ? skip(s, n) : s;
}

struct span
nameform_location(struct span url)
{
	struct span s = url;
	size_t n = 0;

	while (n < s.n && is_scheme_char(s.p[n]))
		n++;
	if (n == 3 && n < s.n && s.p[n] == ':' &&
	    (strncasecmp(s.p, "cid", 3) == 0 || strncasecmp(s.p, "mid", 3) == 0))
		return skip(s, s.n);
	if (n < s.n && s.p[n] == ':')
		s = skip(s, n + 1);
	if (s.n < 2 || !separator(s.p[0]) || !separator(s.p[1]))
		return url_path(url);
	s = skip(s, 2);
	return url_path(skip(s, cut_before(s, "/\\?#").n));
}

static struct span
whole(struct span s)
{
	return s;
}

/* What a program in C sees. */
static struct span
up_to_nul(struct span s)
{
	const char *end = s.n > 0 ? memchr(s.p, '\0', s.n) : NULL;

	if (end != NULL)
		s.n = (size_t)(end - s.p);
	return s;
}

/* What a file system keeps. */
static struct span
cut_off(struct span s)
{
	if (s.n > NAME_OCTETS)
		s.n = NAME_OCTETS;
	return s;
}

/* At the end of a name it is not kept, or it is a colon. */
static bool
trails(int32_t c)
{
	return fold_blank(c) || fold_unseen(c) ||
	    (c < 0x80 && strchr(":.;,'\"", (int)c) != NULL);
}

/*
 * What Windows takes for a file and a stream of it; in a sentence a blank follows,
 * and then more of it.
 */
static struct span
before_colon(struct span s)
{
	size_t end = 0, len;
	bool colon = false, blank_follows;
	int32_t c, next;

	for (size_t i = 0; i < s.n; i += len) {
		len = fold_char(s.p + i, s.n - i, &c);
		if (c == ':') {
			blank_follows = i + 1 < s.n &&
			    (fold_char(s.p + i + 1, s.n - i - 1, &next), fold_blank(next));
			if (!blank_follows) {
				s.n = i;
				return s;
			}
		}
		if (!trails(c)) {
			end = i + len;
			colon = false;
		} else if (c == ':')
			colon = true;
	}
	if (colon)
		s.n = end;
	return s;
}

size_t
nameform_stream(struct span s)
{
	size_t i = s.n;

	while (i > 0 && ((s.p[i - 1] >= 'A' && s.p[i - 1] <= 'Z') || s.p[i - 1] == '_' ||
	    (s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z') ||
	    (s.p[i - 1] >= '0' && s.p[i - 1] <= '9')))
		i--;
	return i < s.n && i >= 2 && s.p[i - 1] == '$' && s.p[i - 2] == ':' ? i - 2 : s.n;
}

/* a:b.exe:$DATA is the stream b.exe of a. */
static struct span
without_stream(struct span s)
{
	s.n = nameform_stream(s);
	return s;
}

/* A reading cuts the last component as some client does. */
static const struct reading {
	const char *why;
	struct span (*cut)(struct span s);
} READINGS[] = {
	{ "suffix", whole },
	{ "nul", up_to_nul },
	{ "truncate", cut_off },
	{ "stream", before_colon },
	{ "stream", without_stream },
};

void
nameform_start(struct nameform *n, struct span name)
{
	*n = (struct nameform){ .last = nameform_component(name) };
}

int
nameform_next(struct nameform *n, struct fold *f)
{
	for (; n->next < sizeof READINGS / sizeof READINGS[0]; n->next++) {
		struct span s = READINGS[n->next].cut(n->last);

		if (n->next > 0 && s.n == n->last.n)
			continue;	/* it cuts nothing off */
		n->why = READINGS[n->next].why;
		n->octets = s.n;
		n->next++;
		return fold_name(f, s) ? 1 : -1;
	}
	return 0;
}

struct span
nameform_take(struct span *path)
{
	struct span s = { path->p, 0 };

	while (s.n < path->n && !separator(path->p[s.n]))
		s.n++;
	*path = skip(*path, s.n < path->n ? s.n + 1 : s.n);
	return s;
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

/* Characters become others, all of them ASCII, or go. */
static bool
make_as(struct span s, int32_t (*as)(int32_t c), char *to, struct span *made)
{
	size_t n = 0, len;
	bool changed = false;

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
	*made = (struct span){ to, n };
	return changed;
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
decode(struct span s, char *to, struct span *made)
{
	struct charref r;
	size_t n = 0;
	bool decoded = false;

	charref_start(&r);
	for (size_t i = 0; i < s.n; i++) {
		if (charref_open(&r)) {
			bool taken = charref_byte(&r, s.p[i]);

			n += take(&r, to + n, &decoded);
			if (taken)
				continue;
		}
		if (s.p[i] == '&')
			charref_begin(&r);
		else
			to[n++] = s.p[i];
	}
	charref_end(&r);
	n += take(&r, to + n, &decoded);
	*made = (struct span){ to, n };
	return decoded;
}

bool
nameform_make(enum nameform_made how, struct span name, char *to, struct span *made)
{
	struct span last = nameform_component(name);

	switch (how) {
	case MADE_CUT:
		*made = cut_before(last, "?*|<>\"");
		return made->n < last.n;
	case MADE_WITHOUT: return make_as(name, windows, to, made);
	case MADE_DOTTED: return make_as(last, dot, to, made);
	case MADE_LATIN: return make_as(last, dot_and_latin, to, made);
	case MADE_DECODED: return decode(last, to, made);
	case MADES: break;
	}
	return false;
}

/* --- all forms ---------------------------------------------------------------- */

struct all {
	struct fold *fold;
	unsigned long long *octets;
	bool (*tell)(void *ctx, struct span form);
	void *ctx;
	bool enough, no_memory;
};

static void
tell_readings(struct all *a, struct span name)
{
	struct nameform n;
	int got = 0;

	nameform_start(&n, name);
	while (!a->enough && !a->no_memory && (got = nameform_next(&n, a->fold)) > 0) {
		*a->octets += n.octets + a->fold->form[0].n + a->fold->form[1].n;
		a->enough = !a->tell(a->ctx, a->fold->form[0]) ||
		    !a->tell(a->ctx, a->fold->form[1]);
	}
	a->no_memory |= got < 0;
}

static void
tell_folders(struct all *a, struct span name)
{
	struct span last = nameform_component(name), s;

	while (name.n > 0) {
		s = nameform_take(&name);
		if (s.n > 0 && s.p != last.p)
			tell_readings(a, s);
	}
}

/* What is decoded is not decoded again. */
static void
tell_made(struct all *a, struct span name, enum nameform_made end)
{
	struct span made;
	char *to = malloc(name.n + NAMEFORM_MORE);

	a->no_memory |= to == NULL;
	tell_readings(a, name);
	tell_folders(a, name);
	for (enum nameform_made how = 0; how < end && to != NULL; how++) {
		*a->octets += name.n / 8;
		if (!nameform_make(how, name, to, &made))
			continue;
		if (how == MADE_DECODED)
			tell_made(a, made, MADE_DECODED);
		else
			tell_readings(a, made);
	}
	free(to);
}

bool
nameform_all(struct span name, struct fold *f, unsigned long long *octets,
    bool (*tell)(void *ctx, struct span form), void *ctx)
{
	struct all a = { f, octets, tell, ctx, false, false };

	tell_made(&a, name, MADES);
	return !a.no_memory;
}

/* --- patterns ----------------------------------------------------------------- */

/* While it is folded: of Unicode's private use, which stays as it is. */
enum { STANDS_FOR_RUN = 0x10fffd, STANDS_FOR_ONE = 0x10fffc };

/* The text with those for its wildcards; to has room for four times as much. */
static enum pattern
mark(struct span s, char one, char escape, char *to, size_t *n)
{
	size_t len;
	int32_t c;

	*n = 0;
	for (size_t i = 0; i < s.n; i += len) {
		bool itself = escape != '\0' && s.p[i] == escape;

		if (itself && ++i == s.n)
			return PATTERN_BARE;
		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_unseen(c) || c == STANDS_FOR_RUN || c == STANDS_FOR_ONE)
			return PATTERN_UNSEEN;
		if (!itself && c == '*')
			*n += utf8_put(to + *n, STANDS_FOR_RUN);
		else if (!itself && c == one)
			*n += utf8_put(to + *n, STANDS_FOR_ONE);
		else {
			memcpy(to + *n, s.p + i, len);
			*n += len;
		}
	}
	return PATTERN_GOOD;
}

/* The signs of one that is folded. */
static enum pattern
unmark(struct span s, uint16_t *out, size_t room, struct wild *w)
{
	size_t n = 0, len;
	int32_t c;

	for (size_t i = 0; i < s.n; i += len) {
		len = fold_char(s.p + i, s.n - i, &c);
		if (fold_blank(c))
			return PATTERN_BLANK;
		if (separator(s.p[i]))
			return PATTERN_FOLDER;
		if (room - n < len)
			return PATTERN_LONG;
		if (c == STANDS_FOR_RUN || c == STANDS_FOR_ONE) {
			out[n++] = c == STANDS_FOR_RUN ? WILD_RUN : WILD_ONE;
			continue;
		}
		for (size_t k = 0; k < len; k++)
			out[n++] = (unsigned char)s.p[i + k];
	}
	*w = (struct wild){ out, n, true };
	return PATTERN_GOOD;
}

enum pattern
nameform_pattern(struct fold *f, struct span text, char one, char escape,
    uint16_t *out, size_t room, struct wild *w)
{
	char *marked = malloc(UTF8_MAX * text.n + 1);
	enum pattern p = PATTERN_NO_MEMORY;
	size_t n;

	if (marked != NULL && (p = mark(text, one, escape, marked, &n)) == PATTERN_GOOD)
		p = fold_name(f, (struct span){ marked, n }) ?
		    unmark(f->form[0], out, room, w) : PATTERN_NO_MEMORY;
	free(marked);
	return p;
}
