/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/agenda.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t
mix(size_t h, unsigned long long v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* The same bytes read in the same way: whose reading it is does not matter. */
static size_t
hash(const struct agenda *a, const struct task *t)
{
	size_t h = mix(a->key, t->message);

	h = mix(h, t->message ? 0 : t->source);
	h = mix(mix(h, t->from), t->to);
	h = mix(mix(h, t->rules), t->carriers);
	h = mix(mix(mix(h, t->body), t->is), t->coding);
	h = mix(mix(mix(h, t->look), t->plain), t->slight);
	h = mix(mix(h, t->digest), t->nboundary);
	for (size_t i = 0; i < t->nboundary; i++)
		h = mix(h, (unsigned char)t->boundary[i]);
	return h;
}

static bool
equal(const struct task *a, const struct task *b)
{
	return a->message == b->message && (a->message || a->source == b->source) &&
	    a->from == b->from && a->to == b->to && a->rules == b->rules &&
	    a->carriers == b->carriers && a->body == b->body && a->is == b->is &&
	    a->coding == b->coding && a->digest == b->digest &&
	    a->look == b->look && a->plain == b->plain && a->slight == b->slight &&
	    a->nboundary == b->nboundary &&
	    (a->nboundary == 0 || memcmp(a->boundary, b->boundary, a->nboundary) == 0);
}

/* The slot of a task: empty (0), or one more than the index of its equal. */
static size_t *
slot(const struct agenda *a, const struct task *t)
{
	size_t at = hash(a, t) & (a->slots - 1);

	while (a->slot[at] != 0 && !equal(&a->task[a->slot[at] - 1], t))
		at = (at + 1) & (a->slots - 1);
	return &a->slot[at];
}

static void
grow(struct agenda *a)
{
	a->room = a->room ? a->room * 2 : 16;
	a->slots = a->room * 2;
	a->task = reallocarray(a->task, a->room, sizeof *a->task);
	free(a->slot);
	a->slot = calloc(a->slots, sizeof *a->slot);
	if (a->task == NULL || a->slot == NULL)
		err(EXIT_RETRY, "memory");
	/* A sender who knew the key could make every task look like the last. */
	if (a->key == 0 && getrandom(&a->key, sizeof a->key, 0) != sizeof a->key)
		err(EXIT_RETRY, "random numbers");
	for (size_t i = 0; i < a->staged; i++)
		*slot(a, &a->task[i]) = i + 1;
}

static unsigned long long
cost(const struct task *t)
{
	return t->to - t->from + AGENDA_EACH;
}

bool
agenda_add(struct agenda *a, const struct task *t, unsigned long long allowed)
{
	struct task *mine;

	if (t->from >= t->to)
		return true;
	if (a->count == AGENDA_MOST || a->cost + cost(t) > a->times * allowed + AGENDA_MORE)
		return false;
	if (a->count == a->room)
		grow(a);
	a->cost += cost(t);
	mine = &a->task[a->count++];
	*mine = *t;
	if (t->boundary != NULL) {
		if ((mine->boundary = malloc(t->nboundary + 1)) == NULL)
			err(EXIT_RETRY, "memory");
		memcpy(mine->boundary, t->boundary, t->nboundary);
	}
	return true;
}

void
agenda_charge(struct agenda *a, unsigned long long bytes)
{
	a->cost += bytes;
}

void
agenda_commit(struct agenda *a, unsigned long base, const unsigned long *now,
    const unsigned long *file)
{
	size_t end = a->count;

	a->count = a->staged;
	for (size_t i = a->staged; i < end; i++) {
		struct task t = a->task[i];
		size_t *at = NULL;

		if (now != NULL && t.of >= base)
			t.of = now[t.of - base];
		if (now != NULL && !t.message && t.source >= base)
			t.source = file[t.source - base];
		if ((!t.message && t.source == AGENDA_NONE) || *(at = slot(a, &t)) != 0) {
			a->cost -= cost(&t);
			free(t.boundary);
			continue;
		}
		a->task[a->count++] = t;
		*at = a->count;
	}
	a->staged = a->count;
}

/* Most of what these bring is found in other ways too, and told as that. */
static bool
late(const struct task *t)
{
	return (t->rules & RULE_ANYWHERE) != 0;
}

bool
agenda_take(struct agenda *a, struct task *t)
{
	while (a->next < a->staged && late(&a->task[a->next]))
		a->next++;
	if (a->next < a->staged) {
		*t = a->task[a->next++];
		return true;
	}
	while (a->late < a->staged && !late(&a->task[a->late]))
		a->late++;
	if (a->late == a->staged)
		return false;
	*t = a->task[a->late++];
	return true;
}

void
agenda_free(struct agenda *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->task[i].boundary);
	free(a->task);
	free(a->slot);
	memset(a, 0, sizeof *a);
}
