/* SPDX-License-Identifier: ISC */
#include "cmd/relaycheck/mapping.h"
#include "common/fieldtext.h"

#include <stdlib.h>
#include <string.h>

/* --- templates -------------------------------------------------------------------- */

struct compiler {
	struct maptemplate *t;
	struct span text;
	size_t at;
	size_t used;		/* of t->text */
	size_t wildcards;
	bool said;
	bool calling;		/* in the argument of a table */
	struct mapwrong *wrong;
};

static bool
complain(struct compiler *c, size_t from, size_t n, const char *what)
{
	if (n > c->text.n - from)
		n = c->text.n - from;
	*c->wrong = (struct mapwrong){ { c->text.p + from, n }, what };
	return false;
}

static struct mapstep *
add_step(struct compiler *c, enum mapping_op op)
{
	struct mapstep *s = &c->t->step[c->t->n++];

	*s = (struct mapstep){ .op = op };
	return s;
}

static void
add_byte(struct compiler *c, char byte)
{
	struct mapstep *last = c->t->n > 0 ? &c->t->step[c->t->n - 1] : NULL;

	c->t->text[c->used] = byte;
	if (last != NULL && last->op == MAPPING_TEXT)
		last->text.n++;
	else
		add_step(c, MAPPING_TEXT)->text = (struct span){ c->t->text + c->used, 1 };
	c->used++;
}

/* Behind `$|': the name of a table and its semicolon. */
static bool
add_call(struct compiler *c, size_t from)
{
	size_t start = c->at, first = c->used;
	struct mapstep *s;

	while (c->at < c->text.n && strchr("|;$", c->text.p[c->at]) == NULL)
		c->t->text[c->used++] = c->text.p[c->at++];
	if (c->at == start || c->at == c->text.n || c->text.p[c->at] != ';')
		return complain(c, from, c->at - from, "asks no table: write $|TABLE;ARGUMENT|");
	c->at++;
	c->calling = true;
	s = add_step(c, MAPPING_CALL);
	s->text = (struct span){ c->t->text + first, c->used - first };
	s->guarded = c->t->control == MAPPING_NEXT;
	return true;
}

static bool
add_capture(struct compiler *c, size_t from, char digit)
{
	unsigned capture = (unsigned)(digit - '0');

	if (capture >= c->wildcards)
		return complain(c, from, 2, "is a wildcard that the pattern does not have: "
		    "the first one is $0");
	add_step(c, MAPPING_CAPTURE)->capture = capture;
	return true;
}

static bool
add_saying(struct compiler *c, size_t from, enum mapping_op op)
{
	if (c->said)
		return complain(c, from, 2, "says yes or no once more");
	c->said = true;
	add_step(c, op);
	return true;
}

/* `$:' or `$;', at the flag. */
static bool
add_flag(struct compiler *c, size_t from, enum mapping_op op)
{
	if (c->at == c->text.n || fieldtext_lower(c->text.p[c->at]) != 'a')
		return complain(c, from, 3, "is a flag that is not understood: A, of a sender "
		    "who authenticated, is");
	c->at++;
	add_step(c, op);
	return true;
}

static const char *
why_not(char c)
{
	switch (c) {
	case '[':
		return "calls a routine of the site, which is not understood";
	case ']':
		return "asks a directory, which is not understood";
	case '{':
	case '(':
		return "asks a database, which is not understood";
	case '#':
		return "is a number in sequence, which is not understood";
	case '?':
		return "is a matter of chance, which is not understood";
	case '^':
	case '\\':
	case '_':
		return "changes the case of letters, which is not understood";
	case '=':
		return "quotes what follows, which is not understood";
	case 'f':
	case 'F':
		return "is not understood: write $N for no";
	default:
		return "is not understood in a template";
	}
}

/* c: in lower case. */
static bool
set_control(struct compiler *c, char sign)
{
	static const char SIGNS[] = { 'e', 'c', 'r', 'l' };
	const char *found = memchr(SIGNS, sign, sizeof SIGNS);

	if (found != NULL)
		c->t->control = (enum mapping_control)(found - SIGNS);
	return found != NULL;
}

/* What stands at c->at, behind a `$'. */
static bool
escaped(struct compiler *c)
{
	size_t from = c->at - 1;
	char sign, lower;

	if (c->at == c->text.n)
		return complain(c, from, 1, "stands at the end of a template");
	sign = c->text.p[c->at++];
	lower = fieldtext_lower(sign);
	if (sign != '\0' && strchr("$ \t*%", sign) != NULL) {
		add_byte(c, sign);
		return true;
	}
	if (sign >= '0' && sign <= '9')
		return add_capture(c, from, sign);
	if (c->calling)
		return complain(c, from, 2, "is not understood in the argument of a table");
	if (sign == '|')
		return add_call(c, from);
	if (sign == ':' || sign == ';')
		return add_flag(c, from, sign == ':' ? MAPPING_IF_AUTH : MAPPING_UNLESS_AUTH);
	if (lower == 'y' || lower == 'n')
		return add_saying(c, from, lower == 'y' ? MAPPING_SAY_YES : MAPPING_SAY_NO);
	return set_control(c, lower) || complain(c, from, 2, why_not(sign));
}

