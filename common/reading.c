/* SPDX-License-Identifier: ISC */
#include "common/reading.h"
#include "common/charset.h"
#include "common/encword.h"
#include "common/fieldtext.h"

#include <string.h>

enum {
	LOOK = 2048,		/* bytes between a parameter's name and its `=' */
	EFFORT = 65536,		/* for a field however short */
	EFFORT_BYTE = 160	/* for each byte of what the views show */
};

/* How a value is cut out of the text that follows the `='. */
struct cut {
	const char *stop;	/* bytes that end it outside quotes */
	unsigned how;
};

enum {
	STRING = 1,	/* where it begins with a quote: the quoted string alone */
	QUOTES = 2,	/* quoted strings anywhere, their quotes dropped */
	OPEN = 4,	/* a quote at its begin goes; no other is looked at */
	CLOSE = 8,	/* and one at its end */
	PAIRS = 16,	/* a quoted pair is resolved, in quotes */
	PROTECT = 32,	/* it is not, but does not end a string */
	BARE = 64,	/* a backslash goes, in quotes or not */
	COMMENTS = 128,	/* comments go, outside quotes */
	SINGLE = 256,	/* OPEN, for a single quote, and only where it has one */
	FOLDS = 512,	/* line ends stay; of names only */
	NO_NAME = 1024	/* not of names */
};

#define TSPECIALS "()<>@,;:\\\"/[]?= \t\n"

static const struct cut USUAL = { " \t\n\r;(", STRING | PAIRS };

static const struct cut ODD[] = {
	{ " \t\n\r;(", STRING | PROTECT },
	{ "\"", OPEN }, { "\"", OPEN | BARE }, { "\"\\", OPEN | NO_NAME },
	{ " \t\n\r;", QUOTES | PAIRS | COMMENTS }, { ";", QUOTES | PAIRS | COMMENTS },
	{ " \t\n\r;", OPEN | CLOSE }, { " \t\n\r\v\f;,\"", OPEN }, { ";\"", OPEN },
	{ ",\"", OPEN }, { TSPECIALS, 0 }, { "'", SINGLE },
	{ " \t\n\r;", BARE }, { " \t\n\r;", 0 }, { ";", OPEN | CLOSE }, { ";", 0 },
	{ " \t\n\r;(", STRING | PAIRS | FOLDS },
	{ "\n", OPEN | CLOSE }, { "", OPEN | CLOSE }, { "\n", 0 }, { "", 0 }
};

/* How the pieces of RFC 2231 3 are put together. */
enum {
	IN_ORDER = 1,		/* as they stand, not as they are numbered */
	LAST = 2,		/* of two with one number the last counts */
	NO_GAP = 4,		/* from 0 up to the first that lacks */
	DECODE = 8,		/* each is coded, marked or not */
	LITERAL = 16,		/* none is */
	PREFIXES = 32,		/* each that is coded may begin with a charset */
	PLAIN_FIRST = 64,	/* one that is no piece stands for the first */
	PIECES = 128
};

size_t
reading_effort(size_t n)
{
	size_t read = n < READING_TEXT ? n : READING_TEXT;

	return EFFORT + EFFORT_BYTE * read + 4 * n;
}

static void
spend(struct readings *r, size_t n)
{
	if (n >= r->effort) {
		r->effort = 0;
		r->cut = true;
	} else
		r->effort -= n;
}

/* Can nothing more be told? */
static bool
over(const struct readings *r)
{
	return r->effort == 0 || r->stopped;
}

/*
 * What follows the `=' of the parameter whose name has matched before *at; moves
 * on to there, or to where there can be none: false.
 */
