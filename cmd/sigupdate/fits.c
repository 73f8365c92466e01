/* SPDX-License-Identifier: ISC */
/* What may be in one set. */
#include "cmd/sigupdate/assembly.h"
#include "cmd/sigupdate/cvdhead.h"
#include "cmd/sigupdate/part.h"
#include "cmd/sigupdate/pinned.h"
#include "common/cli.h"
#include "common/sigkind.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
assembly_is_in(const struct assembly *a, size_t i)
{
	return a->in[i] && a->c[i].outcome == OUTCOME_NEW;
}

size_t
assembly_new(const struct assembly *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += assembly_is_in(a, i);
	return n;
}

/* Files of a source that are in the set as it would be: of m, those that are its. */
static const struct manifest *
holds(const struct assembly *a, size_t i)
{
	return assembly_is_in(a, i) ? &a->c[i].brings : &a->r->now;
}

struct claim {
	char key[FILENAME_MAX_BYTES + 1];
	const char *name;
	size_t by;		/* a source; SIZE_MAX: by hand */
};

static int
by_key(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : (x->by > y->by) - (x->by < y->by);
}

static void
claim(struct claim *to, const char *name, size_t by)
{
	filename_key((struct span){ name, strlen(name) }, to->key);
	to->name = name;
	to->by = by;
}

/* All names of the set as it would be; how many.  To be freed. */
static struct claim *
claims(const struct assembly *a, size_t *n)
{
	size_t room = 1;
	struct claim *all;

	for (size_t i = 0; i < a->n; i++)
		room += holds(a, i)->files;
	for (char **s = a->r->strangers; s != NULL && *s != NULL; s++)
		room++;
	if ((all = calloc(room, sizeof *all)) == NULL)
		err(EXIT_RETRY, "the set");
	*n = 0;
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < holds(a, i)->files; j++)
			if (strcmp(holds(a, i)->file[j].source, a->c[i].source->name) == 0)
				claim(&all[(*n)++], holds(a, i)->file[j].name, i);
	for (char **s = a->r->strangers; s != NULL && *s != NULL; s++)
		claim(&all[(*n)++], *s, SIZE_MAX);
	qsort(all, *n, sizeof *all, by_key);
	return all;
}

/* Of two that bring one name the new one is refused, of two new ones the later. */
static bool
refuse_one(struct assembly *a, const struct claim *x, const struct claim *y)
{
	size_t of = y->by != SIZE_MAX && assembly_is_in(a, y->by) ? y->by : x->by;

	if (!assembly_is_in(a, of))
		return false;
	if (y->by == SIZE_MAX)
		candidate_is(&a->c[of], OUTCOME_REFUSED, "%s: somebody put a file of that name "
		    "into the current set by hand: take it away", x->name);
	else
		candidate_is(&a->c[of], OUTCOME_REFUSED, "%s: takes the place of %s, which source "
		    "%s brings", of == y->by ? y->name : x->name, of == y->by ? x->name : y->name,
		    a->c[of == y->by ? x->by : y->by].source->name);
	return true;
}

/* Refuses one that brings a name that another has; false: there is none. */
static bool
refuse_twin(struct assembly *a)
{
	size_t n;
	struct claim *all = claims(a, &n);
	bool refused = false;

	for (size_t i = 1; !refused && i < n; i++)
		if (strcmp(all[i - 1].key, all[i].key) == 0 && all[i - 1].by != all[i].by)
			refused = refuse_one(a, &all[i - 1], &all[i]);
	free(all);
	return refused;
}

/* Refuses the one that brings most, where they are more than a set may have. */
static bool
refuse_many(struct assembly *a)
{
	size_t n, most = SIZE_MAX;

	free(claims(a, &n));
	for (size_t i = 0; i < a->n; i++)
		if (assembly_is_in(a, i) && (most == SIZE_MAX ||
		    a->c[i].brings.files > a->c[most].brings.files))
			most = i;
	if (n <= MANIFEST_FILES || most == SIZE_MAX)
		return false;
	candidate_is(&a->c[most], OUTCOME_REFUSED, "with its %zu files the set would have more "
	    "than %d", a->c[most].brings.files, MANIFEST_FILES);
	return true;
}

/* What takes away from others' signatures is a site's own to say. */
static void
refuse_exceptions(struct assembly *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct source *s = a->c[i].source;
		const struct manifest *m = &a->c[i].brings;
		char name[FILENAME_MAX_BYTES + 1] = "";

		if (!assembly_is_in(a, i) || s->kind == SOURCE_LOCAL || s->exceptions)
			continue;
		for (size_t j = 0; name[0] == '\0' && j < m->files; j++)
			if (filename_excepts((struct span){ m->file[j].name,
			    strlen(m->file[j].name) }))
				memcpy(name, m->file[j].name, sizeof name);
		if (name[0] != '\0')
			candidate_is(&a->c[i], OUTCOME_REFUSED, "%s: takes away from what all "
			    "sources find: `allow exceptions' in the configuration, if that is meant",
			    name);
	}
}

bool
fits_less(const struct run *r, unsigned long long now, unsigned long long then,
    unsigned long shrink)
{
	return !r->smaller && now < then && (then - now) * 100 > then * shrink;
}

/* Of a source alone: beside a large one nobody would see that it is empty. */
static void
refuse_shrunk(struct assembly *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct source *s = a->c[i].source;
		const struct manifest_source *old = manifest_source(&a->r->now, s->name);
		unsigned long long sigs;

		if (!assembly_is_in(a, i) || old == NULL)
			continue;
		sigs = a->c[i].brings.source[0].sigs;
		if (fits_less(a->r, sigs, old->sigs, s->limits.shrink))
			candidate_is(&a->c[i], OUTCOME_REFUSED, "has %llu signatures, had %llu: that is "
			    "more than shrink, %lu%%, allows; if that is meant: sigupdate update -S",
			    sigs, old->sigs, s->limits.shrink);
	}
}

/* Of one name the file that has a lower number is older, whoever signed the set. */
static void
refuse_older(struct assembly *a, size_t i)
{
	struct candidate *c = &a->c[i];
	int part = root_part(&a->r->root, c->source->name);
	bool good = true;

	for (size_t j = 0; good && j < c->brings.files; j++) {
		char name[FILENAME_MAX_BYTES + 1], first[CVDHEAD_BYTES];
		struct cvdhead h;

		memcpy(name, c->brings.file[j].name, sizeof name);
		good = sigkind(name) != SIGKIND_CONTAINER || !part_head(part, name, first) ||
		    !cvdhead_parse(&h, (struct span){ first, sizeof first }) ||
		    pinned_number(a->r, c, name, h.number);
	}
	close(part);
}

void
fits_alone(struct assembly *a)
{
	refuse_exceptions(a);
	for (size_t i = 0; i < a->n; i++)
		if (assembly_is_in(a, i) &&
		    !(a->r->smaller && a->c[i].source->kind == SOURCE_LOCAL))
			refuse_older(a, i);
	refuse_shrunk(a);
}

void
fits_together(struct assembly *a)
{
	while (refuse_twin(a) || refuse_many(a))
		;
}
