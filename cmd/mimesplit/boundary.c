/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/candidates.h"
#include "common/encword.h"
#include "common/fieldtext.h"

#include <string.h>

enum {
	SITES = 32,		/* places where a boundary may be told */
	LOOK = 256,		/* bytes between the word and its `=' */
	WINDOW = 4 * CANDIDATE_MAX,	/* bytes read for one value */
	EFFORT = 65536		/* bytes read in all, and eight times the field */
};

/* A place in a text where a value of the boundary begins. */
struct site {
	size_t at;		/* after the `=' */
	enum { PROPER, LOOSE, LONGER } where;	/* LONGER: part of another word */
	bool coded;		/* RFC 2231: its name ends in `*' */
	int number;		/* RFC 2231: of a piece, else -1 */
};

struct reader {
	struct candidates *c;
	struct span text;
	struct site site[SITES];
	size_t sites;
	size_t effort;		/* bytes that may still be read */
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
	SINGLE = 256	/* OPEN, for a single quote */
};

#define TSPECIALS "()<>@,;:\\\"/[]?= \t\n"

static const struct cut USUAL = { " \t\n\r;(", STRING | PAIRS };

static const struct cut ODD[] = {
	{ " \t\n\r;(", STRING | PROTECT },
	{ "\"", OPEN }, { "\"", OPEN | BARE },
	{ " \t\n\r;", QUOTES | PAIRS | COMMENTS }, { ";", QUOTES | PAIRS | COMMENTS },
	{ " \t\n\r;", OPEN | CLOSE }, { " \t\n\r;,\"", OPEN }, { ";\"", OPEN },
	{ ",\"", OPEN }, { TSPECIALS, OPEN }, { "'", SINGLE },
	{ " \t\n\r;", BARE }, { " \t\n\r;", 0 }, { ";", OPEN | CLOSE }, { ";", 0 },
	{ "\n", OPEN | CLOSE }, { "", OPEN | CLOSE }, { "\n", 0 }, { "", 0 }
};

/* The `=' of the parameter whose name has matched before i; 0: none. */
static size_t
equals(struct span v, size_t i, struct site *s)
{
	unsigned long depth = 0;
	size_t end = v.n - i > LOOK ? i + LOOK : v.n;

	s->coded = false;
	s->number = -1;
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
	}
	for (; i < end && fieldtext_token(v.p[i]); i++)
		s->where = LONGER;
	for (; i < end && (depth > 0 || fieldtext_blank(v.p[i]) || v.p[i] == '('); i++) {
		if (v.p[i] == '(')
			depth++;
		else if (v.p[i] == ')')
			depth--;
	}
	return i < end && v.p[i] == '=' ? i + 1 : 0;
}

/* Notes a site where the word stands at i; proper: a parameter begins there. */
static void
look(struct reader *r, size_t i, bool proper)
{
	struct site s;

	if (!fieldtext_at(r->text, i, "boundary"))
		return;
	if (r->sites == SITES) {
		r->c->full = true;
		return;
	}
	s.where = proper ? PROPER : LOOSE;
	if (i > 0 && fieldtext_token(r->text.p[i - 1]))
		s.where = LONGER;
	if ((s.at = equals(r->text, i + 8, &s)) != 0)
		r->site[r->sites++] = s;
}

