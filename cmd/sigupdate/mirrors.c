/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/say.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
mirrors_fetch(const struct run *r, const struct candidate *c, const char *url, struct fetch *f)
{
	const struct limits *l = &c->source->limits;

	memset(f, 0, sizeof *f);
	f->url = url;
	f->proxy = r->conf->proxy;
	f->ca = l->ca;
	f->netrc = c->source->netrc;
	f->http = c->source->http;
	f->most = l->max_size;
	f->seconds = l->max_time;
	f->slow_bytes = l->slow_bytes;
	f->slow_seconds = l->slow_seconds;
	f->tag = f->modified = "";
	f->what = c->source->name;
	f->verbose = say_how() == SAY_VERBOSE;
}

void
mirrors_newer(struct run *r, const struct candidate *c, struct fetch *f)
{
	const struct manifest_source *now = manifest_source(&r->now, c->source->name);
	const struct state_source *s = state_source(&r->state, c->source->name);

	if (now != NULL && s != NULL && s->url != NULL && strcmp(s->url, c->url) == 0 &&
	    memcmp(s->of, now->id, sizeof now->id) == 0) {
		f->tag = s->tag;
		f->modified = s->modified;
	}
}

void
mirrors_failed(struct run *r, struct candidate *c, const char *what, const struct fetched *got)
{
	(void)r;
	c->until = got->after > 0 ? (time_t)got->after : 0;
	candidate_is(c, got->state == FETCH_LONG ? OUTCOME_REFUSED : OUTCOME_FAILED, "%s%s%s",
	    what, *what != '\0' ? ": " : "", got->why);
}

/* A file of passwords that all may read is none. */
static bool
netrc_fit(struct candidate *c)
{
	const char *path = c->source->netrc;
	struct stat st;

	if (path == NULL)
		return true;
	if (stat(path, &st) < 0)
		candidate_is(c, OUTCOME_FAILED, "netrc: %s: %s", path, strerror(errno));
	else if ((st.st_mode & S_IROTH) != 0)
		candidate_is(c, OUTCOME_FAILED, "netrc: %s: anybody can read it: chmod o= %s",
		    path, path);
	else
		return true;
	return false;
}

/* One mirror; what it has to answer for goes into its record. */
static void
ask_one(struct run *r, struct candidate *c, const char *url,
    void (*ask)(struct run *, struct candidate *, const char *))
{
	struct state_mirror *m = state_mirror(&r->state, url);
	unsigned long after;

	c->until = 0;
	c->url = url;
	c->tag[0] = c->modified[0] = '\0';
	ask(r, c, url);
	after = (unsigned long)c->until;
	c->until = 0;
	if (c->outcome >= OUTCOME_SAME) {
		state_mirror_well(m);
		return;
	}
	state_mirror_failed(m, r->time, after, c->why);
	say_more("%s: %s: %s", c->source->name, url, c->why);
}

/* The worse news of two mirrors that both have none to give. */
static void
keep_worse(struct candidate *all, const struct candidate *c, const char *url)
{
	if (c->outcome < all->outcome || (c->outcome == all->outcome && all->why[0] != '\0'))
		return;
	all->outcome = c->outcome;
	candidate_is(all, c->outcome, "%s: %s", url, c->why);
}

void
mirrors_ask(struct run *r, struct candidate *c,
    void (*ask)(struct run *, struct candidate *, const char *))
{
	const struct list *l = &c->source->where;
	struct candidate worst = { .source = c->source, .outcome = OUTCOME_LATER };

	if (!netrc_fit(c))
		return;
	for (size_t i = 0; i < l->n; i++) {
		const struct state_mirror *m = state_mirror(&r->state, l->word[i]);

		time_t until = m->until;

		if (!r->ask_now && until > r->time) {
			say_more("%s: %s: not to be asked yet (%s)", c->source->name, l->word[i],
			    m->why);
			if (worst.until == 0 || until < worst.until)
				worst.until = until;
			if (worst.why[0] == '\0')
				candidate_is(&worst, OUTCOME_LATER, "%s: %s", l->word[i], m->why);
			continue;
		}
		ask_one(r, c, l->word[i], ask);
		if (c->outcome >= OUTCOME_SAME)
			return;
		keep_worse(&worst, c, l->word[i]);
	}
	c->outcome = worst.outcome;
	c->until = worst.until;
	memcpy(c->why, worst.why, sizeof c->why);
}