static bool
equals(struct span v, size_t *at, struct reading_site *s)
{
	unsigned long depth = 0;
	size_t i = *at, from, end = v.n - i > LOOK ? i + LOOK : v.n;

	s->coded = false;
	s->number = -1;
	while (i < end && fieldtext_blank(v.p[i]))
		i++;
	if (i == end || v.p[i] != '*')
		i = *at;
	if (i < end && v.p[i] == '*') {
		for (i++; i < end && v.p[i] >= '0' && v.p[i] <= '9'; i++) {
			if (s->number < 0)
				s->number = 0;
			if (s->number < 100000)
				s->number = s->number * 10 + v.p[i] - '0';
		}
		s->coded = s->number < 0 || (i < end && v.p[i] == '*');
		if (s->coded && s->number >= 0)
			i++;
		for (; i < end && s->coded && v.p[i] == '*'; i++)
			s->where = s->where == SITE_LONGER ? SITE_LONGER : SITE_LOOSE;
	}
	for (; i < end && fieldtext_token(v.p[i]); i++)
		s->where = SITE_LONGER;
	if (i < end && v.p[i] == '"') {
		s->where = s->where == SITE_LONGER ? SITE_LONGER : SITE_LOOSE;
		i++;
	}
	from = i;
	for (; i < end && (depth > 0 || fieldtext_blank(v.p[i]) || v.p[i] == '(' ||
	    v.p[i] == '\0'); i++) {
		if (v.p[i] == '(')
			depth++;
		else if (v.p[i] == ')')
			depth--;
	}
	if (i < end && v.p[i] == '=') {
		*at = i + 1;
		return true;
	}
	/* `filename x.exe', `filename: x.exe': the sign that was forgotten */
	*at = i;
	if (s->where != SITE_PROPER || i == end || v.p[i] == ';' ||
	    (v.p[i] != ':' && i == from))
		return false;
	*at += v.p[i] == ':';
	s->where = SITE_LOOSE;
	return true;
}

/* Notes a site where the word stands at i; proper: a parameter begins there. */
static void
look(struct readings *r, size_t i, bool proper)
{
	struct reading_site s;
	size_t other = r->other != NULL ? strlen(r->other) : 0;

	if (!fieldtext_at(r->text, i, r->word) ||
	    (other > 0 && i >= other && fieldtext_at(r->text, i - other, r->other)))
		return;
	if (r->sites == READING_SITES || r->effort == 0) {
		r->cut = true;
		return;
	}
	s.where = proper ? SITE_PROPER : SITE_LOOSE;
	if (i > 0 && fieldtext_token(r->text.p[i - 1]))
		s.where = SITE_LONGER;
	s.at = i + strlen(r->word);
	if (equals(r->text, &s.at, &s))
		r->site[r->sites++] = s;
	spend(r, s.at - i);
}

/* Every site of a text, in or out of quotes and comments. */
static void
find_sites(struct readings *r, struct span text)
{
	bool quoted = false, escaped = false, begin = true;
	unsigned long depth = 0;

	r->text = text;
	r->sites = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (fieldtext_lower(c) == r->word[0])
			look(r, i, begin && !quoted && depth == 0);
		if (escaped)
			escaped = false;
		else if (c == '\\' && (quoted || depth > 0))
			escaped = true;
		else if (quoted)
			quoted = c != '"';
		else if (c == '(')
			depth++;
		else if (depth > 0)
			depth -= c == ')';
		else if (c == ';')
			begin = true;
		else if (!fieldtext_blank(c)) {
			begin = false;
			quoted = c == '"';
		}
	}
}

/*
 * The end of an attribute and its value that all clients read alike; 0: not.
 * words: a quoted string of encoded words may be folded between them.
 */
static size_t
tidy_parameter(struct span v, size_t i, bool words)
{
	size_t from = i;
	bool quoted, folded = false;

	while (i < v.n && fieldtext_token(v.p[i]) && v.p[i] != '\'')
		i++;
	if (i == from || i + 1 >= v.n || v.p[i] != '=')
		return 0;
	quoted = v.p[++i] == '"';
	for (from = i += quoted; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (quoted ? c == '"' : c == ';' || fieldtext_blank(v.p[i]))
			break;
		if (c == '\n' && words)
			folded = true;
		else if (c < ' ' || c == 0x7f || c == '\\' ||
		    (!quoted && strchr("()\",<>@[]", c) != NULL))
			return 0;
	}
	if ((quoted && i == v.n) || (folded && !encword_only(v.p + from, i - from)))
		return 0;
	return i + quoted;
}

static bool
tidy_field(struct span v, bool words)
{
	size_t i = 0;

	while (i < v.n && (fieldtext_token(v.p[i]) || v.p[i] == '/' ||
	    fieldtext_blank(v.p[i])))
		i++;
	while (i < v.n) {
		if (v.p[i++] != ';')
			return false;
		while (i < v.n && fieldtext_blank(v.p[i]))
			i++;
		if (i < v.n && (i = tidy_parameter(v, i, words)) == 0)
			return false;
		while (i < v.n && fieldtext_blank(v.p[i]))
			i++;
	}
	return true;
}

