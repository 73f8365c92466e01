/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/update.h"
#include "cmd/sigupdate/assemble.h"
#include "cmd/sigupdate/candidate.h"
#include "cmd/sigupdate/current.h"
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

static void
ask(struct run *r, struct candidate *c, const struct source *s)
{
	static void (*const ASK[])(struct run *, struct candidate *, const char *) = {
		[SOURCE_SIGNED] = signed_ask, [SOURCE_ARCHIVE] = archive_ask,
		[SOURCE_CVD] = cvd_ask };

	memset(c, 0, sizeof *c);
	c->source = s;
	if (s->kind == SOURCE_LOCAL)
		local_ask(r, c);
	else
		mirrors_ask(r, c, ASK[s->kind]);
	if (c->outcome == OUTCOME_SAME)
		say_more("%s: nothing new%s%s", s->name, c->why[0] != '\0' ? ": " : "", c->why);
	if (c->outcome == OUTCOME_NEW)
		say_more("%s: something new", s->name);
}

enum { DAY = 86400 };

/* It was heard, and what it has is in use or known. */
static void
heard(struct run *r, const struct candidate *c)
{
	struct state_source *s = state_source(&r->state, c->source->name);
	const struct manifest_source *now = manifest_source(&r->now, c->source->name);

	s->heard = r->time;
	s->saidat = 0;
	memset(s->said, 0, sizeof s->said);
	if (now == NULL)
		return;
	if (now->generation > s->highest)
		s->highest = now->generation;
	if (c->tag[0] == '\0' && c->modified[0] == '\0')
		return;
	state_source_from(s, c->url);
	snprintf(s->tag, sizeof s->tag, "%s", c->tag);
	snprintf(s->modified, sizeof s->modified, "%s", c->modified);
	memcpy(s->of, now->id, sizeof s->of);
}

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

	if (c->outcome == OUTCOME_REFUSED && !said_today(r, c))
		say_urgent("%s: refused: %s", name, c->why);
	else if (c->outcome == OUTCOME_FAILED)
		say_plain("%s: %s", name, c->why);
	else if (c->outcome == OUTCOME_LATER)
		say_more("%s: not to be asked yet", name);
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
			heard(r, &c[i]);
	state_write(&r->root, &r->state);
	for (size_t i = 0; i < n; i++)
		root_part_end(&r->root, c[i].source->name);
	say_plain("set %s is in use: %llu signatures in %zu files", gen, m->sigs, m->files);
}

static void
ask_all(struct run *r, struct candidate *c)
{
	const struct conf *conf = r->conf;
	const char **names = calloc(conf->sources, sizeof *names);

	if (names == NULL)
		err(EXIT_RETRY, "the sources");
	for (size_t i = 0; i < conf->sources; i++)
		names[i] = conf->source[i].name;
	if (!r->look)
		root_parts_tidy(&r->root, names, conf->sources);
	free(names);
	for (size_t i = 0; i < conf->sources; i++) {
		ask(r, &c[i], &conf->source[i]);
		if (c[i].outcome == OUTCOME_SAME) {
			heard(r, &c[i]);
			root_part_end(&r->root, c[i].source->name);
		}
		state_write(&r->root, &r->state);
	}
}

static int
status(const struct run *r, const struct candidate *c, size_t n, bool told)
{
	bool found = r->act, failed = !told;

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
		tell_candidate(&c[i], state_source(&r->state, c[i].source->name)->heard,
		    stale_source(&r->state, &r->now, c[i].source, r->time));
	if (!r->look && r->current[0] != '\0')
		tell_generation(&r->now, r->current, "current");
}

/*
 * Of a set whose manifest is lost nothing can be carried over, so that each source has
 * to bring what it has; else more would be lost than the manifest.
 */
static bool
all_bring(const struct run *r, const struct candidate *c, size_t n)
{
	if (r->current[0] == '\0' || r->now.sources > 0)
		return true;
	for (size_t i = 0; i < n; i++)
		if (c[i].outcome != OUTCOME_NEW && c[i].outcome != OUTCOME_SAME) {
			say_urgent("%s/%s: stays in use, for without its manifest nothing of it can be "
			    "kept, and %s brings nothing now", r->root.path, r->current,
			    c[i].source->name);
			return false;
		}
	return true;
}

static int
work(struct run *r)
{
	size_t n = r->conf->sources;
	struct candidate *c = calloc(n, sizeof *c);
	struct manifest m = { .files = 0 };
	bool told = true;
	int end;

	if (c == NULL)
		err(EXIT_RETRY, "the sources");
	ask_all(r, c);
	if (!r->look && all_bring(r, c, n) && assemble(r, c, n, &m))
		publish(r, c, n, &m);
	else if (!r->look)
		stage_forget(&r->root);
	for (size_t i = 0; i < n; i++)
		say_outcome(r, &c[i]);
	if (!r->look) {
		root_prune(&r->root, r->conf->keep);
		told = notice_engines(r);
		state_write(&r->root, &r->state);
	}
	if (say_how() > SAY_QUIET)
		tell_all(r, c, n);
	end = status(r, c, n, told);
	for (size_t i = 0; i < n; i++)
		candidate_empty(&c[i]);
	free(c);
	return end;
}

/* -e: until the last run, which touched .state, is so long ago. */
static void
wait_for(const struct run *r, unsigned long seconds)
{
	struct stat st;
	time_t now = time(NULL);

	while (fstatat(r->root.fd, ".state", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtime <= now && st.st_mtime + (time_t)seconds > now) {
		sleep((unsigned)(st.st_mtime + (time_t)seconds - now));
		now = time(NULL);
	}
}

int
update(const struct conf *c, const struct update_options *o)
{
	struct run r = { .conf = c, .look = o->look, .ask_now = o->ask_now,
	    .smaller = o->smaller };
	int waiting = -1, end;

	root_open(&r.root, o->root);
	if (o->earliest > 0) {
		if ((waiting = root_waiting(&r.root)) < 0) {
			say_more("another run waits already, and will see what is new");
			return EXIT_NOTHING;
		}
		wait_for(&r, o->earliest);
	}
	cli_deadline(o->seconds);
	root_lock(&r.root, o->seconds, say_how() == SAY_QUIET);
	if (waiting >= 0)
		close(waiting);
	root_tidy(&r.root);
	state_read(&r.root, &r.state);
	r.time = time(NULL);
	current_read(&r);
	fetch_start();
	end = work(&r);
	fetch_end();
	current_free(&r);
	state_free(&r.state);
	root_close(&r.root);
	return end;
}
