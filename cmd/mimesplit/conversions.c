/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/conversions.h"
#include "common/fieldtext.h"
#include "common/nameform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNS_GROW = 3 };	/* what is folded may become that much longer */

struct parser {
	struct conversions *c;
	conversions_tell *tell;
	void *ctx;
	unsigned long line;
	bool wrong;		/* somewhere in the file */
	bool open;		/* in an entry: c->entry[c->entries] */
	bool spoilt;		/* an error in it was told */
	unsigned actions;
	size_t room;		/* of c->entry */
	size_t sign_room;	/* of c->signs */
	struct fold fold;
	bool no_memory;
	char value[CONVERSIONS_VALUE + 1];	/* that stood in quotes */
	char *joined;		/* owned: lines that go on, ... */
	size_t njoined;		/* ... these bytes */
	unsigned long from;	/* and where they begin; 0: there are none */
};

/* What an entry without one of the numbers is for. */
static const uint16_t RUN[] = { WILD_RUN };
static const struct wild ANY = { RUN, 1, false };

static void
complain(struct parser *p, struct span word, const char *what)
{
	p->tell(p->ctx, p->line, word, what, false);
	p->wrong = p->spoilt = true;
}

static bool
is(struct span s, const char *lower)
{
	return s.n == strlen(lower) && fieldtext_at(s, 0, lower);
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct conversion *
current(struct parser *p)
{
	return &p->c->entry[p->c->entries];
}

/* A test of the entry, new or, of a parameter, its other half; NULL: told. */
static struct test *
add_test(struct parser *p, enum test_of of, unsigned number, struct span word)
{
	struct conversion *e = current(p);
	struct test *t;

	for (size_t i = 0; i < e->tests; i++)
		if (e->test[i].of == of && e->test[i].number == number)
			return &e->test[i];
	if (e->tests == CONVERSIONS_TESTS) {
		complain(p, word, "too many qualifiers for an entry");
		return NULL;
	}
	t = &e->test[e->tests++];
	*t = (struct test){ .of = of, .number = number, .name = ANY, .value = ANY };
	return t;
}

/* The channels that it matches, as struct test has them. */
static unsigned
channels(struct wild w)
{
	static const char *const NAMES[] = { "outside", "tcp_local", "inside",
	    "tcp_intranet" };
	unsigned long long steps = 1ull << 32;
	unsigned set = 0;

	for (unsigned i = 0; i < 4; i++)
		if (wild_match(w, (struct span){ NAMES[i], strlen(NAMES[i]) }, &steps))
			set |= i < 2 ? CHANNEL_OUTSIDE : CHANNEL_INSIDE;
	return set;
}

/* What is wrong with a pattern of names; NULL: nothing. */
static const char *
make_name(struct parser *p, struct span value, struct wild *w)
{
	static const char *const WRONG[] = {
		[PATTERN_LONG] = "has a value that becomes too long",
		[PATTERN_BARE] = "has a value that ends in a bare $",
		[PATTERN_UNSEEN] = "has octets that are no UTF-8, or a character that is "
		    "not seen: names are compared without those",
		[PATTERN_BLANK] = "has a blank in its value: names are compared with their "
		    "blanks and without; write * there",
		[PATTERN_FOLDER] = "has a slash or backslash in its value: names are "
		    "compared without their folders",
	};
	enum pattern got = nameform_pattern(&p->fold, value, '%', '$',
	    p->c->signs + p->c->nsigns, p->sign_room - p->c->nsigns, w);

	p->no_memory |= got == PATTERN_NO_MEMORY;
	if (got != PATTERN_GOOD)
		return WRONG[got];
	if (strchr(".,;'\"", value.p[value.n - 1]) != NULL ||
	    (wild_any(*w) && value.n > w->n) || w->n == 0)
		return "has a value that ends in . , ; ' or \": names are compared without "
		    "those at their end";
	return NULL;
}

/* One that nothing ever matches. */
static const char *
never(enum test_of of, struct span value)
{
	bool slash = memchr(value.p, '/', value.n) != NULL;

	if (value.n == 0 && (of == TEST_CHANNEL || of == TEST_TYPE || of == TEST_SUBTYPE ||
	    of == TEST_NAME))
		return "has no value: nothing matches that; * is any";
	if (of == TEST_TYPE && slash)
		return "has a slash in its value: write two clauses, like "
		    "in-type=application; in-subtype=zip";
	if (of == TEST_SUBTYPE && slash)
		return "has a slash in its value: the type before it goes into in-type";
	return NULL;
}

static const char *
make_pattern(struct parser *p, enum test_of of, struct span value, struct wild *w)
{
	const char *wrong = never(of, value);

	if (wrong != NULL)
		return wrong;
	if (of == TEST_NAME)
		return make_name(p, value, w);
	if (p->sign_room - p->c->nsigns < value.n)
		return "has a value for which there is no room";
	return wild_make(w, value, p->c->signs + p->c->nsigns) ? NULL :
	    "has a value that ends in a bare $";
}

static void
take_pattern(struct parser *p, enum test_of of, unsigned number, bool name,
    struct span word, struct span value)
{
	struct test *t = add_test(p, of, number, word);
	struct wild w = ANY;
	const char *wrong;

	if (t == NULL)
		return;
	if (name ? t->named : t->valued) {
		complain(p, word, "is there twice in this entry");
		return;
	}
	*(name ? &t->named : &t->valued) = true;
	if ((wrong = make_pattern(p, of, value, &w)) != NULL) {
		complain(p, word, wrong);
		return;
	}
	p->c->nsigns += w.n;
	*(name ? &t->name : &t->value) = w;
	if (of == TEST_CHANNEL && (t->channels = channels(w)) == 0)
		complain(p, word, "has a value that is none of outside, inside, tcp_local and "
		    "tcp_intranet, and no pattern of one");
	if (of == TEST_NAME && memchr(value.p, ';', value.n) != NULL)
		p->tell(p->ctx, p->line, word, "has a ; inside its value, which is one name: "
		    "for another write another entry", true);
	p->c->looks |= 1u << of;
}

static bool
number(struct span s, unsigned long long most, unsigned long long *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*n = 10 * *n + (unsigned)(s.p[i] - '0');
		if (*n > most)
			return false;
	}
	return s.n > 0;
}

