/* SPDX-License-Identifier: ISC */
#include "cmd/avscan/ask.h"
#include "cmd/avscan/late.h"
#include "cmd/avscan/progress.h"
#include "cmd/avscan/show.h"
#include "common/cli.h"

#include <err.h>
#include <poll.h>
#include <string.h>

enum {
	PAUSE_FIRST = 20,	/* ms */
	PAUSE_MAX = 200,
	ALIVE_SECONDS = 10	/* to tell its version, where there are others */
};

static struct engine *
engine(const struct asker *a)
{
	return &a->engines->list[a->at];
}

void
asker_start(struct asker *a, struct engines *engines)
{
	memset(a, 0, sizeof *a);
	a->engines = engines;
	a->session.fd = -1;
}

const char *
ask_engine(const struct asker *a)
{
	return engine(a)->name;
}

/* For a terminal: what is not printable ASCII becomes ?. */
static void
remember(struct asker *a, struct span said)
{
	size_t n;

	for (n = 0; n < said.n && n + 1 < sizeof a->said; n++)
		a->said[n] = said.p[n] >= 0x20 && said.p[n] < 0x7f ? said.p[n] : '?';
	a->said[n] = '\0';
}

static void
complain(struct asker *a, const char *name)
{
	progress_erase();
	warnx("%s: engine %s: not scanned: %s", show(name), ask_engine(a), a->said);
}

/* Connects to the engine that is next, if there is no connection. */
static bool
connected(struct asker *a)
{
	struct engines *all = a->engines;

	if (a->session.fd >= 0)
		return true;
	for (size_t i = 0; i < all->n; i++, a->at = (a->at + 1) % all->n) {
		int fd;

		if (engine(a)->down)
			continue;
		if ((fd = engine_connect(engine(a))) >= 0) {
			session_start(&a->session, fd, engine(a)->address.local);
			late_asks(engine(a)->name);
			a->asked = a->alive = false;
			return true;
		}
		engine(a)->down = true;
	}
	progress_erase();
	warnx("no engine answers: is avscand or clamd running there?");
	return false;
}

static void
go_on(struct asker *a)
{
	session_close(&a->session);
	a->at = (a->at + 1) % a->engines->n;
}

static void
wait_a_little(struct asker *a)
{
	progress_tick();
	(void)poll(NULL, 0, (int)a->pause);
	a->pause = 2 * a->pause < PAUSE_MAX ? 2 * a->pause : PAUSE_MAX;
}

/* To another engine, if this is the first scan here; or later. */
static void
yield_to_others(struct asker *a, bool first)
{
	size_t usable = engines_usable(a->engines);

	if (first && usable > 1) {
		go_on(a);
		if (++a->busy < usable)
			return;
	}
	a->busy = 0;
	wait_a_little(a);
}

/* Does the engine know RETRY and ALLMATCH, as far as we know? */
static bool
is_avscand(const struct asker *a)
{
	return !engine(a)->plain;
}

/* On a worker that has just proved that it works. */
static enum answer
second_try(struct asker *a, int fd, const char *name, struct span *text)
{
	struct clamd_reply r;
	enum session_end end;

	for (;;) {
		if (!is_avscand(a)) {
			complain(a, name);
			return ASK_FAILED;
		}
		if (!connected(a)) {
			complain(a, name);
			return ASK_LOST;
		}
		/* By now it may be another engine. */
		if (!is_avscand(a))
			continue;
		end = session_ask(&a->session, SESSION_RETRY, fd, &r);
		if (end != SESSION_ANSWER || r.kind != CLAMD_BUSY)
			break;
		wait_a_little(a);
	}
	*text = r.text;
	if (end == SESSION_ANSWER && r.kind == CLAMD_OK)
		return ASK_CLEAN;
	if (end == SESSION_ANSWER && r.kind == CLAMD_FOUND)
		return ASK_FOUND;
	if (end == SESSION_ANSWER && r.kind == CLAMD_UNSCANNED)
		return ASK_UNSCANNED;
	if (end == SESSION_ANSWER && r.kind == CLAMD_ERROR)
		remember(a, r.text);
	else if (end != SESSION_ENDED)
		engine(a)->plain = true;
	complain(a, name);
	return end == SESSION_ENDED ? ASK_LOST : ASK_FAILED;
}