/* Every site of a text, in or out of quotes and comments. */
static void
find_sites(struct reader *r, struct span text)
{
	bool quoted = false, escaped = false, begin = true;
	unsigned long depth = 0;

	r->text = text;
	r->sites = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == 'b' || c == 'B')
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
window(const struct reader *r, const struct site *s, bool comments, bool *more)
{
	struct span v = { r->text.p + s->at, r->text.n - s->at };
	size_t i = 0;

	if ((*more = v.n > WINDOW))
		v.n = WINDOW;
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

enum { VALUE = CANDIDATE_MAX + 2 };	/* room for one, and the sign of more */

/*
 * A value cut out of *v, at out; more than CANDIDATE_MAX: it was longer.
 * Leaves in *v what follows it.
 */
static size_t
render(struct span *v, const struct cut *cut, char *out)
{
	const char *p = v->p;
	bool quoted = false, string = v->n > 0 && p[0] == '"';
	unsigned how = cut->how & (string ? ~0u : ~(unsigned)STRING);
	size_t n = 0, i = 0;

	if (((how & OPEN) != 0 && string) ||
	    ((how & SINGLE) != 0 && v->n > 0 && p[0] == '\''))
		i = 1;
	for (; i < v->n && n <= CANDIDATE_MAX; i++) {
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
		if (p[i] != '\n')
			out[n++] = p[i];
	}
	v->p += i;
	v->n -= i;
	return n;
}

/* The value at a site; counts the effort, and says where it was not enough. */
static size_t
value(struct reader *r, const struct site *s, const struct cut *cut, char *out)
{
	bool more, usual = cut == &USUAL;
	struct span v = window(r, s, usual, &more);
	size_t had = v.n, n = render(&v, cut, out);

	if (v.n == 0 && more)
		r->c->full = true;
	r->effort -= had - v.n + 1 < r->effort ? had - v.n + 1 : r->effort;
	if (n <= CANDIDATE_MAX && (cut->how & CLOSE) != 0) {
		n = trim_right((struct span){ out, n }).n;
		if (n > 0 && out[n - 1] == '"')
			n--;
	}
	return n;
}

/* Can nothing more be told? */
static bool
over(const struct reader *r)
{
	return r->effort == 0 || (r->c->full && r->c->count == CANDIDATES);
}

static void
tell(struct reader *r, struct span v)
{
	candidates_add(r->c, v.p, v.n);
}

/* What else a value may be taken for. */
static void
tell_odd(struct reader *r, struct span v)
{
	char room[2 * VALUE];
	const char *nul;
	struct span part = trim_right(v);

	if (v.n == 0 || v.n > CANDIDATE_MAX) {
		r->c->full = r->c->full || v.n > 0;
		return;
	}
	tell(r, v);
	tell(r, part);
	tell(r, fieldtext_trim(part));
	if ((nul = memchr(v.p, '\0', v.n)) != NULL)
		tell(r, (struct span){ v.p, (size_t)(nul - v.p) });
	if (part.n > 1 && part.p[0] == '\'' && part.p[part.n - 1] == '\'')
		tell(r, (struct span){ part.p + 1, part.n - 2 });
	if ((part.n = encword_decode(v.p, v.n, room)) > 0)
		tell(r, (struct span){ room, part.n });
	if (memchr(v.p, '%', v.n) != NULL)
		tell(r, (struct span){ room, encword_percent(v.p, v.n, room) });
}

/* Decodes charset'language'%XX in place; first: the prefix may stand there. */
static size_t
extended(char *p, size_t n, bool first)
{
	char room[VALUE];
	const char *mark = first && n > 0 ? memchr(p, '\'', n) : NULL;
	size_t skip = mark != NULL ? (size_t)(mark + 1 - p) : 0;

	if (n > CANDIDATE_MAX)
		return n;
	mark = skip > 0 && skip < n ? memchr(p + skip, '\'', n - skip) : NULL;
	skip = mark != NULL ? (size_t)(mark + 1 - p) : 0;
	n = encword_percent(p + skip, n - skip, room);
	memcpy(p, room, n);
	return n;
}

/* How the pieces of RFC 2231 3 are put together. */
enum {
	IN_ORDER = 1,		/* as they stand, not as they are numbered */
	LAST = 2,		/* of two with one number the last counts */
	NO_GAP = 4,		/* from 0 up to the first that lacks */
	DECODE = 8,		/* each is coded, marked or not */
	LITERAL = 16		/* none is */
};

/* Their order, at which; returns how many there are. */
static size_t
sort_pieces(const struct reader *r, unsigned how, const struct site **which)
{
	size_t n = 0, at;

	for (size_t i = 0; i < r->sites; i++) {
		const struct site *s = &r->site[i];

		if (s->number < 0 || s->where == LONGER)
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
pieces(struct reader *r, unsigned how)
{
	const struct site *which[SITES + 1];
	size_t count = sort_pieces(r, how, which), n = 0;
	char whole[2 * VALUE];

	if (count == 0)
		return;
	for (size_t i = 0; i < count && n <= CANDIDATE_MAX && !over(r); i++) {
		size_t more;

		if ((how & NO_GAP) != 0 && which[i]->number != (int)i)
			break;
		more = value(r, which[i], &USUAL, whole + n);
		if ((how & LITERAL) == 0 && (which[i]->coded || (how & DECODE) != 0))
			more = extended(whole + n, more, i == 0);
		n += more;
	}
	tell(r, (struct span){ whole, n });
}

/* Each site of a class, as most clients read it. */
static void
usual(struct reader *r, unsigned where)
{
	char room[VALUE];

	for (size_t i = 0; i < r->sites && !over(r); i++) {
		const struct site *s = &r->site[i];
		size_t n;

		if (s->where != where || (where != LONGER && s->number >= 0))
			continue;
		n = value(r, s, &USUAL, room);
		if (s->coded)
			n = extended(room, n, true);
		tell(r, (struct span){ room, n });
	}
}

static void
odd(struct reader *r)
{
	char room[VALUE];
	size_t n;

	for (size_t i = 0; i < r->sites && !over(r); i++) {
		n = value(r, &r->site[i], &USUAL, room);
		tell_odd(r, (struct span){ room, n });
		for (size_t k = 0; k < sizeof ODD / sizeof ODD[0] && !over(r); k++) {
			n = value(r, &r->site[i], &ODD[k], room);
			tell_odd(r, (struct span){ room, n });
		}
	}
	for (unsigned how = 1; r->sites > 0 && how <= LITERAL; how <<= 1)
		pieces(r, how);
}

static void
readings(struct reader *r, bool first)
{
	if (first) {
		usual(r, PROPER);
		pieces(r, 0);
		usual(r, LOOSE);
	} else {
		odd(r);
		usual(r, LONGER);
	}
}

/* The end of an attribute and its value that all clients read alike; 0: not. */
static size_t
plain_parameter(struct span v, size_t i)
{
	size_t from = i;
	bool quoted;

	while (i < v.n && fieldtext_token(v.p[i]) && v.p[i] != '\'')
		i++;
	if (i == from || i + 1 >= v.n || v.p[i] != '=')
		return 0;
	quoted = v.p[++i] == '"';
	for (from = i += quoted; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (quoted ? c == '"' : c == ';' || fieldtext_blank(v.p[i]))
			break;
		if (c < ' ' || c == 0x7f || c == '\\' || (!quoted && strchr("()\",<>@[]", c)))
			return 0;
	}
	if (quoted && i == v.n)
		return 0;
	return i + quoted;
}

/* Is the field what RFC 2045 5.1 has, but for a `;' at its end? */
static bool
plain_field(struct span v)
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
		if (i < v.n && (i = plain_parameter(v, i)) == 0)
			return false;
		while (i < v.n && fieldtext_blank(v.p[i]))
			i++;
	}
	return true;
}

/*
 * Is a value, its quotes included, the same to every client?  next: where
 * another site is, which is no matter inside of this value.
 */
static bool
plain_value(struct span v, size_t next)
{
	bool quoted = v.n > 0 && v.p[0] == '"';

	if (quoted) {
		v.p++;
		v.n--;
	}
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (quoted ? c == '"' : c == ';' || fieldtext_blank(c)) {
			v.n = i;
			break;
		}
		if (c < ' ' || c > '~' || c == ';' || c == ',' || c == '%' ||
		    (c == '=' && i + 1 < v.n && v.p[i + 1] == '?'))
			return false;
	}
	return v.n > 0 && v.n <= CANDIDATE_MAX && !fieldtext_blank(v.p[0]) &&
	    !fieldtext_blank(v.p[v.n - 1]) && v.p[0] != '\'' && next <= v.n;
}

