/* SPDX-License-Identifier: ISC */
#include "common/name.h"
#include "common/encword.h"
#include "common/fieldtext.h"
#include "common/reading.h"

#include <stdlib.h>
#include <string.h>

void
name_start(struct names *names)
{
	names->count = names->len = names->files = 0;
	names->full = false;
}

void
name_add(struct names *names, const char *source, const char *p, size_t n)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < names->count; i++)
		if (names->name[i].n == n &&
		    memcmp(names->bytes + names->name[i].at, p, n) == 0)
			return;
	if (names->count == NAME_COUNT || n > NAME_BYTES - names->len) {
		names->full = true;
		return;
	}
	memcpy(names->bytes + names->len, p, n);
	names->name[names->count].source = source;
	names->name[names->count].at = names->len;
	names->name[names->count++].n = n;
	names->len += n;
}

/* Names being read, and the field they are of. */
struct source {
	struct names *names;
	const char *field;
};

/* Does it end in a dot and then letters and digits? */
static bool
suffixed(struct span v)
{
	size_t n;

	while (v.n > 0 && (fieldtext_blank(v.p[v.n - 1]) || v.p[v.n - 1] == '.'))
		v.n--;
	for (n = v.n; n > 0 && ((v.p[n - 1] >= '0' && v.p[n - 1] <= '9') ||
	    (fieldtext_lower(v.p[n - 1]) >= 'a' && fieldtext_lower(v.p[n - 1]) <= 'z')); )
		n--;
	return n < v.n && n > 0 && v.p[n - 1] == '.';
}

static bool
add(void *arg, enum reading_kind kind, struct span v)
{
	static const char *const KIND[] = { NULL, "rfc2231", "word" };
	struct source *s = arg;
	size_t before = s->names->count;

	name_add(s->names, KIND[kind] != NULL ? KIND[kind] : s->field, v.p, v.n);
	if (s->names->count > before && (strcmp(s->field, "description") != 0 || suffixed(v)))
		s->names->files++;
	return s->names->count < NAME_COUNT || !s->names->full;
}

/* Has the quoted string at i a `;' in it, where some clients end it? */
static bool
semicolon(struct span v, size_t i)
{
	if (i >= v.n || v.p[i] != '"')
		return false;
	for (i++; i < v.n && v.p[i] != '"'; i++)
		if (v.p[i] == ';')
			return true;
	return false;
}

/* Has the value at i, without quotes, a byte in it where a strict client ends it? */
static bool
special(struct span v, size_t i)
{
	size_t from;

	while (i < v.n && fieldtext_blank(v.p[i]))
		i++;
	for (from = i; i < v.n && v.p[i] != ';' && !fieldtext_blank(v.p[i]); i++)
		if (v.p[i] == '"' && i == from)
			return false;
	v = (struct span){ v.p + from, i - from };
	if (v.n == 0 || encword_only(v.p, v.n))
		return false;
	for (i = 0; i < v.n; i++)
		if (strchr("/:?=", v.p[i]) != NULL)
			return true;
	return false;
}

/*
 * A field with nothing odd: at most one value of each form, each where it
 * belongs, and the pieces in their order.
 */
static bool
tidy(const struct readings *r)
{
	unsigned plain = 0, coded = 0;
	int pieces = 0;

	for (size_t i = 0; i < r->sites; i++) {
		const struct reading_site *s = &r->site[i];

		if (s->where == SITE_LONGER)
			continue;
		if (s->where != SITE_PROPER || semicolon(r->text, s->at) ||
		    special(r->text, s->at))
			return false;
		if (s->number >= 0 ? s->number != pieces++ :
		    (s->coded ? coded++ : plain++) > 0)
			return false;
	}
	return r->tidy;
}

/* The names in a field: parameters of that name. */
static void
parameters(struct readings *r, struct span field)
{
	static const char *const WORDS[] = { "filename", "name" };
	static const char *const FIELDS[] = { "filename", "type" };
	struct source *s = r->arg;

	for (size_t i = 0; i < 2; i++) {
		r->word = WORDS[i];
		r->other = i == 1 ? "file" : NULL;
		s->field = FIELDS[i];
		readings_find(r, field);
		r->tidy = tidy(r);
		readings_usual(r, r->tidy);
		if (r->tidy)
			readings_longer(r);
		else
			readings_odd(r);
		s->names->full = s->names->full || r->cut;
	}
}

/* A field that is a name as it stands. */
static void
whole(struct readings *r, const char *source, struct span v)
{
	static const unsigned HOW[] = { FIELDTEXT_UNFOLD, FIELDTEXT_ONEBLANK,
	    FIELDTEXT_NOBLANK, 0, FIELDTEXT_UNFOLD | FIELDTEXT_CONTROLS,
	    FIELDTEXT_UNFOLD | FIELDTEXT_COMMENTS };
	struct source *s = r->arg;
	bool location = strcmp(source, "location") == 0;

	s->field = source;
	v = fieldtext_trim(v);
	r->cut = v.n > r->max;
	r->stopped = false;
	r->tidy = true;
	for (size_t i = 0; i < sizeof HOW / sizeof HOW[0]; i++) {
		/* a description is no structured field: its brackets are text */
		if ((HOW[i] & FIELDTEXT_COMMENTS) != 0 && !location)
			continue;
		if (v.n <= r->max)
			readings_derive(r, READING_PLAIN, (struct span){ r->room,
			    fieldtext(v, HOW[i], r->room) });
	}
	s->names->full = s->names->full || r->cut;
}

/* Is there nothing to be read in these fields? */
static bool
no_names(const struct head *h, size_t *bytes)
{
	static const enum head_field NAMED[] = { HEAD_DISPOSITION, HEAD_TYPE,
	    HEAD_LOCATION, HEAD_DESCRIPTION, HEAD_SUN };
	struct span v;
	bool none = true;

	*bytes = 0;
	for (size_t f = 0; f < sizeof NAMED / sizeof NAMED[0]; f++) {
		for (size_t i = 0; head_value(h, NAMED[f], i, &v); i++) {
			struct readings r = { .word = "name", .effort = reading_effort(v.n) };

			*bytes += v.n;
			if (NAMED[f] == HEAD_TYPE || NAMED[f] == HEAD_DISPOSITION)
				readings_find(&r, v);
			none = none && r.tidy && r.sites == 0;
		}
	}
	return none;
}

int
name_collect(struct names *names, const struct head *h)
{
	struct source s = { .names = names };
	struct readings r = { .name = true, .max = NAME_BYTES, .tell = add, .arg = &s };
	struct span v;
	size_t bytes;

	if (no_names(h, &bytes))
		return 0;
	if ((r.room = malloc(READING_ROOM(NAME_BYTES))) == NULL)
		return -1;
	r.effort = reading_effort(bytes);
	for (size_t i = 0; head_value(h, HEAD_DISPOSITION, i, &v); i++)
		parameters(&r, v);
	for (size_t i = 0; head_value(h, HEAD_TYPE, i, &v); i++)
		parameters(&r, v);
	for (size_t i = 0; head_value(h, HEAD_LOCATION, i, &v); i++)
		whole(&r, "location", v);
	for (size_t i = 0; head_value(h, HEAD_DESCRIPTION, i, &v); i++)
		whole(&r, "description", v);
	for (size_t i = 0; head_value(h, HEAD_SUN, i, &v); i++)
		whole(&r, "sun", v);
	free(r.room);
	return 0;
}
