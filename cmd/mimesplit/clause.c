/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/clause.h"
#include "common/fieldtext.h"
#include "common/nameform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an entry without one of the numbers is for. */
static const uint16_t RUN[] = { WILD_RUN };
static const struct wild ANY = { RUN, 1, false };

void
parser_complain(struct parser *p, struct span word, const char *what)
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
		parser_complain(p, word, "too many qualifiers for an entry");
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
	    of == TEST_NAME || of == TEST_TO))
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
		parser_complain(p, word, "is there twice in this entry");
		return;
	}
	*(name ? &t->named : &t->valued) = true;
	if ((wrong = make_pattern(p, of, value, &w)) != NULL) {
		parser_complain(p, word, wrong);
		return;
	}
	p->c->nsigns += w.n;
	*(name ? &t->name : &t->value) = w;
	if (of == TEST_CHANNEL && (t->channels = channels(w)) == 0)
		parser_complain(p, word, "has a value that is none of outside, inside, tcp_local and "
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
		parser_complain(p, word, "is there twice in this entry");
		return;
	}
	t->valued = true;
	if (last == 'k' || last == 'm') {
		unit = last == 'k' ? 1 << 10 : 1 << 20;
		value.n--;
	}
	if (!number(value, 1ull << 40, &n))
		parser_complain(p, word, "is no number of bytes, like 20000, 500K or 10M");
	t->bytes = n * unit;
	p->c->looks |= 1u << of;
}

static void
take_client(struct parser *p, struct span word, struct span value)
{
	struct test *t = add_test(p, TEST_CLIENT, 0, word);
	const char *wrong;

	if (t == NULL)
		return;
	if (t->valued) {
		parser_complain(p, word, "is there twice in this entry");
		return;
	}
	t->valued = true;
	if ((wrong = net_parse(&t->net, value)) != NULL)
		parser_complain(p, word, wrong);
	p->c->looks |= 1u << TEST_CLIENT;
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
		parser_complain(p, word, "there are more than 21 functions in the file");
		return;
	}
	memcpy(c->word[i], name.p, name.n);
	current(p)->treatment = i;
	if (++p->actions == 2)
		parser_complain(p, word, "is a second action for this entry");
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
		parser_complain(p, word, no_function((struct span){ " ", 1 }));
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
		parser_complain(p, word, wrong);
}

static void
take_delete(struct parser *p, struct span word, struct span value)
{
	if (is(value, "1"))
		take_treatment(p, word, (struct span){ "delete", 6 });
	else
		parser_complain(p, word, "can only be 1");
}

static const struct {
	const char *word;
	enum test_of of;
} PATTERNS[] = {
	{ "in-channel", TEST_CHANNEL }, { "in-chan", TEST_CHANNEL }, { "in-type", TEST_TYPE },
	{ "in-subtype", TEST_SUBTYPE }, { "in-disposition", TEST_DISPOSITION },
	{ "in-description", TEST_DESCRIPTION }, { "in-name", TEST_NAME },
	{ "in-from", TEST_FROM }, { "in-to", TEST_TO },
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
			parser_complain(p, word, "lacks its number");
		else if (!number((struct span){ word.p + n + 1, word.n - n - 1 }, 99, &which))
			parser_complain(p, word, "has no number from 0 to 99 at its end");
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
			parser_complain(p, word, ELSEWHERE[i].what);
			return;
		}
	parser_complain(p, word, "is not known here");
}

void
clause_take(struct parser *p, struct span word, struct span value)
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
	else if (is(word, "in-client"))
		take_client(p, word, value);
	else if (is(word, "command"))
		take_command(p, word, value);
	else if (is(word, "delete"))
		take_delete(p, word, value);
	else if (!take_numbered(p, word, value) && !without_effect(word))
		complain_unknown(p, word);
}