void
readings_find(struct readings *r, struct span field)
{
	r->cut = false;
	r->stopped = false;
	r->tidy = tidy_field(field, r->name);
	r->seen = 0;
	find_sites(r, field);
}

/* Past a comment that begins at i. */
static size_t
comment_end(struct span v, size_t i)
{
	unsigned long depth = 0;

	for (; i < v.n; i++) {
		if (v.p[i] == '\\')
			i++;
		else if (v.p[i] == '(')
			depth++;
		else if (v.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return v.n;
}

/* The text of a value: from the first byte on that is no blank, or comment. */
static struct span
window(const struct readings *r, const struct reading_site *s, bool comments, bool *more)
{
	struct span v = { r->text.p + s->at, r->text.n - s->at };
	size_t i = 0, most = 2 * r->max + 2048;

	if ((*more = v.n > most))
		v.n = most;
	while (i < v.n && (fieldtext_blank(v.p[i]) || (comments && v.p[i] == '(')))
		i = v.p[i] == '(' ? comment_end(v, i) : i + 1;
	v.p += i;
	v.n -= i;
	return v;
}

static struct span
trim_right(struct span v)
{
	while (v.n > 0 && fieldtext_blank(v.p[v.n - 1]))
		v.n--;
	return v;
}

/*
 * A value cut out of *v, at out, which has room for max + 2 bytes; more than
 * max: it was longer.  Leaves in *v what follows it.
 */
static size_t
render(struct span *v, const struct cut *cut, size_t max, char *out)
{
	const char *p = v->p;
	bool quoted = false, string = v->n > 0 && p[0] == '"';
	unsigned how = cut->how & (string ? ~0u : ~(unsigned)STRING);
	size_t n = 0, i = (how & SINGLE) != 0 || ((how & OPEN) != 0 && string) ? 1 : 0;

	for (; i < v->n && n <= max; i++) {
		if (p[i] == '"' && (how & (STRING | QUOTES)) != 0) {
			if (quoted && (how & STRING) != 0)
				break;
			quoted = !quoted;
			continue;
		}
		if (p[i] == '(' && !quoted && (how & COMMENTS) != 0) {
			i = comment_end(*v, i) - 1;
			continue;
		}
		if (!quoted && p[i] != '\0' && strchr(cut->stop, p[i]) != NULL)
			break;
		if (p[i] == '\\' && i + 1 < v->n && ((how & BARE) != 0 ||
		    (quoted && (how & (PAIRS | PROTECT)) != 0))) {
			if ((how & PROTECT) != 0)
				out[n++] = p[i];
			i++;
		}
		if (p[i] != '\n' || (how & FOLDS) != 0)
			out[n++] = p[i];
	}
	v->p += i;
	v->n -= i;
	return n;
}

/* The value at a site; max + 1 or more: too long. */
static size_t
value(struct readings *r, const struct reading_site *s, const struct cut *cut, char *out)
{
	const char *from = r->text.p + s->at;
	bool more;
	struct span v = window(r, s, cut == &USUAL, &more);
	size_t n;

	n = render(&v, cut, r->max, out);
	if ((v.n == 0 && more) || n > r->max)
		r->cut = true;
	spend(r, (size_t)(v.p - from) + 1);
	if (n <= r->max && (cut->how & CLOSE) != 0) {
		n = trim_right((struct span){ out, n }).n;
		if (n > 0 && out[n - 1] == '"')
			n--;
	}
	return n;
}

/* Parts of the caller's room, by max + 2 bytes. */
enum { VALUE = 0, WHOLE = 1, CONVERTED = 3, DERIVED = 5, SEEN = 9, SEEN_ROOM = 4 };

static char *
room(const struct readings *r, size_t part)
{
	return r->room + 2 * READING_TEXT + part * (r->max + 2);
}

static void
tell(struct readings *r, enum reading_kind kind, struct span v)
{
	if (v.n > r->max)
		r->cut = true;
	else if (!r->stopped && !r->tell(r->arg, kind, v))
		r->stopped = true;
}

static size_t
without_nul(struct span v, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '\0')
			out[n++] = v.p[i];
	return n;
}

static bool
holds_word(struct span v)
{
	for (size_t i = 0; i + 1 < v.n; i++)
		if (v.p[i] == '=' && v.p[i + 1] == '?')
			return true;
	return false;
}

/* A value less what some clients take off it. */
static void
less(struct readings *r, enum reading_kind kind, struct span v, char *out)
{
	const char *nul = memchr(v.p, '\0', v.n);
	struct span part = trim_right(v);

	tell(r, kind, part);
	tell(r, kind, fieldtext_trim(part));
	if (part.n > 1 && ((part.p[0] == '\'' && part.p[part.n - 1] == '\'') ||
	    (part.p[0] == '<' && part.p[part.n - 1] == '>')))
		tell(r, kind, (struct span){ part.p + 1, part.n - 2 });
	if (nul != NULL) {
		tell(r, kind, (struct span){ v.p, (size_t)(nul - v.p) });
		tell(r, kind, (struct span){ out, without_nul(v, out) });
	}
}

/*
 * Was this value derived from before, at that level or a lower one?  It is
 * noted; where there is no room for that it is derived from again.
 */
static bool
seen(struct readings *r, struct span v, unsigned char level)
{
	char *bytes = room(r, SEEN);
	size_t at = 0;

	for (size_t i = 0; i < r->seen; at += r->old[i++].n) {
		if (r->old[i].n != v.n || memcmp(bytes + at, v.p, v.n) != 0)
			continue;
		if (r->old[i].level <= level)
			return true;
		r->old[i].level = level;
		return false;
	}
	if (r->seen < READING_SEEN && at + v.n <= SEEN_ROOM * r->max) {
		memcpy(bytes + at, v.p, v.n);
		r->old[r->seen].n = v.n;
		r->old[r->seen++].level = level;
	}
	return false;
}

/*
 * A value and what can be made of it.  What was decoded may be decoded once
 * more: level is 0 or 1.
 */
static void
derive(struct readings *r, enum reading_kind kind, struct span v, unsigned char level)
{
	static const unsigned HOW[] = { 0, ENCWORD_LOOSE, ENCWORD_JOIN, ENCWORD_SWAP,
	    ENCWORD_JOIN | ENCWORD_SWAP, ENCWORD_OCTETS, ENCWORD_BLANKS };
	char *out = room(r, DERIVED + 2u * level);
	struct span made = { out, 0 };
	bool words, only;

	if (v.n > r->max)
		r->cut = true;
	if (v.n == 0 || v.n > r->max || over(r) || seen(r, v, level))
		return;
	words = holds_word(v);
	only = r->name && r->tidy && words && encword_only(v.p, v.n);
	spend(r, 4 * v.n);
	if (!words || !r->name)
		tell(r, kind, v);
	for (size_t i = 0; words && i < sizeof HOW / sizeof HOW[0]; i++) {
		spend(r, v.n);
		if ((only && HOW[i] == ENCWORD_BLANKS) ||
		    (made.n = encword_decode(v.p, v.n, HOW[i], out)) == 0)
			continue;
		if (level == 0)
			derive(r, READING_WORD, made, 1);
		else
			tell(r, READING_WORD, made);
	}
	if (words && !only)
		tell(r, kind, v);
	if (!only)
		less(r, kind, v, out);
	if (memchr(v.p, '%', v.n) != NULL) {
		made.n = encword_percent(v.p, v.n, out);
		if (level == 0 && made.n < v.n)
			derive(r, kind, made, 1);
		else
			tell(r, kind, made);
	}
	if ((made.n = charset_overlong(v.p, v.n, out)) > 0)
		tell(r, kind, made);
}

void
readings_derive(struct readings *r, enum reading_kind kind, struct span v)
{
	derive(r, kind, v, 0);
}

/* A value as most clients read it; all: and what can be made of it. */
static void
tell_value(struct readings *r, enum reading_kind kind, struct span v, bool all)
{
	char *out = room(r, DERIVED);
	size_t n;

	if (all) {
		derive(r, kind, v, 0);
		return;
	}
	if (r->name && holds_word(v) && v.n <= r->max &&
	    (n = encword_decode(v.p, v.n, 0, out)) > 0)
		tell(r, READING_WORD, (struct span){ out, n });
	tell(r, kind, v);
}

/* The charset that octets of RFC 2231 are in, as charset_name has it. */
struct octets {
	char charset[CHARSET_NAME];
	size_t n;
};

/*
 * Decodes [charset'language']%XX in place.  o NULL: there is no such prefix to
 * be looked for.
 */
static size_t
extended(char *p, size_t n, struct octets *o)
{
	const char *first = o != NULL && n > 0 ? memchr(p, '\'', n) : NULL;
	size_t skip = first != NULL ? (size_t)(first + 1 - p) : 0;
	const char *second = skip > 0 && skip < n ? memchr(first + 1, '\'', n - skip) : NULL;

	if (second == NULL)
		return encword_percent(p, n, p);
	if (o->n == 0)
		o->n = charset_name((struct span){ p, (size_t)(first - p) }, o->charset);
	skip = (size_t)(second + 1 - p);
	return encword_percent(p + skip, n - skip, p);
}

/* Octets of a charset, in each way that it is read. */
static void
tell_octets(struct readings *r, const struct octets *o, struct span v, bool all)
{
	char *out = room(r, CONVERTED);
	struct span charset = { o->charset, o->n };

	if (v.n > r->max) {
		r->cut = true;
		return;
	}
	for (enum charset_how how = CHARSET_USUAL; how < CHARSET_HOWS; how++) {
		spend(r, v.n);
		tell_value(r, READING_EXTENDED, (struct span){ out,
		    charset_utf8(charset, v.p, v.n, how, out) }, all);
		if (o->n == 0)
			break;
	}
}

/* Their order, at which; returns how many there are. */
static size_t
sort_pieces(const struct readings *r, unsigned how, const struct reading_site **which)
{
	size_t n = 0, at;

	for (size_t i = 0; i < r->sites; i++) {
		const struct reading_site *s = &r->site[i];

		if (s->where == SITE_LONGER || (s->number < 0 && (s->coded ||
		    (how & PLAIN_FIRST) == 0)))
			continue;
		for (at = n; (how & IN_ORDER) == 0 && at > 0 &&
		    which[at - 1]->number > s->number; at--)
			;
		if (at > 0 && which[at - 1]->number == s->number &&
		    (how & IN_ORDER) == 0) {
			if ((how & LAST) != 0)
				which[at - 1] = s;
			continue;
		}
		memmove(which + at + 1, which + at, (n - at) * sizeof *which);
		which[at] = s;
		n++;
	}
	return n;
}

static void
pieces(struct readings *r, unsigned how, bool all)
{
	const struct reading_site *which[READING_SITES + 1];
	size_t count = sort_pieces(r, how, which), n = 0;
	struct octets o = { .n = 0 };
	char *whole = room(r, WHOLE);

	if (count == 0 || ((how & PLAIN_FIRST) != 0 && (count < 2 ||
	    which[0]->number >= 0 || which[1]->number <= 0)))
		return;
	for (size_t i = 0; i < count && n <= r->max && !over(r); i++) {
		size_t more;

		if ((how & NO_GAP) != 0 && which[i]->number != (int)i)
			break;
		more = value(r, which[i], &USUAL, whole + n);
		if ((how & LITERAL) == 0 && (which[i]->coded || (how & DECODE) != 0))
			more = extended(whole + n, more,
			    i == 0 || (how & PREFIXES) != 0 ? &o : NULL);
		n += more;
	}
	tell_octets(r, &o, (struct span){ whole, n }, all);
}

/* Each site of a class, as most clients read it. */
static void
usual(struct readings *r, unsigned where, bool all)
{
	char *out = room(r, VALUE);

	for (size_t i = 0; i < r->sites && !over(r); i++) {
		const struct reading_site *s = &r->site[i];
		struct octets o = { .n = 0 };
		size_t n;

		if (s->where != where || (where != SITE_LONGER && s->number >= 0))
			continue;
		n = value(r, s, &USUAL, out);
		if (s->coded)
			tell_octets(r, &o, (struct span){ out, extended(out, n, &o) }, all);
		else
			tell_value(r, READING_PLAIN, (struct span){ out, n }, all);
	}
}

void
readings_longer(struct readings *r)
{
	usual(r, SITE_LONGER, true);
}

void
readings_usual(struct readings *r, bool all)
{
	usual(r, SITE_PROPER, all);
	pieces(r, 0, all);
	if (all)
		pieces(r, PREFIXES, true);
	usual(r, SITE_LOOSE, all);
}

/* Is a cut of no use where a value begins with this byte? */
static bool
useless(const struct readings *r, char first, const struct cut *cut)
{
	if ((cut->how & SINGLE) != 0)
		return first != '\'';
	if (!r->name)
		return (cut->how & FOLDS) != 0;
	/* it would keep the quotes of a name */
	return (cut->how & NO_NAME) != 0 ||
	    (first == '"' && (cut->how & ~(unsigned)BARE) == 0);
}

/* A site, cut in every way. */
static void
odd_site(struct readings *r, const struct reading_site *s)
{
	char *out = room(r, VALUE), first;
	struct span begin;
	bool more;
	size_t n = value(r, s, &USUAL, out);

	derive(r, READING_PLAIN, (struct span){ out, n }, 0);
	begin = window(r, s, false, &more);
	first = begin.n > 0 ? begin.p[0] : '\0';
	for (size_t k = 0; k < sizeof ODD / sizeof ODD[0] && !over(r); k++) {
		if (useless(r, first, &ODD[k]))
			continue;
		n = value(r, s, &ODD[k], out);
		derive(r, READING_PLAIN, (struct span){ out, n }, 0);
	}
}

/* The site behind the marks that one begins with and some pass over. */
static bool
later_site(const struct readings *r, struct reading_site *s)
{
	struct span v = r->text;
	size_t from = s->at;
	bool marks = false;

	while (s->at < v.n && s->at - from < LOOK && (fieldtext_blank(v.p[s->at]) ||
	    strchr(";,=:", v.p[s->at]) != NULL)) {
		bool word = v.p[s->at] == '=' && s->at + 1 < v.n && v.p[s->at + 1] == '?';

		if (v.p[s->at] == '\0' || word)
			break;
		marks = marks || !fieldtext_blank(v.p[s->at]);
		s->at++;
	}
	return marks;
}

static void
odd(struct readings *r)
{
	for (size_t i = 0; i < r->sites && !over(r); i++) {
		struct reading_site s = r->site[i];

		if (s.where == SITE_LONGER)
			continue;
		odd_site(r, &s);
		if (r->name && later_site(r, &s))
			odd_site(r, &s);
	}
	for (unsigned how = 1; r->sites > 0 && how < PIECES && !over(r); how <<= 1)
		pieces(r, how, true);
	usual(r, SITE_LONGER, false);
}

/* What there is in a text that makes a view differ. */
enum { HAS_COMMENT = 1, HAS_WORD = 2, HAS_FOLD = 4, HAS_CONTROL = 8 };

static unsigned
features(struct span v)
{
	unsigned has = 0;

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (c == '(')
			has |= HAS_COMMENT;
		else if (c == '?' && i > 0 && v.p[i - 1] == '=')
			has |= HAS_WORD;
		else if (c == '\n')
			has |= HAS_FOLD;
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			has |= HAS_CONTROL;
	}
	return has;
}

