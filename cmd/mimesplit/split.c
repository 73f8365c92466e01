/* SPDX-License-Identifier: ISC */
#include "cmd/mimesplit/split.h"
#include "cmd/mimesplit/carry.h"
#include "cmd/mimesplit/walk.h"
#include "common/cli.h"

#include <sys/random.h>

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

static void
list_texts(struct split *s)
{
	struct outline *o = &s->outline;

	if ((s->text = calloc(o->count, sizeof *s->text)) == NULL)
		err(EXIT_RETRY, "memory");
	for (unsigned long p = 0; p < o->count; p++)
		if (o->entry[p].raw)
			s->text[s->texts++] = p;
}

/*
 * One task.  What a first reading brings is told in any case; of what another
 * one brings, only what was not there.
 */
static void
take(struct split *s, const struct task *t)
{
	unsigned long base = s->outline.count;
	bool settles = t->reading != NULL || t->carriers != 0 || t->inner ||
	    s->outline.entry[t->of].aside;
	int fd = t->message ? s->message : workdir_part(&s->dir, t->source);

	if (fd < 0)
		err(EXIT_RETRY, "parts/%lu", t->source);
	if (t->carriers != 0)
		carry(s, t, fd);
	else
		walk_task(s, t, fd);
	if (!t->message)
		close(fd);
	if (settles)
		settle(s, base, t->of);
	else
		agenda_commit(&s->agenda, 0, NULL, NULL);
}

void
split_run(struct split *s, int in, void (*seen)(void *ctx, const char *p, size_t n),
    void *ctx)
{
	struct task t;

	if (getrandom(&s->boundaries.key, sizeof s->boundaries.key, 0) !=
	    sizeof s->boundaries.key)
		err(EXIT_RETRY, "random numbers");
	window_stream(&s->window, in);
	s->window.seen = seen;
	s->window.ctx = ctx;
	walk_message(s);
	agenda_commit(&s->agenda, 0, NULL, NULL);
	list_texts(s);
	while (agenda_take(&s->agenda, &t))
		take(s, &t);
	settle_numbers(s);
}

void
split_free(struct split *s)
{
	outline_free(&s->outline);
	agenda_free(&s->agenda);
	known_free(&s->known);
	free(s->text);
	s->text = NULL;
	s->texts = 0;
}

unsigned long long
split_words(const struct split *s)
{
	return 4 * s->seen + (1 << 20);
}

bool
split_room(struct split *s, unsigned long in)
{
	struct outline *o = &s->outline;

	if (o->live < s->max_parts && o->count < 4 * s->max_parts)
		return true;
	outline_limit(o, LIMIT_PARTS, in);
	return false;
}

void
split_add(struct split *s, const struct task *t)
{
	if (!agenda_add(&s->agenda, t, s->seen))
		outline_limit(&s->outline, LIMIT_READINGS, t->of);
}