static void
take_size(struct parser *p, enum test_of of, struct span word, struct span value)
{
	unsigned long long unit = 1, n;
	struct test *t = add_test(p, of, 0, word);
	char last = value.n > 0 ? fieldtext_lower(value.p[value.n - 1]) : '0';

	if (t == NULL)
		return;
	if (t->valued) {
		complain(p, word, "is there twice in this entry");
		return;
	}
	t->valued = true;
	if (last == 'k' || last == 'm') {
		unit = last == 'k' ? 1 << 10 : 1 << 20;
		value.n--;
	}
	if (!number(value, 1ull << 40, &n))
		complain(p, word, "is no number of bytes, like 20000, 500K or 10M");
	t->bytes = n * unit;
	p->c->looks |= 1u << of;
}

static void
take_treatment(struct parser *p, struct span word, struct span name)
{
	struct conversions *c = p->c;
	unsigned i;

	for (i = 0; i < TREATMENTS && c->word[i][0] != '\0'; i++)
		if (strlen(c->word[i]) == name.n && memcmp(c->word[i], name.p, name.n) == 0)
			break;
	if (i == TREATMENTS) {
		complain(p, word, "there are more than 21 functions in the file");
		return;
	}
	memcpy(c->word[i], name.p, name.n);
	current(p)->treatment = i;
	if (++p->actions == 2)
		complain(p, word, "is a second action for this entry");
}