static void
odd_views(struct readings *r, struct span field, bool usual_only)
{
	static const unsigned NEEDS[READING_VIEWS] = { HAS_COMMENT, HAS_WORD, HAS_FOLD,
	    HAS_FOLD, HAS_CONTROL, HAS_COMMENT,
	    HAS_COMMENT | HAS_FOLD | HAS_CONTROL };
	unsigned has = features(field);
	struct span view;

	for (size_t i = 0; i < READING_VIEWS && !over(r); i++) {
		if ((has & NEEDS[i]) == 0)
			continue;
		spend(r, 2 * (field.n < READING_TEXT ? field.n : READING_TEXT));
		if (!reading_view(field, i, r->room, &view))
			continue;
		find_sites(r, view);
		if (usual_only)
			readings_usual(r, false);
		else
			odd(r);
	}
}

void
readings_odd(struct readings *r)
{
	struct span field = r->text;

	odd_views(r, field, true);
	find_sites(r, field);
	odd(r);
	odd_views(r, field, false);
	if (field.n > READING_TEXT)
		r->cut = true;
}

bool
reading_view(struct span v, size_t n, char *out, struct span *view)
{
	static const unsigned HOW[READING_VIEWS] = {
		FIELDTEXT_COMMENTS, 0, FIELDTEXT_NOBLANK, FIELDTEXT_ONEBLANK,
		FIELDTEXT_CONTROLS, FIELDTEXT_ALLCOMMENTS,
		FIELDTEXT_ALLCOMMENTS | FIELDTEXT_CONTROLS | FIELDTEXT_NOBLANK
	};

	if (v.n > READING_TEXT)
		v.n = READING_TEXT;
	view->p = out;
	view->n = HOW[n] != 0 ? fieldtext(v, HOW[n], out) :
	    encword_decode(v.p, v.n, 0, out);
	if (HOW[n] == 0 && view->n == 0)
		return false;
	return view->n != v.n || memcmp(out, v.p, v.n) != 0;
}
