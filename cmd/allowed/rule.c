/* SPDX-License-Identifier: ISC */
#include "cmd/allowed/rule.h"
#include "common/fieldtext.h"

#include <string.h>

static const char *const KIND[KINDS] = { [KIND_BANNED] = "banned", [KIND_ODD] = "odd",
    [KIND_ENCRYPTED] = "encrypted", [KIND_SIZE] = "size", [KIND_UNSCANNED] = "unscanned" };

static const char *const FIELD[FIELDS] = { [FIELD_FROM] = "from", [FIELD_TO] = "to",
    [FIELD_HOST] = "host", [FIELD_USER] = "user", [FIELD_CLIENT] = "client",
    [FIELD_SUFFIX] = "suffix" };

static bool
is(struct span s, const char *lower)
{
	return s.n == strlen(lower) && fieldtext_at(s, 0, lower);
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word from *at on; empty: there is none, or a comment begins. */
static struct span
next_word(struct span line, size_t *at)
{
	size_t start;

	while (*at < line.n && blank(line.p[*at]))
		++*at;
	start = *at;
	if (start < line.n && line.p[start] == '#')
		return (struct span){ line.p + start, 0 };
	while (*at < line.n && !blank(line.p[*at]))
		++*at;
	return (struct span){ line.p + start, *at - start };
}

static const char *
take_kind(struct rule *r, struct span word)
{
	unsigned kind = 0;

	if (is(word, "infected"))
		return "cannot be allowed: nothing infected passes";
	while (kind < KINDS && !is(word, KIND[kind]))
		kind++;
	if (kind == KINDS)
		return "is none of banned, odd, encrypted, size and unscanned";
	if ((r->kinds & 1u << kind) != 0)
		return "is there twice in this line";
	r->kinds |= 1u << kind;
	return NULL;
}

/* The kinds of a line, with commas between them. */
static const char *
take_kinds(struct rule *r, struct span word, struct span *about)
{
	const char *wrong = NULL;
	size_t n;

	for (size_t i = 0; wrong == NULL && i <= word.n; i += n + 1) {
		for (n = 0; i + n < word.n && word.p[i + n] != ','; )
			n++;
		*about = (struct span){ word.p + i, n };
		wrong = take_kind(r, *about);
	}
	return wrong;
}

/* Without the dots and the star that may stand before it. */
static const char *
take_suffix(struct rule *r, struct span value)
{
	while (value.n > 0 && (value.p[0] == '.' || value.p[0] == '*')) {
		value.p++;
		value.n--;
	}
	r->suffix = value;
	if (value.n == 0 || memchr(value.p, '*', value.n) != NULL)
		return "is no suffix, like .js";
	return NULL;
}

static const char *
take_pattern(struct rule *r, enum field field, struct span value, size_t *signs)
{
	struct wild *w = &r->pattern[field];

	/* Only a sender can be empty: that of a bounce. */
	if (value.n == 0 && field != FIELD_FROM)
		return "has no value; * is any";
	if (!wild_make(w, value, r->signs + *signs))
		return "has a value that ends in a bare $";
	*signs += w->n;
	return NULL;
}

static const char *
take_condition(struct rule *r, struct span word, size_t *signs)
{
	const char *equals = memchr(word.p, '=', word.n);
	struct span key = word, value;
	unsigned field = 0;

	if (equals == NULL)
		return "is no condition, like client=192.0.2.1";
	key.n = (size_t)(equals - word.p);
	value = (struct span){ equals + 1, word.n - key.n - 1 };
	while (field < FIELDS && !is(key, FIELD[field]))
		field++;
	if (field == FIELDS)
		return "is none of from=, to=, client=, host=, user= and suffix=";
	if ((r->has & 1u << field) != 0)
		return "is there twice in this line";
	r->has |= 1u << field;
	if (field == FIELD_CLIENT)
		return net_parse(&r->client, value);
	if (field == FIELD_SUFFIX)
		return take_suffix(r, value);
	return take_pattern(r, field, value, signs);
}

static const char *
no_text(struct span line)
{
	if (line.n > RULE_LINE)
		return "the line has more than 4000 bytes";
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] >= 0 && line.p[i] < ' ' && !blank(line.p[i])) ||
		    line.p[i] == 0x7f)
			return "the line holds a control character";
	return NULL;
}

const char *
rule_parse(struct rule *r, struct span line, struct span *about)
{
	const char *wrong = no_text(line);
	size_t at = 0, signs = 0;
	struct span word;

	r->kinds = r->has = 0;
	*about = (struct span){ "", 0 };
	if (wrong != NULL || (word = next_word(line, &at)).n == 0)
		return wrong;
	if ((wrong = take_kinds(r, word, about)) != NULL)
		return wrong;
	while ((*about = next_word(line, &at)).n > 0)
		if ((wrong = take_condition(r, *about, &signs)) != NULL)
			return wrong;
	if (r->has == 0)
		return "the line has no condition: it would allow that to everybody";
	if ((r->has & 1u << FIELD_SUFFIX) != 0 && r->kinds != 1u << KIND_BANNED)
		return "the line has a suffix=, which is a condition for banned alone";
	return NULL;
}

const char *
rule_doubt(const struct rule *r)
{
	const unsigned proved = 1u << FIELD_CLIENT | 1u << FIELD_HOST | 1u << FIELD_USER;

	if (r->kinds == 0 || (r->has & proved) != 0)
		return NULL;
	if ((r->has & 1u << FIELD_FROM) != 0)
		return "whoever writes that from= is allowed it: add client=, host= or user=";
	if ((r->has & 1u << FIELD_TO) == 0)
		return "the line is for everybody's mail";
	return NULL;
}

static bool
holds(const struct rule *r, unsigned field, const struct parties *p,
    unsigned long long *steps)
{
	switch (field) {
	case FIELD_FROM: return parties_from(p, r->pattern[FIELD_FROM], steps);
	case FIELD_TO: return parties_to(p, r->pattern[FIELD_TO], steps);
	case FIELD_HOST: return parties_host(p, r->pattern[FIELD_HOST], steps);
	case FIELD_USER: return parties_user(p, r->pattern[FIELD_USER], steps);
	case FIELD_CLIENT: return parties_client(p, &r->client);
	default: return true;
	}
}

bool
rule_holds(const struct rule *r, const struct parties *p, unsigned long long *steps)
{
	for (unsigned field = 0; field < FIELDS; field++)
		if ((r->has & 1u << field) != 0 && !holds(r, field, p, steps))
			return false;
	return *steps > 0;
}