/* A blank, and then what is no more of a path. */
static bool
has_arguments(struct span s)
{
	for (size_t i = 1; i < s.n; i++)
		if (blank(s.p[i - 1]) && strchr("/'\"$-<>|&", s.p[i]) != NULL)
			return true;
	return false;
}

/* Why it is no name of a function; NULL: it is one. */
static const char *
no_function(struct span name)
{
	const char *wrong = NULL;

	if (name.n > TREATMENT_WORD)
		return "has a name of more than 32 letters";
	if (name.n == 0 || name.p[0] < 'a' || name.p[0] > 'z')
		wrong = "has a name that begins with none of a to z";
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (blank(c) || c == '\'')
			return "has arguments, and none are passed: a function finds INPUT_FILE "
			    "and the others as variables; write its name alone, like "
			    "command=\"scan.sh\"";
		if (c >= 'A' && c <= 'Z')
			return "has a capital in its name: a function is a to z, 0 to 9 and _";
		if (c == '-')
			return "has a - in its name: a function is a to z, 0 to 9 and _";
		if ((c < 'a' || c > 'z') && c != '_' && (c < '0' || c > '9') && wrong == NULL)
			wrong = "has a name that is not of a to z, 0 to 9 and _ alone";
	}
	return wrong;
}

/* The last component of a path, without `.sh'. */
static void
take_command(struct parser *p, struct span word, struct span value)
{
	const char *wrong;

	if (has_arguments(value)) {
		complain(p, word, no_function((struct span){ " ", 1 }));
		return;
	}
	for (size_t i = value.n; i > 0; i--)
		if (value.p[i - 1] == '/') {
			value.p += i;
			value.n -= i;
			break;
		}
	if (value.n > 3 && memcmp(value.p + value.n - 3, ".sh", 3) == 0)
		value.n -= 3;
	if ((wrong = no_function(value)) == NULL)
		take_treatment(p, word, value);
	else
		complain(p, word, wrong);
}

static void
take_delete(struct parser *p, struct span word, struct span value)
{
	if (is(value, "1"))
		take_treatment(p, word, (struct span){ "delete", 6 });
	else
		complain(p, word, "can only be 1");
}

static const struct {
	const char *word;
	enum test_of of;
} PATTERNS[] = {
	{ "in-channel", TEST_CHANNEL }, { "in-chan", TEST_CHANNEL }, { "in-type", TEST_TYPE },
	{ "in-subtype", TEST_SUBTYPE }, { "in-disposition", TEST_DISPOSITION },
	{ "in-description", TEST_DESCRIPTION }, { "in-name", TEST_NAME },
};

/* Those of the original, or what they begin with, that are not done here. */
static const struct {
	const char *word;
	const char *what;
} ELSEWHERE[] = {
	{ "out-chan", "is not known here; delete this clause: the entry is for all ways out" },
	{ "out-", "is not known here; delete this clause: parts keep their heads" },
	{ "in-subject", "is not known here; delete this clause: the entry is for all subjects" },
	{ "in-a1-", "is not known here; delete this clause: the entry is for all formats" },
	{ "in-parameter-default-", "is not known here; delete this clause: there are no "
	    "defaults" },
	{ "in-dparameter-default-", "is not known here; delete this clause: there are no "
	    "defaults" },
	{ "part-number", "is not known here; delete this clause: the entry is for all parts" },
	{ "relabel", "is not known here; delete this clause: parts keep their heads" },
	{ "service-command", "is not known here; delete this clause: write command=NAME, for "
	    "a function" },
	{ "tag", "is not known here; delete this clause: the entry is for all recipients" },
};