/*
 * One that hangs, or whose machine is gone, does not end the connection.  It is asked for
 * something that takes no time: a scan may well take longer, and is not begun twice.
 */
static bool
is_alive(struct asker *a)
{
	struct span set;

	if (a->alive)
		return true;
	session_patience(&a->session, ALIVE_SECONDS);
	a->alive = session_set(&a->session, &set);
	session_patience(&a->session, 0);
	return a->alive;
}

/* To another engine: this one is gone. */
static void
give_up(struct asker *a, const char *name)
{
	complain(a, name);
	engine(a)->down = true;
	go_on(a);
}

/* The scan did not come to an answer, or to an error. */
static enum answer
failed(struct asker *a, enum session_end end, int fd, const char *name,
    struct clamd_reply *r, struct span *text)
{
	remember(a, r->text);
	if (end == SESSION_ENDED || end == SESSION_ANSWER)
		return second_try(a, fd, name, text);
	complain(a, name);
	return end == SESSION_UNREAD ? ASK_FAILED : ASK_LOST;
}

enum answer
ask_scan(struct asker *a, int fd, const char *name, struct span *text)
{
	struct clamd_reply r;

	a->busy = 0;
	a->pause = PAUSE_FIRST;
	while (connected(a)) {
		bool first = !a->session.answered;
		bool others = engines_usable(a->engines) > 1;
		enum session_end end;

		if (first && others && !is_alive(a)) {
			remember(a, (struct span){ "it does not answer", 18 });
			give_up(a, name);
			continue;
		}
		end = session_ask(&a->session, SESSION_SCAN, fd, &r);
		if (end == SESSION_ANSWER && r.kind == CLAMD_BUSY) {
			yield_to_others(a, first);
			continue;
		}
		if (end == SESSION_ENDED && first && others) {
			remember(a, r.text);
			give_up(a, name);
			continue;
		}
		*text = r.text;
		if (end == SESSION_ANSWER && r.kind == CLAMD_OK)
			return ASK_CLEAN;
		if (end == SESSION_ANSWER && r.kind == CLAMD_FOUND)
			return ASK_FOUND;
		return failed(a, end, fd, name, &r, text);
	}
	return ASK_LOST;
}

/* What an avscand answers to ALLMATCH; false: it is none, or has no answer. */
static bool
all_names(struct asker *a, int fd, struct clamd_reply *r)
{
	enum session_end end;

	if (!is_avscand(a) || a->session.fd < 0)
		return false;
	a->pause = PAUSE_FIRST;
	while ((end = session_ask(&a->session, SESSION_ALLMATCH, fd, r)) ==
	    SESSION_ANSWER && r->kind == CLAMD_BUSY)
		wait_a_little(a);
	if (end == SESSION_STRANGE || (end == SESSION_ANSWER && r->kind == CLAMD_REFUSED))
		engine(a)->plain = true;
	return end == SESSION_ANSWER;
}

bool
ask_names(struct asker *a, int fd, struct span *text)
{
	struct clamd_reply r;

	if (!all_names(a, fd, &r) || r.kind != CLAMD_FOUND)
		return false;
	*text = r.text;
	return true;
}

bool
ask_avscand(struct asker *a, int fd)
{
	struct clamd_reply r;

	return all_names(a, fd, &r) && (r.kind == CLAMD_OK || r.kind == CLAMD_FOUND);
}

struct span
ask_set(struct asker *a)
{
	struct span set;

	if (!a->asked && a->session.fd >= 0) {
		progress_erase();
		if (!session_set(&a->session, &set))
			errx(EXIT_RETRY, "engine %s: it does not tell its version",
			    ask_engine(a));
		a->asked = true;
		a->setlen = set.n < sizeof a->set ? set.n : sizeof a->set;
		memcpy(a->set, set.p, a->setlen);
	}
	return (struct span){ a->set, a->setlen };
}

bool
asker_end(struct asker *a)
{
	if (session_end(&a->session))
		return true;
	progress_erase();
	warnx("%s: engine: it does not end as it should", ask_engine(a));
	return false;
}