/* One boundary, in a field that every client reads alike. */
static bool
plain_boundary(const struct reader *r)
{
	const struct site *s = r->site;
	size_t next = 0;

	if (r->sites == 0 || r->sites > 2 || s->where != PROPER || s->coded ||
	    s->number >= 0)
		return false;
	if (r->sites == 2) {
		if (s[1].where != LONGER)
			return false;
		next = s[1].at - s->at;
	}
	return plain_field(r->text) && plain_value((struct span){ r->text.p + s->at,
	    r->text.n - s->at }, next);
}

void
boundary_candidates(struct candidates *c, struct span type, bool *plain)
{
	char room[2 * CANDIDATE_TEXT];
	struct reader r;
	struct span view;

	c->count = 0;
	c->full = false;
	r.c = c;
	r.effort = EFFORT + 8 * type.n;
	find_sites(&r, type);
	*plain = plain_boundary(&r);
	if (*plain) {
		usual(&r, PROPER);
		return;
	}
	for (int first = 1; first >= 0; first--) {
		for (size_t i = 0; i <= CANDIDATE_VIEWS && !over(&r); i++) {
			if (i == 0)
				view = type;
			else if (!candidates_view(type, i - 1, room, &view))
				continue;
			find_sites(&r, view);
			readings(&r, first);
		}
	}
	c->full = c->full || r.effort == 0 || type.n > CANDIDATE_TEXT;
}