/* Those with a number behind them; neither: without effect. */
static const struct {
	const char *word;
	enum test_of of;
	bool name, value;
} NUMBERED[] = {
	{ "in-parameter-name", TEST_PARAMETER, true, false },
	{ "in-parameter-value", TEST_PARAMETER, false, true },
	{ "in-dparameter-name", TEST_DPARAMETER, true, false },
	{ "in-dparameter-value", TEST_DPARAMETER, false, true },
	{ "parameter-symbol", TEST_PARAMETER, false, false },
	{ "dparameter-symbol", TEST_PARAMETER, false, false },
	{ "parameter-copy", TEST_PARAMETER, false, false },
	{ "dparameter-copy", TEST_PARAMETER, false, false },
};

static const char *const WITHOUT_EFFECT[] = { "message-header-file",
    "original-header-file", "override-header-file", "override-option-file" };

/* Is it one of those with a number?  Taken then, or complained of. */
static bool
take_numbered(struct parser *p, struct span word, struct span value)
{
	for (size_t i = 0; i < sizeof NUMBERED / sizeof NUMBERED[0]; i++) {
		size_t n = strlen(NUMBERED[i].word);
		unsigned long long which;

		if (!fieldtext_at(word, 0, NUMBERED[i].word) ||
		    (word.n > n && word.p[n] != '-'))
			continue;
		if (word.n <= n + 1)
			complain(p, word, "lacks its number");
		else if (!number((struct span){ word.p + n + 1, word.n - n - 1 }, 99, &which))
			complain(p, word, "has no number from 0 to 99 at its end");
		else if (NUMBERED[i].name || NUMBERED[i].value)
			take_pattern(p, NUMBERED[i].of, (unsigned)which, NUMBERED[i].name,
			    word, value);
		return true;
	}
	return false;
}

static bool
without_effect(struct span word)
{
	for (size_t i = 0; i < sizeof WITHOUT_EFFECT / sizeof WITHOUT_EFFECT[0]; i++)
		if (is(word, WITHOUT_EFFECT[i]))
			return true;
	return false;
}

static void
complain_unknown(struct parser *p, struct span word)
{
	for (size_t i = 0; i < sizeof ELSEWHERE / sizeof ELSEWHERE[0]; i++)
		if (fieldtext_at(word, 0, ELSEWHERE[i].word)) {
			complain(p, word, ELSEWHERE[i].what);
			return;
		}
	complain(p, word, "is not known here");
}

static void
take(struct parser *p, struct span word, struct span value)
{
	for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
		if (is(word, PATTERNS[i].word)) {
			take_pattern(p, PATTERNS[i].of, 0, false, word, value);
			return;
		}
	if (is(word, "in-size-min"))
		take_size(p, TEST_SIZE_MIN, word, value);
	else if (is(word, "in-size-max"))
		take_size(p, TEST_SIZE_MAX, word, value);
	else if (is(word, "command"))
		take_command(p, word, value);
	else if (is(word, "delete"))
		take_delete(p, word, value);
	else if (!take_numbered(p, word, value) && !without_effect(word))
		complain_unknown(p, word);
}

/* An entry may begin here; false: there are too many, or no memory. */
static bool
begin_entry(struct parser *p)
{
	if (p->open)
		return true;
	if (p->c->entries == CONVERSIONS_ENTRIES) {
		complain(p, (struct span){ "", 0 }, "more than 256 entries");
		return false;
	}
	if (p->c->entries == p->room) {
		struct conversion *e = reallocarray(p->c->entry, 2 * p->room + 2, sizeof *e);

		if (e == NULL) {
			p->no_memory = true;
			return false;
		}
		p->c->entry = e;
		p->room = 2 * p->room + 2;
	}
	p->open = true;
	p->spoilt = false;
	p->actions = 0;
	*current(p) = (struct conversion){ .line = p->line };
	return true;
}

static void
end_entry(struct parser *p)
{
	unsigned long here = p->line;

	if (!p->open)
		return;
	p->line = current(p)->line;
	if (p->actions == 0 && !p->spoilt)
		complain(p, (struct span){ "", 0 },
		    "the entry that begins here has no command= and no delete=1");
	p->line = here;
	if (!p->spoilt)
		p->c->entries++;
	p->open = false;
}

