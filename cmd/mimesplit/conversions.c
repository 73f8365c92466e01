/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/conversions.h"
#include "common/fieldtext.h"
#include "common/nameform.h"

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

static const char *
make_pattern(struct parser *p, enum test_of of, struct span value, struct wild *w)
{
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
	if (of == TEST_CHANNEL)
		t->channels = channels(w);
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

/* The last component of a path, without `.sh'. */
static void
take_command(struct parser *p, struct span word, struct span value)
{
	bool good = true;

	for (size_t i = value.n; i > 0; i--)
		if (value.p[i - 1] == '/') {
			value.p += i;
			value.n -= i;
			break;
		}
	if (value.n > 3 && memcmp(value.p + value.n - 3, ".sh", 3) == 0)
		value.n -= 3;
	good = value.n > 0 && value.n <= TREATMENT_WORD && value.p[0] >= 'a' &&
	    value.p[0] <= 'z';
	for (size_t i = 0; good && i < value.n; i++)
		good = (value.p[i] >= 'a' && value.p[i] <= 'z') || value.p[i] == '_' ||
		    (value.p[i] >= '0' && value.p[i] <= '9');
	if (good)
		take_treatment(p, word, value);
	else
		complain(p, word, "its last component is no name of a function: "
		    "a to z, then a to z, 0 to 9 and _, with .sh or without");
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
	{ "in-channel", TEST_CHANNEL }, { "in-type", TEST_TYPE },
	{ "in-subtype", TEST_SUBTYPE }, { "in-disposition", TEST_DISPOSITION },
	{ "in-description", TEST_DESCRIPTION }, { "in-name", TEST_NAME },
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
		complain(p, word, "is not known here");
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

/*
 * The value at *i, moved to the semicolon behind it or the end of the line.
 * False: it is none, and that was told.
 */
static bool
read_value(struct parser *p, struct span line, size_t *i, struct span word,
    struct span *value)
{
	bool quoted = *i < line.n && line.p[*i] == '"';
	size_t start = *i += quoted;

	while (*i < line.n && line.p[*i] != (quoted ? '"' : ';')) {
		if (!quoted && line.p[*i] == '"') {
			complain(p, word, "has a \" inside its value");
			return false;
		}
		++*i;
	}
	*value = (struct span){ line.p + start, *i - start };
	if (value->n > CONVERSIONS_VALUE) {
		complain(p, word, "has a value of more than 1000 bytes");
		return false;
	}
	if (!quoted) {
		*value = fieldtext_trim(*value);
		return true;
	}
	if (*i == line.n) {
		complain(p, word, "lacks the \" that ends its value");
		return false;
	}
	for (++*i; *i < line.n && blank(line.p[*i]); )
		++*i;
	if (*i == line.n || line.p[*i] == ';')
		return true;
	complain(p, word, "has something behind its value: a ; is missing");
	return false;
}

/* One clause at *i, moved behind its semicolon; false: there was none behind it. */
static bool
read_clause(struct parser *p, struct span line, size_t *i)
{
	size_t start = *i;
	struct span word, value;

	while (*i < line.n && line.p[*i] != '=' && line.p[*i] != ';')
		++*i;
	word = fieldtext_trim((struct span){ line.p + start, *i - start });
	if (*i == line.n || line.p[*i] == ';') {
		complain(p, word, "is no clause: name=value;");
	} else {
		for (++*i; *i < line.n && blank(line.p[*i]); )
			++*i;
		if (read_value(p, line, i, word, &value))
			take(p, word, value);
	}
	while (*i < line.n && line.p[*i] != ';')	/* of what was told to be wrong */
		++*i;
	return (*i)++ < line.n;
}

static void
read_line(struct parser *p, struct span line)
{
	size_t i = 0;

	if (line.n > 0 && line.p[0] == '!')
		return;
	for (size_t k = 0; k < line.n; k++)
		if (((unsigned char)line.p[k] < ' ' && line.p[k] != '\t' && line.p[k] != '\r') ||
		    line.p[k] == 0x7f) {
			complain(p, (struct span){ "", 0 }, "holds a control character");
			return;
		}
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

/* Does it hold of whatever part there is? */
static bool
holds_always(const struct test *t)
{
	switch (t->of) {
	case TEST_CHANNEL:
		return t->channels == (CHANNEL_OUTSIDE | CHANNEL_INSIDE);
	case TEST_PARAMETER:
	case TEST_DPARAMETER:
		return false;
	case TEST_SIZE_MIN:
		return t->bytes == 0;
	case TEST_SIZE_MAX:
		return false;
	default:
		return wild_any(t->value);
	}
}

/* Does t hold wherever `narrow', a test of the same, does? */
static bool
test_covers(const struct test *t, const struct test *narrow)
{
	if (t->of == TEST_SIZE_MIN)
		return t->bytes <= narrow->bytes;
	if (t->of == TEST_SIZE_MAX)
		return t->bytes >= narrow->bytes;
	if (t->of == TEST_CHANNEL)
		return (narrow->channels & ~t->channels) == 0;
	return wild_covers(t->name, narrow->name) && wild_covers(t->value, narrow->value);
}

static bool
entry_covers(const struct conversion *e, const struct conversion *narrow)
{
	for (size_t i = 0; i < e->tests; i++) {
		bool covers = holds_always(&e->test[i]);

		for (size_t k = 0; !covers && k < narrow->tests; k++)
			covers = narrow->test[k].of == e->test[i].of &&
			    test_covers(&e->test[i], &narrow->test[k]);
		if (!covers)
			return false;
	}
	return true;
}

/* Can no part whatever have all of its tests hold? */
static bool
contradicts_itself(const struct conversion *e)
{
	unsigned long long min = 0, max = (unsigned long long)-1;

	for (size_t i = 0; i < e->tests; i++) {
		const struct test *t = &e->test[i];

		if (t->of == TEST_CHANNEL && t->channels == 0)
			return true;
		if (t->of == TEST_SIZE_MIN)
			min = t->bytes;
		if (t->of == TEST_SIZE_MAX)
			max = t->bytes;
	}
	return min > max;
}

static void
warn_of(struct parser *p, unsigned long line, const char *what)
{
	p->tell(p->ctx, line, (struct span){ "", 0 }, what, true);
}

static void
find_unreachable(struct parser *p)
{
	struct conversions *c = p->c;

	for (size_t i = 0; i < c->entries; i++) {
		bool covered = false;

		for (size_t k = 0; k < i && !covered; k++)
			covered = entry_covers(&c->entry[k], &c->entry[i]);
		if (covered)
			warn_of(p, c->entry[i].line,
			    "this entry can never match: one before it matches all that it does");
		else if (contradicts_itself(&c->entry[i]))
			warn_of(p, c->entry[i].line,
			    "this entry can never match: there is no such channel or size");
		c->catches_all |= entry_covers(&c->entry[i], &(struct conversion){ .line = 0 });
	}
	if (!c->catches_all)
		warn_of(p, p->line, "no entry matches every part: what matches none passes");
}

int
conversions_parse(struct conversions *c, const char *p, size_t n,
    conversions_tell *tell, void *ctx)
{
	struct parser parser = { .c = c, .tell = tell, .ctx = ctx };

	*c = (struct conversions){ .word = { [TREAT_STANDARD] = "multiscan",
	    [TREAT_PASS] = "pass", [TREAT_DELETE] = "delete" } };
	if (n > CONVERSIONS_MAX) {
		complain(&parser, (struct span){ "", 0 }, "the file has more than 64 KiB");
		return 1;
	}
	parser.sign_room = SIGNS_GROW * n + 64;
	if ((c->signs = calloc(parser.sign_room, sizeof *c->signs)) == NULL)
		return -1;
	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *end = memchr(p + at, '\n', n - at);

		len = end == NULL ? n - at : (size_t)(end - (p + at));
		parser.line++;
		read_line(&parser, (struct span){ p + at, len });
	}
	end_entry(&parser);
	fold_free(&parser.fold);
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
