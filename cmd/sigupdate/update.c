/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/update.h"
#include "cmd/sigupdate/ask.h"
#include "cmd/sigupdate/assemble.h"
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/current.h"
#include "cmd/sigupdate/logged.h"
#include "cmd/sigupdate/notice.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stage.h"
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/tell.h"
#include "common/cli.h"

#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400 };

/* With -q the same refusal is said once a day. */
static bool
said_today(struct run *r, const struct candidate *c)
{
	struct state_source *s = state_source(&r->state, c->source->name);
	unsigned char now[SHA256_BYTES];
	bool same;

	crypto_hash_sha256(now, (const unsigned char *)c->why, strlen(c->why));
	same = memcmp(now, s->said, sizeof now) == 0 && s->saidat <= r->time &&
	    r->time - s->saidat < DAY;
	if (same && say_how() == SAY_QUIET)
		return true;
	memcpy(s->said, now, sizeof now);
	s->saidat = r->time;
	return false;
}

/* What brought nothing is said. */
static void
say_outcome(struct run *r, const struct candidate *c)
{
	const char *name = c->source->name;
	bool refused = c->outcome == OUTCOME_REFUSED;

	if (c->outcome < OUTCOME_SAME)
		snprintf(state_source(&r->state, name)->why, FETCH_WHY, "%s", c->why);
	/* Who is stale is said with its reason, and once. */
	if (stale_source(&r->state, &r->now, c->source, r->time) != STALE_NOT)
		return;
	if ((refused || c->here) && !said_today(r, c))
		say_urgent("%s: %s%s", name, refused ? "refused: " : "", c->why);
	else if (c->outcome == OUTCOME_FAILED && !c->here)
		say_plain("%s: %s", name, c->why);
	else if (c->outcome == OUTCOME_LATER)
		say_more("%s: not to be asked yet", name);
}

static void
taken(struct run *r, const struct candidate *c)
{
	ask_heard(r, c);
	state_allow_all(&r->state, c->source->name);
}

/* .stage is good: it becomes the current set. */
static void
publish(struct run *r, struct candidate *c, size_t n, struct manifest *m)
{
	char gen[ROOT_GEN];

	root_next(&r->root, gen);
	snprintf(m->set, sizeof m->set, "%s", gen);
	m->made = r->time;
	stage_end(&r->root, m);
	root_publish(&r->root, gen);
	memcpy(r->current, gen, sizeof r->current);
	manifest_free(&r->now);
	r->now = *m;
	for (size_t i = 0; i < n; i++)
		if (c[i].outcome == OUTCOME_NEW)
			taken(r, &c[i]);
	r->failed |= !r->failed && !state_write(&r->root, &r->state);
	/* What could not be fetched whole goes on from there the next time. */
	for (size_t i = 0; i < n; i++)
		if (c[i].outcome >= OUTCOME_REFUSED)
			root_part_end(&r->root, c[i].source->name);
	say_plain("set %s is in use: %llu signatures in %zu files", gen, m->sigs, m->files);
}

static int
status(const struct run *r, const struct candidate *c, size_t n, bool told)
{
	bool found = r->act, failed = !told || r->failed;

	for (size_t i = 0; i < n; i++) {
		found |= c[i].outcome == OUTCOME_REFUSED ||
		    (r->look && c[i].outcome == OUTCOME_NEW);
		failed |= c[i].outcome == OUTCOME_FAILED || c[i].outcome == OUTCOME_LATER;
	}
	return found ? EXIT_FOUND : failed ? EXIT_RETRY : EXIT_NOTHING;
}

static void
tell_all(struct run *r, const struct candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tell_candidate(stdout, &c[i], state_source(&r->state, c[i].source->name)->heard,
		    stale_source(&r->state, &r->now, c[i].source, r->time));
	if (!r->look && r->current[0] != '\0')
		tell_generation(stdout, &r->now, r->current, "current");
}

static int
work(struct run *r, struct watch *w, unsigned long seconds)
{
	size_t n = r->conf->sources;
	struct candidate *c = calloc(n, sizeof *c);
	struct manifest m = { .files = 0 };
	bool told = true;
	int end;

	if (c == NULL)
		err(EXIT_RETRY, "the sources");
	ask_all(r, c, w, seconds);
	if (!r->look && assemble(r, c, n, &m))
		publish(r, c, n, &m);
	else if (!r->look)
		stage_forget(&r->root);
	for (size_t i = 0; i < n; i++)
		say_outcome(r, &c[i]);
	if (!r->look) {
		root_prune(&r->root, r->conf->keep);
		told = notice_engines(r);
	}
	r->failed |= !r->failed && !state_write(&r->root, &r->state);
	if (say_how() > SAY_QUIET)
		tell_all(r, c, n);
	if (!r->look)
		logged_run(r, c, n);
	end = status(r, c, n, told);
	for (size_t i = 0; i < n; i++)
		candidate_empty(&c[i]);
	free(c);
	return end;
}

/* -e: until the last run is so long ago. */
static void
wait_for_time(const struct run *r, unsigned long seconds)
{
	time_t now = time(NULL), then;

	do {
		struct state s;

		state_read(&r->root, &s);
		then = s.ran + (time_t)seconds;
		if (s.ran > now || then <= now)
			then = 0;
		state_free(&s);
		if (then > 0)
			sleep((unsigned)(then - now));
		now = time(NULL);
	} while (then > 0);
}

static int
run(struct run *r, struct watch *w, unsigned long seconds)
{
	int end;

	state_read(&r->root, &r->state);
	r->time = time(NULL);
	if (!r->look)
		r->state.ran = r->time;
	r->act = r->state.broken;
	current_read(r);
	fetch_start();
	end = work(r, w, seconds);
	fetch_end();
	current_free(r);
	state_free(&r->state);
	return end;
}

int
update(const struct conf *c, const struct update_options *o, struct watch *w)
{
	struct run r = { .conf = c, .look = o->look, .ask_now = o->ask_now,
	    .smaller = o->smaller };
	int waiting = -1, end;

	root_open(&r.root, o->root);
	if (o->earliest > 0) {
		if ((waiting = root_waiting(&r.root)) < 0) {
			say_more("another run waits already, and will see what is new");
			w->over = true;
			return EXIT_NOTHING;
		}
		wait_for_time(&r, o->earliest);
	}
	cli_deadline(o->seconds);
	root_lock(&r.root, o->seconds, say_how() == SAY_QUIET);
	if (waiting >= 0)
		close(waiting);
	if (!r.look)
		root_tidy(&r.root);
	/* Half of the time is for what comes after: to try the whole. */
	end = run(&r, w, o->seconds / 2);
	root_close(&r.root);
	w->over = true;
	return end;
}