static const char COMMENT[] = "holds a comment: one begins in column 1";

/* What stands in quotes, \\" for a quote in it; false: they do not end. */
static bool
unquote(struct parser *p, struct span line, size_t *i, struct span *value)
{
	*value = (struct span){ p->value, 0 };
	for (; *i < line.n && line.p[*i] != '"'; ++*i) {
		if (line.p[*i] == '\\' && *i + 1 < line.n && line.p[*i + 1] == '"')
			++*i;
		if (value->n < sizeof p->value)
			p->value[value->n++] = line.p[*i];
	}
	return (*i)++ < line.n;
}

/* Why what stands there without quotes is no value; NULL: it is one. */
static const char *
no_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '!' && i > 0 && blank(s.p[i - 1]))
			return COMMENT;
		if (s.p[i] == '"')
			return "has a \" inside its value";
	}
	return NULL;
}

/*
 * The value at *i, moved to the semicolon behind it or the end of the line.
 * NULL, or what is wrong.
 */
static const char *
read_value(struct parser *p, struct span line, size_t *i, struct span *value)
{
	bool quoted = *i < line.n && line.p[*i] == '"';
	size_t start = *i += quoted;

	if (quoted) {
		if (!unquote(p, line, i, value))
			return "lacks the \" that ends its value";
		while (*i < line.n && blank(line.p[*i]))
			++*i;
	} else {
		while (*i < line.n && line.p[*i] != ';')
			++*i;
		*value = fieldtext_trim((struct span){ line.p + start, *i - start });
	}
	if (value->n > CONVERSIONS_VALUE)
		return "has a value of more than 1000 bytes";
	if (!quoted)
		return no_value((struct span){ line.p + start, *i - start });
	if (*i == line.n || line.p[*i] == ';')
		return NULL;
	return line.p[*i] == '!' ? COMMENT : "has something behind its value: a ; is missing";
}

/* One clause at *i, moved behind its semicolon; false: there was none behind it. */
static bool
read_clause(struct parser *p, struct span line, size_t *i)
{
	size_t start = *i;
	struct span word, value;
	const char *wrong;

	while (*i < line.n && line.p[*i] != '=' && line.p[*i] != ';')
		++*i;
	word = fieldtext_trim((struct span){ line.p + start, *i - start });
	if (word.n > 0 && word.p[0] == '!') {
		complain(p, (struct span){ "", 0 }, COMMENT);
		*i = line.n;
	} else if (*i == line.n || line.p[*i] == ';') {
		complain(p, word, "is no clause: name=value;");
	} else {
		for (++*i; *i < line.n && blank(line.p[*i]); )
			++*i;
		if ((wrong = read_value(p, line, i, &value)) != NULL)
			complain(p, word, wrong);
		else
			take(p, word, value);
		if (wrong == COMMENT)
			*i = line.n;
	}
	while (*i < line.n && line.p[*i] != ';')	/* of what was told to be wrong */
		++*i;
	return (*i)++ < line.n;
}

static bool
has_control(struct span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (((unsigned char)s.p[k] < ' ' && s.p[k] != '\t' && s.p[k] != '\r') ||
		    s.p[k] == 0x7f)
			return true;
	return false;
}

/* One without its continuations. */
static void
read_line(struct parser *p, struct span line)
{
	size_t i = 0;

	line = fieldtext_trim(line);
	if (line.n == 0) {
		end_entry(p);
		return;
	}
	if (!begin_entry(p))
		return;
	while (read_clause(p, line, &i)) {
		while (i < line.n && blank(line.p[i]))
			i++;
		if (i >= line.n)
			return;		/* it goes on in the next line */
	}
	end_entry(p);
}

/* What was joined is a line, where it began. */
static void
read_joined(struct parser *p)
{
	unsigned long here = p->line;

	if (p->from == 0)
		return;
	p->line = p->from;
	p->from = 0;
	read_line(p, (struct span){ p->joined, p->njoined });
	p->line = here;
}

