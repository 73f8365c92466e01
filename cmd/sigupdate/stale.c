/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/say.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *
stale_word(enum stale s)
{
	static const char *const WORDS[] = { "", "max-age", "changes" };

	return WORDS[s];
}

void
stale_span(time_t seconds, char text[STALE_SPAN])
{
	long long n = seconds < 0 ? 0 : (long long)seconds;

	if (n < 2 * 60)
		snprintf(text, STALE_SPAN, "%lld seconds", n);
	else if (n < 2 * 3600)
		snprintf(text, STALE_SPAN, "%lld minutes", n / 60);
	else if (n < 3 * 86400)
		snprintf(text, STALE_SPAN, "%lld hours", n / 3600);
	else
		snprintf(text, STALE_SPAN, "%lld days", n / 86400);
}

/* When it was heard last; 0: never.  A clock that was ahead is not believed. */
static time_t
heard(struct state *state, const struct manifest *now, const struct source *s, time_t time)
{
	time_t then = state_source(state, s->name)->heard;

	if (then == 0 && manifest_source(now, s->name) != NULL)
		then = now->made;
	return then > time ? time : then;
}

/* How old is what it has, as its author said last; 0: not known. */
static time_t
made(struct state *state, const struct manifest *now, const struct source *s)
{
	const struct manifest_source *has = manifest_source(now, s->name);
	time_t said = state_source(state, s->name)->made;

	return has != NULL && has->made > said ? has->made : said;
}

enum stale
stale_source(struct state *state, const struct manifest *now, const struct source *s, time_t time)
{
	time_t then = heard(state, now, s, time);

	if (s->limits.max_age > 0 && (then == 0 || time - then > (time_t)s->limits.max_age))
		return STALE_MAX_AGE;
	if (s->limits.changes > 0 && manifest_source(now, s->name) != NULL &&
	    time - made(state, now, s) > (time_t)s->limits.changes)
		return STALE_CHANGES;
	return STALE_NOT;
}

static void
say(struct state *state, const struct manifest *now, const struct source *s, enum stale how,
    time_t time)
{
	char span[STALE_SPAN], limit[STALE_SPAN];
	const char *why = state_source(state, s->name)->why;
	const char *colon = why[0] != '\0' ? ": " : "";
	time_t then = how == STALE_MAX_AGE ? heard(state, now, s, time) : made(state, now, s);

	stale_span((time_t)(how == STALE_MAX_AGE ? s->limits.max_age : s->limits.changes), limit);
	stale_span(time - then, span);
	if (how == STALE_MAX_AGE && then == 0)
		say_urgent("%s: stale: it never had anything that was taken%s%s", s->name, colon, why);
	else if (how == STALE_MAX_AGE)
		say_urgent("%s: stale: heard last %s ago (max-age is %s)%s%s", s->name, span, limit,
		    colon, why);
	else if (then == 0)
		say_urgent("%s: stale: how old what it has is cannot be told", s->name);
	else
		say_urgent("%s: stale: what it has is %s old (changes is %s)%s%s", s->name, span,
		    limit, colon, why);
}

unsigned
stale_say(const struct conf *c, const char *path)
{
	struct manifest now = { .files = 0 };
	char gen[ROOT_GEN];
	struct root root;
	struct state state;
	unsigned n = 0;
	time_t t = time(NULL);

	root_open(&root, path);
	state_read(&root, &state);
	if (!root_link(&root, "current", gen)) {
		say_urgent("%s: there is no set of signatures yet", path);
		n++;
	} else if (!root_manifest(&root, gen, &now))
		memset(&now, 0, sizeof now);
	for (size_t i = 0; i < c->sources; i++) {
		enum stale how = stale_source(&state, &now, &c->source[i], t);

		if (how == STALE_NOT)
			continue;
		say(&state, &now, &c->source[i], how, t);
		n++;
	}
	manifest_free(&now);
	state_free(&state);
	root_close(&root);
	return n;
}