static bool
compile(struct compiler *c)
{
	while (c->at < c->text.n) {
		char byte = c->text.p[c->at++];

		if (byte == '|' && c->calling) {
			c->calling = false;
			add_step(c, MAPPING_RETURN);
		} else if (byte != '$')
			add_byte(c, byte);
		else if (!escaped(c))
			return false;
	}
	return !c->calling || complain(c, c->text.n, 0, "a table is asked, and the | that "
	    "ends its argument is missing");
}

int
mapping_template(struct maptemplate *t, struct span text, size_t wildcards,
    struct mapwrong *wrong)
{
	struct compiler c = { .t = t, .text = text, .wildcards = wildcards, .wrong = wrong };
	struct mapstep *fit;

	*t = (struct maptemplate){ .n = 0 };
	if (text.n > MAPPING_TEMPLATE) {
		*wrong = (struct mapwrong){ { text.p, 0 }, "a template of more than 1024 bytes" };
		return 1;
	}
	t->step = calloc(text.n + 1, sizeof *t->step);
	t->text = malloc(text.n + 1);
	if (t->step == NULL || t->text == NULL) {
		mapping_template_free(t);
		return -1;
	}
	if (!compile(&c)) {
		mapping_template_free(t);
		return 1;
	}
	fit = reallocarray(t->step, t->n + 1, sizeof *fit);
	if (fit != NULL)
		t->step = fit;
	return 0;
}

void
mapping_template_free(struct maptemplate *t)
{
	free(t->step);
	free(t->text);
	*t = (struct maptemplate){ .n = 0 };
}

bool
mapping_unconditional(const struct maptemplate *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->step[i].op == MAPPING_IF_AUTH || t->step[i].op == MAPPING_UNLESS_AUTH ||
		    t->step[i].op == MAPPING_CALL)
			return false;
	return true;
}

const struct mapstep *
mapping_says(const struct maptemplate *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->step[i].op == MAPPING_SAY_YES || t->step[i].op == MAPPING_SAY_NO)
			return &t->step[i];
	return NULL;
}

/* --- a table asked ---------------------------------------------------------------- */

enum { CALL_COST = 1000 };	/* steps */

/* One question, with all that is asked for it. */
struct asking {
	const struct mapping_question *q;
	size_t fired, nested;
	unsigned long long steps;
};

enum outcome { PASSES_BY, FIRES, AT_LIMIT, NO_MEMORY };

/* What a template makes. */
struct made {
	const struct mapstep *saying;	/* NULL: not said */
	size_t said_at;			/* of text */
	size_t n;
	char text[MAPPING_MAX];
};

static enum mapping_said ask_table(struct asking *k, const struct maptable *table,
    struct span probe, struct mapping_answer *a);

static bool
add(struct made *m, struct span s)
{
	if (s.n > sizeof m->text - m->n)
		return false;
	if (s.n > 0)
		memcpy(m->text + m->n, s.p, s.n);
	m->n += s.n;
	return true;
}

/* The text from `from' is asked of a table, and what that makes takes its place. */
static enum outcome
call(struct asking *k, const struct maptable *table, struct made *m, size_t from)
{
	struct span probe = { m->text + from, m->n - from };
	struct mapping_answer *a;
	enum mapping_said said;
	enum outcome o;

	if (k->nested == MAPPING_NESTED - 1 || k->steps <= CALL_COST)
		return AT_LIMIT;
	k->steps -= CALL_COST;
	if ((a = malloc(sizeof *a)) == NULL)
		return NO_MEMORY;
	k->nested++;
	said = ask_table(k, table, probe, a);
	k->nested--;
	m->n = from;
	if (said == MAPPING_LIMIT || said == MAPPING_MEMORY)
		o = said == MAPPING_LIMIT ? AT_LIMIT : NO_MEMORY;
	else if (said != MAPPING_YES)
		o = PASSES_BY;
	else
		o = add(m, (struct span){ a->text, a->n }) ? FIRES : AT_LIMIT;
	free(a);
	return o;
}

