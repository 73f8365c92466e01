/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
outcome_word(enum outcome o)
{
	static const char *const WORDS[] = { "later", "failed", "refused", "same", "new" };

	return WORDS[o];
}

__attribute__((format(printf, 3, 0))) static void
set(struct candidate *c, enum outcome o, const char *fmt, va_list ap)
{
	c->outcome = o;
	c->here = false;
	vsnprintf(c->why, sizeof c->why, fmt, ap);
	for (char *p = c->why; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = *p == '\n' ? ' ' : '?';
	if (o != OUTCOME_NEW)
		candidate_empty(c);
}

void
candidate_is(struct candidate *c, enum outcome o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, o, fmt, ap);
	va_end(ap);
}

void
candidate_here(struct candidate *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(c, OUTCOME_FAILED, fmt, ap);
	va_end(ap);
	c->here = true;
}

void
candidate_empty(struct candidate *c)
{
	manifest_free(&c->brings);
	memset(&c->brings, 0, sizeof c->brings);
}

const struct manifest_file *
candidate_old(const struct run *r, const struct source *s, const char *name)
{
	const struct manifest_file *f = manifest_file(&r->now, name);

	return f != NULL && strcmp(f->source, s->name) == 0 ? f : NULL;
}

bool
candidate_same_file(const struct manifest_file *a, const struct manifest_file *b)
{
	return a->size == b->size && memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

bool
candidate_add(struct candidate *c, const struct manifest_file *f)
{
	struct manifest_file own = *f;

	snprintf(own.source, sizeof own.source, "%s", c->source->name);
	if (manifest_add_file(&c->brings, &own))
		return true;
	candidate_is(c, OUTCOME_FAILED, "more files than there can be, or no memory");
	return false;
}

static unsigned long long
signatures(const struct manifest *m)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < m->files; i++)
		n += m->file[i].sigs;
	return n;
}

void
candidate_settle(struct run *r, struct candidate *c, unsigned long long generation, time_t made)
{
	const struct manifest_source *old = manifest_source(&r->now, c->source->name);
	struct manifest_source own = { .generation = generation, .made = made };

	c->generation = generation;
	c->made = made;
	snprintf(own.name, sizeof own.name, "%s", c->source->name);
	snprintf(own.kind, sizeof own.kind, "%s", conf_kind(c->source->kind));
	own.sigs = signatures(&c->brings);
	manifest_id(&c->brings, c->source->name, own.id);
	if (old == NULL ? c->brings.files == 0 :
	    memcmp(own.id, old->id, sizeof own.id) == 0) {
		candidate_is(c, OUTCOME_SAME, "%s", "");
		return;
	}
	if (state_is_refused(&r->state, c->source->name, own.id)) {
		candidate_is(c, OUTCOME_SAME, "it has what was taken back by hand; to have that, "
		    "go forward again: sigupdate rollback GENERATION");
		return;
	}
	if (manifest_add_source(&c->brings, &own))
		candidate_is(c, OUTCOME_NEW, "%s", "");
	else
		candidate_is(c, OUTCOME_FAILED, "no memory");
}
