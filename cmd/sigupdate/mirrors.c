/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/mirrors.h"
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stale.h"
#include "common/clock.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 300, KEY = 2200 };

unsigned long
mirrors_time_left(const struct run *r)
{
	long long ms = r->end - clock_ms();

	return ms < 1000 ? 1 : (unsigned long)(ms / 1000);
}

bool
mirrors_in_time(const struct run *r, struct candidate *c)
{
	if (clock_ms() < r->end)
		return true;
	candidate_is(c, OUTCOME_FAILED, "its time in this run is over: max-time, or its share of -t");
	return false;
}

/* An URL without what may be a customer's word. */
static const char *
shown(const char *url)
{
	static char text[SHOWN];
	size_t n = strcspn(url, "?#");

	snprintf(text, sizeof text, "%.*s%s", (int)(n < SHOWN - 3 ? n : SHOWN - 3), url,
	    url[n] != '\0' ? "?" : "");
	return text;
}

/* Two sources may ask one server for different things. */
static struct state_mirror *
record_of(struct run *r, const struct candidate *c)
{
	char key[KEY];

	snprintf(key, sizeof key, "%s %s", c->source->name, c->url);
	return state_mirror(&r->state, key);
}

bool
mirrors_fetch(const struct run *r, struct candidate *c, const char *url, struct fetch *f)
{
	const struct limits *l = &c->source->limits;

	memset(f, 0, sizeof *f);
	f->url = url;
	f->proxy = r->conf->proxy;
	f->ca = l->ca;
	f->netrc = c->source->netrc;
	f->http = c->source->http;
	f->most = l->max_size;
	f->seconds = mirrors_time_left(r);
	f->slow_bytes = l->slow_bytes;
	f->slow_seconds = l->slow_seconds;
	f->tag = f->modified = "";
	f->what = c->source->name;
	f->verbose = say_how() == SAY_VERBOSE;
	return mirrors_in_time(r, c);
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
mirrors_failed(struct candidate *c, const char *what, const struct fetched *got)
{
	c->until = got->after > 0 ? (time_t)got->after : 0;
	candidate_is(c, got->state == FETCH_LONG ? OUTCOME_REFUSED : OUTCOME_FAILED, "%s%s%s",
	    what, *what != '\0' ? ": " : "", got->why);
}

/* Files of ours that every transfer needs; a netrc that all may read is none. */
static bool
files_fit(struct candidate *c)
{
	const char *netrc = c->source->netrc, *ca = c->source->limits.ca;
	struct stat st;

	if (ca != NULL && access(ca, R_OK) < 0)
		candidate_here(c, "ca: %s: %s", ca, strerror(errno));
	else if (netrc != NULL && (stat(netrc, &st) < 0 || access(netrc, R_OK) < 0))
		candidate_here(c, "netrc: %s: %s (user %u has to read it)", netrc,
		    strerror(errno), (unsigned)geteuid());
	else if (netrc != NULL && (st.st_mode & S_IROTH) != 0)
		candidate_here(c, "netrc: %s: anybody can read it: chmod o= %s", netrc, netrc);
	else
		return true;
	return false;
}

/* The mirror c->url; what it has to answer for goes into its record. */
static void
ask_one(struct run *r, struct candidate *c, struct state_mirror *m,
    void (*ask)(struct run *, struct candidate *))
{
	unsigned long after;

	c->until = 0;
	c->tag[0] = c->modified[0] = '\0';
	c->generation = 0;
	c->made = 0;
	ask(r, c);
	after = (unsigned long)c->until;
	c->until = 0;
	if (c->outcome >= OUTCOME_SAME) {
		state_mirror_well(m);
		return;
	}
	state_mirror_failed(m, r->time, after, c->why);
	say_more("%s: %s: %s", c->source->name, shown(c->url), c->why);
}

/*
 * What counts of several mirrors of which none has something new: that it is the same,
 * else the worst, and the first of such; and the earliest time to ask again.
 */
static void
keep(struct candidate *all, const struct candidate *c, const struct state_mirror *m)
{
	if (c->outcome < OUTCOME_SAME && (all->until == 0 || m->until < all->until))
		all->until = m->until;
	if (c->outcome < all->outcome || (c->outcome == all->outcome &&
	    (all->why[0] != '\0' || (c->outcome == OUTCOME_SAME && c->made <= all->made))))
		return;
	if (c->outcome == OUTCOME_SAME)
		candidate_is(all, c->outcome, "%s", c->why);
	else
		candidate_is(all, c->outcome, "%s: %s", shown(c->url), c->why);
	all->generation = c->generation;
	all->made = c->made;
	all->url = c->url;
	memcpy(all->tag, c->tag, sizeof all->tag);
	memcpy(all->modified, c->modified, sizeof all->modified);
}

/* May another mirror know more?  One that has had nothing new for long may be stuck. */
static bool
go_on(struct run *r, const struct candidate *c)
{
	return c->outcome < OUTCOME_SAME || (c->outcome == OUTCOME_SAME &&
	    stale_source(&r->state, &r->now, c->source, r->time) == STALE_CHANGES);
}

/* One mirror, if it may be asked. */
static void
try(struct run *r, struct candidate *c, struct candidate *all,
    void (*ask)(struct run *, struct candidate *))
{
	struct state_mirror *m = record_of(r, c);

	if (!mirrors_in_time(r, c))
		;
	else if (r->ask_now || m->until <= r->time)
		ask_one(r, c, m, ask);
	else {
		say_more("%s: %s: not to be asked yet (%s)", c->source->name, shown(c->url), m->why);
		candidate_is(c, OUTCOME_LATER, "%s", m->why);
	}
	keep(all, c, m);
}

void
mirrors_ask(struct run *r, struct candidate *c, void (*ask)(struct run *, struct candidate *))
{
	const struct list *l = &c->source->where;
	struct candidate all = { .source = c->source, .outcome = OUTCOME_LATER };

	if (!files_fit(c))
		return;
	c->outcome = OUTCOME_LATER;
	for (size_t i = 0; i < l->n && go_on(r, c); i++) {
		if (c->outcome == OUTCOME_REFUSED)
			say_plain("%s: refused: %s; another mirror is asked", c->source->name,
			    all.why);
		c->url = l->word[i];
		try(r, c, &all, ask);
	}
	if (all.outcome == OUTCOME_SAME)
		all.until = 0;
	if (c->outcome != OUTCOME_NEW)
		*c = all;
}