static void
join(struct parser *p, struct span s)
{
	if (p->from == 0) {
		p->from = p->line;
		p->njoined = 0;
	}
	memcpy(p->joined + p->njoined, s.p, s.n);
	p->njoined += s.n;
}

/* As it stands in the file; a \ at its end: it goes on in the next one. */
static void
take_line(struct parser *p, struct span line)
{
	struct span s = line;

	if (s.n > 0 && s.p[0] == '!')
		return;
	if (has_control(s)) {
		complain(p, (struct span){ "", 0 }, "holds a control character");
		return;
	}
	while (s.n > 0 && fieldtext_blank(s.p[s.n - 1]))
		s.n--;
	if (s.n == 0) {
		read_joined(p);
		read_line(p, s);
		return;
	}
	if (s.p[s.n - 1] == '\\') {
		s.n--;
		join(p, s);
	} else if (p->from != 0) {
		join(p, s);
		read_joined(p);
	} else
		read_line(p, s);
}

/* Does it hold of whatever part there is? */
static bool
holds_always(const struct test *t)
{
	return t->of != TEST_PARAMETER && t->of != TEST_DPARAMETER && wild_any(t->value);
}

/* Does t, a pattern, hold wherever `narrow', one of the same, does? */
static bool
test_covers(const struct test *t, const struct test *narrow)
{
	return wild_covers(t->name, narrow->name) && wild_covers(t->value, narrow->value);
}

static bool
is_plain(const struct test *t)
{
	return t->of != TEST_CHANNEL && t->of != TEST_SIZE_MIN && t->of != TEST_SIZE_MAX;
}

/* Do the tests of e hold wherever those of narrow do, but for channel and size? */
static bool
entry_covers(const struct conversion *e, const struct conversion *narrow)
{
	for (size_t i = 0; i < e->tests; i++) {
		bool covers = !is_plain(&e->test[i]) || holds_always(&e->test[i]);

		for (size_t k = 0; !covers && k < narrow->tests; k++)
			covers = narrow->test[k].of == e->test[i].of &&
			    test_covers(&e->test[i], &narrow->test[k]);
		if (!covers)
			return false;
	}
	return true;
}

/* The channels and sizes that an entry is for. */
struct box {
	unsigned channels;
	unsigned long long min, max;
};

enum { CHANNELS = CHANNEL_OUTSIDE | CHANNEL_INSIDE };

static struct box
box_of(const struct conversion *e)
{
	struct box b = { CHANNELS, 0, (unsigned long long)-1 };

	for (size_t i = 0; i < e->tests; i++) {
		const struct test *t = &e->test[i];

		if (t->of == TEST_CHANNEL)
			b.channels &= t->channels;
		if (t->of == TEST_SIZE_MIN)
			b.min = t->bytes;
		if (t->of == TEST_SIZE_MAX)
			b.max = t->bytes;
	}
	return b;
}

/*
 * Is each size of b in one of the n others, in that channel?  The last of them that
 * it takes, from 1; or 0.
 */
static size_t
fills(const struct box *other, size_t n, unsigned channel, struct box b)
{
	unsigned long long at = b.min;
	size_t last = 0, best;

	do {
		best = 0;
		for (size_t k = 0; k < n; k++) {
			const struct box *o = &other[k];

			if ((o->channels & channel) != 0 && o->min <= at && o->max >= at &&
			    (best == 0 || o->max > other[best - 1].max))
				best = k + 1;
		}
		if (best == 0)
			return 0;
		last = best > last ? best : last;
		at = other[best - 1].max + 1;
	} while (at != 0 && at <= b.max);
	return last;
}

