/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/treat.h"
#include "cmd/mimesplit/match.h"
#include "cmd/mimesplit/split.h"
#include "common/cli.h"
#include "common/fieldtext.h"
#include "common/nameform.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum {
	FACTS_MAX = 256,
	FOLD_STEPS = 16		/* as many of match.h take as long as to fold an octet */
};

static const unsigned STANDARD = 1u << TREAT_STANDARD, PASS = 1u << TREAT_PASS;

/* What is known of the part that is looked at. */
struct about {
	struct facts f;
	struct fact fact[FACTS_MAX];
	char bytes[4 * RECORD_MAX];
	size_t n;
	bool named;		/* but by its place or description */
	struct fold fold;
};

struct tell {
	const char *path;
	bool warn;
};

static void
tell(void *ctx, unsigned long line, struct span word, const char *what, bool warning)
{
	const struct tell *t = ctx;

	if (warning && !t->warn)
		return;
	warnx("%s: line %lu: %s%.*s%s%s", t->path, line, warning ? "warning: " : "",
	    (int)(word.n < 100 ? word.n : 100), word.p, word.n > 0 ? " " : "", what);
}

bool
treat_read(struct conversions *c, const char *path, bool warn)
{
	static char text[CONVERSIONS_MAX + 1];
	struct tell t = { path, warn };
	FILE *f = cli_file(path);
	size_t n;
	int wrong;

	n = fread(text, 1, sizeof text, f);
	if (ferror(f))
		err(EXIT_RETRY, "%s", path);
	fclose(f);
	if ((wrong = conversions_parse(c, text, n, tell, &t)) < 0)
		err(EXIT_RETRY, "memory");
	return wrong == 0;
}

static struct fact *
add_fact(struct about *a, enum fact_of of, struct span value)
{
	struct fact *f = &a->fact[a->f.n];

	if (a->f.n == FACTS_MAX || sizeof a->bytes - a->n < value.n) {
		a->f.unknown = true;
		return NULL;
	}
	*f = (struct fact){ .of = of };
	f->value = (struct span){ a->bytes + a->n, record_decode(a->bytes + a->n, value) };
	a->n += f->value.n;
	a->f.n++;
	return f;
}

/* NAME:VALUE, split after it was decoded. */
static void
add_tagged(struct about *a, enum fact_of of, struct span value)
{
	struct fact *f = add_fact(a, of, value);
	const char *colon;

	if (f == NULL || (colon = memchr(f->value.p, ':', f->value.n)) == NULL)
		return;
	f->name = (struct span){ f->value.p, (size_t)(colon - f->value.p) };
	f->value.n -= f->name.n + 1;
	f->value.p = colon + 1;
}

static void
add_traits(struct about *a, const char *traits)
{
	static const struct {
		const char *key;
		enum fact_of of;
		bool tagged;
	} KEYS[] = {
		{ "type", FACT_TYPE, false }, { "disposition", FACT_DISPOSITION, false },
		{ "description", FACT_DESCRIPTION, false },
		{ "parameter", FACT_PARAMETER, true }, { "dparameter", FACT_DPARAMETER, true },
	};
	struct word w;

	for (size_t at = 0; record_word(traits, strlen(traits), &at, &w); )
		for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
			if (w.key.n != strlen(KEYS[i].key) ||
			    memcmp(w.key.p, KEYS[i].key, w.key.n) != 0)
				continue;
			if (KEYS[i].tagged)
				add_tagged(a, KEYS[i].of, w.value);
			else
				add_fact(a, KEYS[i].of, w.value);
		}
}

/* Many forms are alike. */
static bool
add_form(void *ctx, struct span form)
{
	struct about *a = ctx;
	struct fact *f;

	for (size_t i = 0; i < a->f.n; i++)
		if (a->fact[i].of == FACT_NAME && a->fact[i].value.n == form.n &&
		    memcmp(a->fact[i].value.p, form.p, form.n) == 0)
			return true;
	if (a->f.n == FACTS_MAX || sizeof a->bytes - a->n < form.n) {
		a->f.unknown = true;
		return false;
	}
	f = &a->fact[a->f.n++];
	*f = (struct fact){ .of = FACT_NAME, .value = { a->bytes + a->n, form.n } };
	memcpy(a->bytes + a->n, form.p, form.n);
	a->n += form.n;
	return true;
}

