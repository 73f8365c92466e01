/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/ask.h"
#include "cmd/sigupdate/kinds.h"
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/say.h"
#include "common/cli.h"
#include "common/clock.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
ask_heard(struct run *r, const struct candidate *c)
{
	struct state_source *s = state_source(&r->state, c->source->name);
	const struct manifest_source *now = manifest_source(&r->now, c->source->name);

	s->heard = r->time;
	s->saidat = 0;
	snprintf(s->why, sizeof s->why, "%.*s", FETCH_WHY - 1, c->why);
	/* What was taken back is not what we have, however young it is. */
	if (c->made > 0 && c->why[0] == '\0')
		s->made = c->made;
	if (c->generation > s->highest)
		s->highest = c->generation;
	memset(s->said, 0, sizeof s->said);
	if (now == NULL)
		return;
	if (now->generation > s->highest)
		s->highest = now->generation;
	if ((c->tag[0] == '\0' && c->modified[0] == '\0') || c->why[0] != '\0')
		return;
	state_source_from(s, c->url);
	snprintf(s->tag, sizeof s->tag, "%s", c->tag);
	snprintf(s->modified, sizeof s->modified, "%s", c->modified);
	memcpy(s->of, now->id, sizeof s->of);
}

static void
ask_kind(struct run *r, struct candidate *c)
{
	static void (*const ASK[])(struct run *, struct candidate *) = {
		[SOURCE_SIGNED] = signed_ask, [SOURCE_ARCHIVE] = archive_ask,
		[SOURCE_CVD] = cvd_ask };

	if (c->source->kind == SOURCE_LOCAL)
		local_ask(r, c);
	else
		mirrors_ask(r, c, ASK[c->source->kind]);
}

/* What the run before this one learned, as far as it brought nothing. */
static bool
recall(struct candidate *c, const struct watch *w, size_t i)
{
	if (w->skip[i])
		candidate_is(c, OUTCOME_FAILED, "the run that asked it ended: it said why; the "
		    "others went on");
	else if (w->asked[i].known) {
		candidate_is(c, w->asked[i].outcome, "%s", w->asked[i].why);
		c->here = w->asked[i].here;
		c->until = w->asked[i].until;
	}
	return w->skip[i] || w->asked[i].known;
}

static void
note(const struct candidate *c, struct watch *w, size_t i)
{
	w->asked[i].known = c->outcome < OUTCOME_SAME;
	w->asked[i].outcome = c->outcome;
	w->asked[i].here = c->here;
	w->asked[i].until = c->until;
	memcpy(w->asked[i].why, c->why, sizeof c->why);
}

static void
ask_one(struct run *r, struct candidate *c, const struct source *s, struct watch *w, size_t i)
{
	memset(c, 0, sizeof *c);
	c->source = s;
	if (!recall(c, w, i)) {
		ask_kind(r, c);
		note(c, w, i);
	}
	if (c->outcome == OUTCOME_SAME && c->why[0] != '\0')
		say_plain("%s: %s", s->name, c->why);
	else if (c->outcome == OUTCOME_SAME)
		say_more("%s: nothing new", s->name);
	if (c->outcome == OUTCOME_NEW)
		say_more("%s: something new", s->name);
	if (c->outcome == OUTCOME_SAME) {
		ask_heard(r, c);
		if (!r->look)
			root_part_end(&r->root, s->name);
	}
}

static void
tidy_parts(struct run *r)
{
	const struct conf *c = r->conf;
	const char **names = calloc(c->sources, sizeof *names);

	if (names == NULL)
		err(EXIT_RETRY, "the sources");
	for (size_t i = 0; i < c->sources; i++)
		names[i] = c->source[i].name;
	root_parts_tidy(&r->root, names, c->sources);
	free(names);
}

/* Those of this machine, or the others. */
static void
ask_some(struct run *r, struct candidate *c, struct watch *w, bool local, long long end)
{
	const struct conf *conf = r->conf;
	long long left = 0;

	for (size_t i = 0; i < conf->sources; i++)
		left += (conf->source[i].kind == SOURCE_LOCAL) == local;
	for (size_t i = 0; i < conf->sources; i++) {
		const struct source *s = &conf->source[i];
		long long now = clock_ms(), most = (long long)s->limits.max_time * 1000;

		if ((s->kind == SOURCE_LOCAL) != local)
			continue;
		r->end = now + (most < (end - now) / left ? most : (end - now) / left);
		left--;
		w->asking = (int)i;
		ask_one(r, &c[i], s, w, i);
		w->asking = ASK_NOBODY;
		r->failed |= !r->failed && !state_write(&r->root, &r->state);
	}
}

void
ask_all(struct run *r, struct candidate *c, struct watch *w, unsigned long seconds)
{
	long long end = clock_ms() + (long long)seconds * 1000;

	if (!r->look)
		tidy_parts(r);
	ask_some(r, c, w, true, end);
	ask_some(r, c, w, false, end);
}
