/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/traits.h"
#include "cmd/mimesplit/candidates.h"
#include "cmd/mimesplit/conversions.h"
#include "common/cli.h"
#include "common/encword.h"
#include "common/fieldtext.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 4096, DISPOSITION_MAX = 64, DESCRIPTION_MAX = 500 };

struct taker {
	struct record r;
	bool doubt;
	char text[FIELD_MAX];	/* the field that is read, unfolded */
};

/* A field without its folds and comments; what is too long or has any is in doubt. */
static struct span
unfold(struct taker *t, struct span v)
{
	size_t n;

	if (v.n > FIELD_MAX) {
		t->doubt = true;
		v.n = FIELD_MAX;
	}
	n = fieldtext(v, FIELDTEXT_ONEBLANK | FIELDTEXT_COMMENTS, t->text);
	t->doubt |= memchr(v.p, '(', v.n) != NULL;
	return fieldtext_trim((struct span){ t->text, n });
}

static void
skip_blanks(struct span *s)
{
	while (s->n > 0 && fieldtext_blank(s->p[0])) {
		s->p++;
		s->n--;
	}
}

/* The token that s begins with. */
static struct span
take_token(struct span *s)
{
	struct span token = { s->p, 0 };

	while (token.n < s->n && fieldtext_token(s->p[token.n]))
		token.n++;
	s->p += token.n;
	s->n -= token.n;
	return token;
}

/* A parameter's value, quoted or not; as it stands in the quotes. */
static struct span
take_value(struct taker *t, struct span *s)
{
	const char *end;
	struct span v;

	if (s->n == 0 || s->p[0] != '"')
		return take_token(s);
	end = memchr(s->p + 1, '"', s->n - 1);
	if (end == NULL) {
		t->doubt = true;
		v = (struct span){ s->p + 1, s->n - 1 };
		*s = (struct span){ s->p + s->n, 0 };
		return v;
	}
	v = (struct span){ s->p + 1, (size_t)(end - s->p) - 1 };
	t->doubt |= memchr(v.p, '\\', v.n) != NULL;
	s->n -= v.n + 2;
	s->p = end + 1;
	return v;
}

static void
add_parameter(struct taker *t, const char *key, struct span name, struct span value)
{
	char both[FIELD_MAX + 1];

	memcpy(both, name.p, name.n);
	both[name.n] = ':';
	memcpy(both + name.n + 1, value.p, value.n);
	record_add(&t->r, key, both, name.n + 1 + value.n);
}

/* What follows the value of a field: ; NAME=VALUE ... */
static void
add_parameters(struct taker *t, const char *key, struct span s)
{
	struct span name, value;

	for (; s.n > 0; skip_blanks(&s)) {
		if (s.p[0] != ';') {
			t->doubt = true;
			return;
		}
		s.p++;
		s.n--;
		skip_blanks(&s);
		if (s.n == 0)
			return;
		name = take_token(&s);
		skip_blanks(&s);
		if (name.n == 0 || s.n == 0 || s.p[0] != '=') {
			t->doubt = true;
			return;
		}
		s.p++;
		s.n--;
		skip_blanks(&s);
		value = take_value(t, &s);
		add_parameter(t, key, name, value);
	}
}

static void
add_dispositions(struct taker *t, const struct head *h, bool parameters)
{
	struct span v, token;
	char lower[DISPOSITION_MAX];

	if (h->count[HEAD_DISPOSITION] == 0)
		record_addstr(&t->r, "disposition", "");
	for (size_t i = 0; head_value(h, HEAD_DISPOSITION, i, &v); i++) {
		v = unfold(t, v);
		token = take_token(&v);
		t->doubt |= token.n == 0 || token.n > DISPOSITION_MAX || i > 0;
		if (token.n > DISPOSITION_MAX)
			token.n = DISPOSITION_MAX;
		for (size_t k = 0; k < token.n; k++)
			lower[k] = fieldtext_lower(token.p[k]);
		record_add(&t->r, "disposition", lower, token.n);
		skip_blanks(&v);
		t->doubt |= v.n > 0 && v.p[0] != ';';
		if (parameters)
			add_parameters(t, "dparameter", v);
	}
}

static void
add_types(struct taker *t, const struct head *h, bool digest, bool parameters)
{
	static struct candidates types;
	struct span v;
	bool plain;

	if (h->count[HEAD_TYPE] == 0)
		record_addstr(&t->r, "type", digest ? "message/rfc822" : "text/plain");
	for (size_t i = 0; head_value(h, HEAD_TYPE, i, &v); i++) {
		type_candidates(&types, v, &plain);
		t->doubt |= !plain || types.full || i > 0;
		for (size_t k = 0; k < types.count; k++)
			record_add(&t->r, "type", types.bytes + types.one[k].at,
			    types.one[k].n);
		if (!parameters)
			continue;
		v = unfold(t, v);
		while (v.n > 0 && v.p[0] != ';') {
			v.p++;
			v.n--;
		}
		add_parameters(t, "parameter", v);
	}
}

/* A description as it stands, and, if it has encoded words, as most decode them. */
static void
add_descriptions(struct taker *t, const struct head *h)
{
	static char decoded[2 * DESCRIPTION_MAX];
	struct span v;
	size_t n;

	for (size_t i = 0; head_value(h, HEAD_DESCRIPTION, i, &v); i++) {
		v = unfold(t, v);
		t->doubt |= i > 0 || v.n > DESCRIPTION_MAX;
		v.n = v.n < DESCRIPTION_MAX ? v.n : DESCRIPTION_MAX;
		record_add(&t->r, "description", v.p, v.n);
		if ((n = encword_decode(v.p, v.n, 0, decoded)) > 0)
			record_add(&t->r, "description", decoded, n);
	}
}

char *
traits_of(const struct head *h, bool digest, unsigned looks, bool *doubt)
{
	static struct taker t;
	char *words;

	record_start(&t.r);
	t.doubt = false;
	add_dispositions(&t, h, (looks & 1u << TEST_DPARAMETER) != 0);
	add_types(&t, h, digest, (looks & 1u << TEST_PARAMETER) != 0);
	if ((looks & 1u << TEST_DESCRIPTION) != 0)
		add_descriptions(&t, h);
	*doubt |= t.doubt;
	if ((words = strdup(t.r.text)) == NULL)
		err(EXIT_RETRY, "memory");
	return words;
}