static void
spend(unsigned long long *steps, unsigned long long n)
{
	*steps -= n < *steps ? n : *steps;
}

static void
add_name(struct about *a, struct span name, unsigned long long *steps)
{
	unsigned long long octets = 0;

	if (name.n > 0 && !nameform_all(name, &a->fold, &octets, add_form, a))
		err(EXIT_RETRY, "memory");
	spend(steps, FOLD_STEPS * (octets + 1));
}

static bool
is(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* Of one type whose description is of what is shown, not of a file. */
static bool
is_shown(const char *words)
{
	struct span type;

	return !record_get(words, strlen(words), "type", &type) ||
	    fieldtext_at(type, 0, "text/") || fieldtext_at(type, 0, "multipart/") ||
	    fieldtext_at(type, 0, "message/");
}

/*
 * The names among the words: those of a description or a location, or all others.
 * suffixcheck looks at the same.
 */
static void
add_names(struct about *a, const char *words, bool by_place, unsigned long long *steps)
{
	static char bytes[RECORD_MAX];
	struct word w;

	for (size_t at = 0; record_word(words, strlen(words), &at, &w) && *steps > 0; ) {
		struct span source, name;
		bool description, location;

		if (!is(w.key, "name"))
			continue;
		source = (struct span){ bytes, record_decode(bytes, w.value) };
		for (name = source; name.n > 0 && *name.p != ':'; name.p++)
			name.n--;
		source.n -= name.n;
		name.p += name.n > 0;
		name.n -= name.n > 0;
		description = is(source, "description");
		location = is(source, "location");
		if ((description || location) != by_place || (description && is_shown(words)))
			continue;
		a->named |= !by_place && name.n > 0;
		add_name(a, location ? nameform_location(name) : name, steps);
	}
}

/* Those by its place are names where there are no others. */
static void
add_all_names(struct about *a, const char *words, unsigned long long *steps)
{
	if (words == NULL || a->named)
		return;
	add_names(a, words, false, steps);
	if (!a->named)
		add_names(a, words, true, steps);
}

/*
 * A part without a head of its own is under that of what holds it; a file that
 * was carried in a text is a file to some besides.
 */
static unsigned
treatments(struct split *s, unsigned long part, const bool *elsewhere,
    unsigned long long *steps)
{
	static struct about a;
	static const struct span FILE_TYPE = { "application/octet-stream", 24 };
	const struct entry *e = s->outline.entry, *own = &e[part];
	const struct conversions *c = s->outline.conversions;
	unsigned long head = outline_headed(&s->outline, part);

	a.f = (struct facts){ .inside = s->inside, .elsewhere = elsewhere,
	    .size = own->size, .fact = a.fact, .doubt = own->doubt || e[head].doubt,
	    .unknown = own->unknown || e[head].unknown };
	a.n = 0;
	a.named = false;
	if (e[head].traits != NULL)
		add_traits(&a, e[head].traits);
	if (head != part && own->reading == NULL)
		add_fact(&a, FACT_TYPE, FILE_TYPE);
	if ((c->looks & 1u << TEST_NAME) != 0) {
		add_all_names(&a, own->words, steps);
		if (head != part)
			add_all_names(&a, e[head].words, steps);
	}
	return match_treatments(c, &a.f, steps);
}

static bool
several(unsigned set)
{
	return (set & (set - 1)) != 0;
}

/* Of two or more the standard checks are one, and then nothing passes. */
static unsigned
together(unsigned set)
{
	return several(set) ? (set | STANDARD) & ~PASS : set;
}

static bool
says_container(const char *traits)
{
	struct word w;

	for (size_t at = 0; record_word(traits, strlen(traits), &at, &w); )
		if (w.key.n == 4 && memcmp(w.key.p, "type", 4) == 0 &&
		    (fieldtext_at(w.value, 0, "multipart/") ||
		    fieldtext_at(w.value, 0, "message/")))
			return true;
	return false;
}

/* What has no bytes of its own; a multipart or a message, encoded, that was opened. */
static bool
is_container(const struct entry *e)
{
	return !e->file || (e->holds && e->traits != NULL && says_container(e->traits));
}

static void
set_each(struct split *s, unsigned long long *steps)
{
	static bool elsewhere[CONVERSIONS_ENTRIES];
	struct outline *o = &s->outline;

	match_envelope(o->conversions, s->parties, steps, elsewhere);
	for (unsigned long i = 1; i < o->count; i++)
		o->entry[o->entry[i].parent].holds = true;
	for (unsigned long i = 0; i < o->count && *steps > 0; i++) {
		struct entry *e = &o->entry[i];

		e->treat = is_container(e) ? STANDARD : treatments(s, i, elsewhere, steps);
		if (i == 0 && e->treat != STANDARD)
			e->treat = (e->treat | STANDARD) & ~PASS;
	}
}

/* Those of a part and of all its readings become one set. */
static void
join_readings(struct outline *o)
{
	struct entry *e = o->entry;

	for (unsigned long i = o->count; i-- > 0; )
		if (e[i].reading != NULL)
			e[e[i].of].readings |= e[i].treat | e[i].readings;
	for (unsigned long i = 0; i < o->count; i++) {
		if (e[i].reading != NULL)
			e[i].readings |= e[e[i].of].readings | e[e[i].of].treat;
		if (!is_container(&e[i]))
			e[i].treat |= e[i].readings;
		e[i].treat = together(e[i].treat);
	}
}

static bool
applies(const struct entry *e, unsigned treatment)
{
	unsigned bit = 1u << treatment;

	return (e->treat & bit) != 0 && (treatment != TREAT_STANDARD || e->treat != bit);
}

/* The first and the last of the next run of parts that it applies to. */
static bool
next_run(const struct outline *o, unsigned treatment, unsigned long *from,
    unsigned long *to)
{
	while (*from < o->count && !applies(&o->entry[*from], treatment))
		++*from;
	for (*to = *from; *to + 1 < o->count && applies(&o->entry[*to + 1], treatment); )
		++*to;
	return *from < o->count;
}

/* The words apply=TREATMENT:PARTS; false: there is no room for them. */
static bool
tell_apply(struct outline *o, size_t room)
{
	size_t n = 0;

	if ((o->apply = malloc(room)) == NULL)
		err(EXIT_RETRY, "memory");
	o->apply[0] = '\0';
	for (unsigned t = 0; t < TREATMENTS && o->conversions->word[t][0] != '\0'; t++) {
		unsigned long from = 0, to;
		bool first = true;

		for (; next_run(o, t, &from, &to); from = to + 1, first = false) {
			n += (size_t)snprintf(o->apply + n, room - n, "%s%s%s%lu",
			    first ? " apply=" : ",", first ? o->conversions->word[t] : "",
			    first ? ":" : "", from);
			if (n < room && to > from)
				n += (size_t)snprintf(o->apply + n, room - n, "-%lu", to);
			if (n >= room)
				return false;
		}
	}
	return true;
}

static unsigned long
calls(const struct outline *o)
{
	unsigned long n = 0;

	for (unsigned long i = 0; i < o->count; i++)
		for (unsigned t = TREAT_FUNCTION; t < TREATMENTS; t++)
			n += applies(&o->entry[i], t);
	return n;
}

void
treat_parts(struct split *s)
{
	struct outline *o = &s->outline;
	unsigned long long steps = MATCH_STEPS;

	set_each(s, &steps);
	join_readings(o);
	if (steps > 0 && calls(o) <= TREAT_CALLS &&
	    tell_apply(o, outline_room(o, TREAT_APPLY)))
		return;
	outline_limit(o, LIMIT_CONVERSIONS, 0);
	for (unsigned long i = 0; i < o->count; i++)
		o->entry[i].treat = STANDARD;
	if (o->apply != NULL)
		o->apply[0] = '\0';
}