/* The last of the first n, from 1, that together are for all that e is; or 0. */
static size_t
covered_by(const struct conversions *c, size_t n, const struct conversion *e)
{
	static const struct box NOTHING = { 0, 0, 0 };
	struct box other[CONVERSIONS_ENTRIES], b = box_of(e);
	size_t last = 0, one;

	for (size_t k = 0; k < n; k++)
		other[k] = entry_covers(&c->entry[k], e) ? box_of(&c->entry[k]) : NOTHING;
	for (unsigned channel = 1; channel <= CHANNELS; channel <<= 1) {
		if ((b.channels & channel) == 0)
			continue;
		if ((one = fills(other, n, channel, b)) == 0)
			return 0;
		last = one > last ? one : last;
	}
	return last;
}

static void
warn_of(struct parser *p, unsigned long line, const char *what)
{
	p->tell(p->ctx, line, (struct span){ "", 0 }, what, true);
}

static void
find_unreachable(struct parser *p)
{
	static const struct conversion ALL = { .line = 0 };
	struct conversions *c = p->c;
	char what[100];

	for (size_t i = 0; i < c->entries; i++) {
		struct box b = box_of(&c->entry[i]);
		size_t last = b.min > b.max ? 0 : covered_by(c, i, &c->entry[i]);

		snprintf(what, sizeof what, "every part that this entry is for has an earlier one "
		    "(line %lu)", last == 0 ? 0 : c->entry[last - 1].line);
		if (b.min > b.max)
			warn_of(p, c->entry[i].line, "this entry can never match: "
			    "in-size-min is more than in-size-max");
		else if (last > 0)
			warn_of(p, c->entry[i].line, what);
	}
	c->catches_all = covered_by(c, c->entries, &ALL) > 0;
	if (!c->catches_all)
		warn_of(p, c->entry[c->entries - 1].line,
		    "no entry matches every part: what matches none passes");
}

/* A file that is no text of ours as a whole. */
static bool
is_file(struct parser *p, const char *text, size_t n)
{
	p->line = 1;
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		complain(p, (struct span){ "", 0 }, "the file begins with a byte order mark: "
		    "save it without");
	if (n > CONVERSIONS_MAX) {
		for (size_t i = 0; i < CONVERSIONS_MAX; i++)
			p->line += text[i] == '\n';
		complain(p, (struct span){ "", 0 }, "the file has more than 64 KiB");
	}
	return !p->wrong;
}

static void
read_file(struct parser *p, const char *text, size_t n)
{
	p->line = 0;
	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *end = memchr(text + at, '\n', n - at);

		len = end == NULL ? n - at : (size_t)(end - (text + at));
		p->line++;
		take_line(p, (struct span){ text + at, len });
	}
	read_joined(p);
	end_entry(p);
	p->line += p->line == 0;
	if (p->c->entries == 0 && !p->wrong)
		complain(p, (struct span){ "", 0 }, "the file ends without an entry: all would "
		    "pass; for the standard checks write command=multiscan");
}

int
conversions_parse(struct conversions *c, const char *p, size_t n,
    conversions_tell *tell, void *ctx)
{
	struct parser parser = { .c = c, .tell = tell, .ctx = ctx };

	*c = (struct conversions){ .word = { [TREAT_STANDARD] = "multiscan",
	    [TREAT_PASS] = "pass", [TREAT_DELETE] = "delete" } };
	if (!is_file(&parser, p, n))
		return 1;
	parser.sign_room = SIGNS_GROW * n + 64;
	c->signs = calloc(parser.sign_room, sizeof *c->signs);
	if (c->signs == NULL || (parser.joined = malloc(n + 1)) == NULL)
		return -1;
	read_file(&parser, p, n);
	fold_free(&parser.fold);
	free(parser.joined);
	if (parser.no_memory)
		return -1;
	if (!parser.wrong)
		find_unreachable(&parser);
	return parser.wrong;
}

void
conversions_free(struct conversions *c)
{
	free(c->entry);
	free(c->signs);
	*c = (struct conversions){ .entry = NULL };
}