/* *from: where an argument began. */
static enum outcome
take_step(struct asking *k, const struct mapstep *s, const struct span *capture,
    struct made *m, size_t *from)
{
	switch (s->op) {
	case MAPPING_TEXT:
		return add(m, s->text) ? FIRES : AT_LIMIT;
	case MAPPING_CAPTURE:
		return add(m, capture[s->capture]) ? FIRES : AT_LIMIT;
	case MAPPING_SAY_YES:
	case MAPPING_SAY_NO:
		m->saying = s;
		m->said_at = m->n;
		return FIRES;
	case MAPPING_IF_AUTH:
		return k->q->authenticated ? FIRES : PASSES_BY;
	case MAPPING_UNLESS_AUTH:
		return k->q->authenticated ? PASSES_BY : FIRES;
	case MAPPING_CALL:
		*from = m->n;
		return FIRES;
	case MAPPING_RETURN:
		break;
	}
	return FIRES;
}

static enum outcome
make(struct asking *k, const struct maptemplate *t, const struct span *capture,
    struct made *m)
{
	const struct maptable *table = NULL;
	size_t from = 0;

	m->n = 0;
	m->saying = NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct mapstep *s = &t->step[i];
		enum outcome o = s->op == MAPPING_RETURN ? call(k, table, m, from) :
		    take_step(k, s, capture, m, &from);

		if (o != FIRES)
			return o;
		if (s->op == MAPPING_CALL)
			table = s->table;
	}
	return FIRES;
}

static enum outcome
try(struct asking *k, const struct mapentry *e, const struct mapping_answer *a,
    struct made *m)
{
	struct span capture[MAPMATCH_CAPTURES];
	int matches = mapmatch(&e->pattern, (struct span){ a->text, a->n }, capture, &k->steps);

	if (matches < 0)
		return k->steps == 0 ? AT_LIMIT : NO_MEMORY;
	return matches == 0 ? PASSES_BY : make(k, &e->template, capture, m);
}

static void
fire(struct asking *k, const struct maptable *table, const struct mapentry *e,
    const struct made *m, struct mapping_answer *a)
{
	memcpy(a->text, m->text, m->n);
	a->n = m->n;
	a->last = e;
	if (m->saying != NULL) {
		a->by = e;
		a->nreply = m->n - m->said_at;
		memcpy(a->reply, m->text + m->said_at, a->nreply);
	}
	if (k->q->fired != NULL)
		k->q->fired(k->q->to, table, e, (struct span){ a->text, a->n });
}

/* What comes behind entry i, which fired; table->entries: nothing does. */
static size_t
next(const struct maptable *table, size_t i)
{
	switch (table->entry[i].template.control) {
	case MAPPING_NEXT:
	case MAPPING_ONCE_MORE:
		return i + 1;
	case MAPPING_RESTART:
		return 0;
	case MAPPING_END:
		break;
	}
	return table->entries;
}

/* PASSES_BY: to its end. */
static enum outcome
go_through(struct asking *k, const struct maptable *table, struct made *m,
    struct mapping_answer *a)
{
	bool once_more = true;

	while (once_more) {
		once_more = false;
		for (size_t i = 0; i < table->entries; ) {
			const struct mapentry *e = &table->entry[i];
			enum outcome o = try(k, e, a, m);

			if (o == PASSES_BY) {
				i++;
				continue;
			}
			if (o != FIRES)
				return o;
			if (k->fired++ == MAPPING_FIRED)
				return AT_LIMIT;
			fire(k, table, e, m, a);
			once_more = e->template.control == MAPPING_ONCE_MORE;
			i = next(table, i);
		}
	}
	return PASSES_BY;
}

static enum mapping_said
ask_table(struct asking *k, const struct maptable *table, struct span probe,
    struct mapping_answer *a)
{
	struct made *m;
	enum outcome o;

	a->last = a->by = NULL;
	a->n = a->nreply = 0;
	if (probe.n > sizeof a->text)
		return MAPPING_LIMIT;
	if (probe.n > 0)
		memcpy(a->text, probe.p, probe.n);
	a->n = probe.n;
	if ((m = malloc(sizeof *m)) == NULL)
		return MAPPING_MEMORY;
	o = go_through(k, table, m, a);
	free(m);
	if (o != PASSES_BY)
		return o == AT_LIMIT ? MAPPING_LIMIT : MAPPING_MEMORY;
	if (a->by == NULL)
		return MAPPING_NOTHING;
	return mapping_says(&a->by->template)->op == MAPPING_SAY_YES ? MAPPING_YES : MAPPING_NO;
}

enum mapping_said
mapping_ask(const struct maptable *table, const struct mapping_question *q,
    struct mapping_answer *a)
{
	struct asking k = { .q = q, .steps = MAPPING_STEPS };

	return ask_table(&k, table, q->probe, a);
}
