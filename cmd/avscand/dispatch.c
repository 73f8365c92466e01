/* SPDX-License-Identifier: ISC */
#include "cmd/avscand/dispatch.h"
#include "common/clock.h"
#include "common/canary.h"
#include "common/cli.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	REST_MS = 100,		/* a client that rests so long lends its worker */
	FAIR_MS = 1000		/* and any does once another has waited so long */
};

bool
dispatch_admit(struct dispatch *d, const struct client_host *h, int connection)
{
	struct client *c = client_new(h, connection);

	if (c == NULL) {
		close(connection);
		return false;
	}
	d->guest[d->n++] = (struct guest){ .client = c, .turn = ++d->turn,
	    .rested = clock_ms(), .since = clock_ms() };
	return true;
}

void
dispatch_dismiss(struct dispatch *d, struct guest *g)
{
	client_free(g->client);
	*g = d->guest[--d->n];
}

void
dispatch_queue(struct dispatch *d, struct guest *g)
{
	g->turn = ++d->turn;
	g->since = clock_ms();
}

unsigned
dispatch_in_flight(const struct dispatch *d)
{
	unsigned n = 0, paths = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct client *c = d->guest[i].client;

		paths += c->paths != NULL;
		n += c->paths == NULL && c->state == CLIENT_SCAN;
	}
	return n + (paths < d->crew.n ? paths : d->crew.n);
}

static struct guest *
guest_of(struct dispatch *d, const struct worker *w)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->guest[i].worker == w)
			return &d->guest[i];
	return NULL;
}

/* Tells the client; then its next scan, if there is one, begins to wait. */
static void
finish(struct dispatch *d, struct guest *g, enum scan_kind kind, bool unscanned,
    const char *text)
{
	struct scan s = { .kind = kind };

	snprintf(s.text, sizeof s.text, "%s", text);
	g->scanning = false;
	g->step = STEP_CONTENT;
	g->rested = g->since = clock_ms();
	g->turn = ++d->turn;
	client_result(g->client, &s, unscanned);
}

/* Hands the worker what its guest's step is about. */
static void
hand(struct dispatch *d, struct guest *g)
{
	int fd = g->client->content;

	if (g->step == STEP_FRESH) {
		if (g->worker->scans > 0) {
			crew_dismiss(g->worker);	/* buried, and the step goes on */
			g->scanning = true;
			return;
		}
		g->step = STEP_MAIL;
	}
	if (g->step == STEP_MAIL)
		fd = d->canary[0];
	else if (g->step == STEP_CLEAN)
		fd = d->canary[1];
	g->scanning = crew_hand(&d->crew, g->worker, fd, g->client->wish == WISH_ALL &&
	    g->step == STEP_CONTENT);
}

/* A worker that can begin now: nobody's, or of one who rests; NULL: none. */
static struct worker *
free_worker(struct dispatch *d, long long now)
{
	struct worker *lent = NULL;

	for (unsigned i = 0; i < d->crew.n; i++) {
		struct worker *w = &d->crew.worker[i];
		struct guest *g;

		if (!crew_ready(w))
			continue;
		if ((g = guest_of(d, w)) == NULL)
			return w;
		if (!g->scanning && g->client->state != CLIENT_SCAN &&
		    now - g->rested >= REST_MS)
			lent = w;
	}
	if (lent != NULL)
		guest_of(d, lent)->worker = NULL;
	return lent;
}

/* Who has waited longest for a scan, without one running; NULL: nobody. */
static struct guest *
first_waiting(struct dispatch *d, bool with_worker)
{
	struct guest *first = NULL;

	for (size_t i = 0; i < d->n; i++) {
		struct guest *g = &d->guest[i];

		if (g->client->state != CLIENT_SCAN || g->scanning ||
		    (g->worker != NULL) != with_worker)
			continue;
		if (with_worker && !crew_ready(g->worker))
			continue;
		if (first == NULL || g->turn < first->turn)
			first = g;
	}
	return first;
}

/* Once somebody has waited for long, workers are nobody's. */
static void
end_leases(struct dispatch *d)
{
	const struct guest *first = first_waiting(d, false);

	if (first == NULL || clock_ms() - first->since < FAIR_MS)
		return;
	for (size_t i = 0; i < d->n; i++) {
		struct guest *g = &d->guest[i];

		if (g->worker != NULL && crew_ready(g->worker) && !g->scanning &&
		    g->step == STEP_CONTENT)
			g->worker = NULL;
	}
}

/* Its worker is ready: the scan begins, or goes on after a new worker's start. */
static void
begin(struct dispatch *d, struct guest *g)
{
	if (g->client->wish == WISH_RETRY && g->step == STEP_CONTENT)
		g->step = STEP_FRESH;
	hand(d, g);
	if (g->scanning)
		return;
	bool dying = g->worker->ending;

	g->worker = NULL;	/* another one, or later */
	g->step = STEP_CONTENT;
	if (!dying)
		finish(d, g, SCAN_ERROR, false, "it cannot be handed to a worker");
}

/* Tells those whose worker cannot be started, or where none can be. */
static void
tell_failed(struct dispatch *d)
{
	bool all = true;

	for (unsigned i = 0; i < d->crew.n; i++)
		all = all && d->crew.worker[i].failed;
	for (size_t i = 0; i < d->n; i++) {
		struct guest *g = &d->guest[i];

		if (g->client->state != CLIENT_SCAN || g->scanning ||
		    !(g->worker != NULL ? g->worker->failed : all))
			continue;
		g->worker = NULL;
		finish(d, g, SCAN_ERROR, false, "engine-died: no worker can be started");
	}
}

void
dispatch_begin(struct dispatch *d)
{
	struct guest *g;
	struct worker *w;

	crew_tend(&d->crew);
	tell_failed(d);
	end_leases(d);
	while ((g = first_waiting(d, true)) != NULL)
		begin(d, g);
	while ((g = first_waiting(d, false)) != NULL &&
	    (w = free_worker(d, clock_ms())) != NULL) {
		g->worker = w;
		begin(d, g);
	}
}

/* Is this what a canary's scan must be? */
static bool
canary_lives(enum canary which, const struct scan *s)
{
	return s->kind <= SCAN_FOUND &&
	    canary_right(which, (struct span){ s->text, strlen(s->text) });
}

void
dispatch_answered(struct dispatch *d, struct worker *w)
{
	struct guest *g = guest_of(d, w);
	struct scan s;

	if (!crew_answer(w, &s) || g == NULL)
		return;
	g->scanning = false;
	if (client_over(g->client))
		return;
	if (g->step == STEP_CONTENT) {
		bool own = s.kind == SCAN_ERROR && g->client->wish == WISH_RETRY;

		finish(d, g, s.kind, own, own ? "engine-error" : s.text);
	} else if (!canary_lives(g->step == STEP_MAIL ? CANARY_MAIL : CANARY_CLEAN, &s))
		finish(d, g, SCAN_ERROR, false, "the engine does not pass its own test");
	else {
		g->step = g->step == STEP_MAIL ? STEP_CLEAN : STEP_CONTENT;
		hand(d, g);
	}
}

void
dispatch_bury(struct dispatch *d)
{
	struct worker *w;
	char why[128], text[160];
	bool own;

	while ((w = crew_bury(&d->crew, why, sizeof why, &own)) != NULL) {
		struct guest *g = guest_of(d, w);
		const char *word = w->late ? "engine-timeout" : "engine-died";

		if (g == NULL || !g->scanning)
			continue;
		g->scanning = false;
		if (g->step == STEP_FRESH)
			continue;	/* its guest waits for the new one */
		g->worker = NULL;
		snprintf(text, sizeof text, "%s: %s", word, why);
		if (g->step == STEP_CONTENT && own && g->client->wish == WISH_RETRY)
			finish(d, g, SCAN_ERROR, true, word);
		else
			finish(d, g, SCAN_ERROR, false, text);
	}
}

bool
dispatch_waits(struct dispatch *d)
{
	return first_waiting(d, false) != NULL;
}

long long
dispatch_lends(const struct guest *g)
{
	if (g->worker == NULL || !crew_ready(g->worker) || g->scanning ||
	    g->client->state == CLIENT_SCAN)
		return LLONG_MAX;
	return g->rested + REST_MS;
}

/* --- start and end ---------------------------------------------------------------------- */

/* The first worker's scan of fd; anything odd ends the process. */
static struct scan
try_out(struct dispatch *d, int fd)
{
	struct worker *w = &d->crew.worker[0];
	struct pollfd wanted = { .fd = w->socket, .events = POLLIN };
	struct scan s;
	int n;

	if (w->pid == 0 || !crew_hand(&d->crew, w, fd, false))
		errx(EXIT_RETRY, "no worker runs");
	do
		n = poll(&wanted, 1, (int)d->crew.settings->seconds * 1000);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || !crew_answer(w, &s))
		errx(EXIT_RETRY, "%s: a worker does not scan: see what it says above",
		    d->set);
	return s;
}

/* It does not find EICAR in a mail: is that the mail's doing, or the set's? */
static _Noreturn void
refuse_blind(struct dispatch *d)
{
	struct scan raw;
	int fd;

	if ((fd = canary_open(CANARY_EICAR)) < 0)
		err(EXIT_RETRY, "memfd");
	raw = try_out(d, fd);
	close(fd);
	if (raw.kind != SCAN_CLEAN)
		errx(EXIT_RETRY, "%s: workers find EICAR, but not in a mail", d->set);
	errx(EXIT_RETRY, "%s: does not find EICAR, so nothing is clean by it: a file is missing, "
	    "or one ignores EICAR (.ign2, .fp): see avscand -k; to a set of your own add "
	    "the eicar.ndb that comes with multiscan", d->set);
}

/* The workers can scan, and find what is in a mail. */
static void
prove(struct dispatch *d)
{
	struct scan mail = try_out(d, d->canary[0]), clean = try_out(d, d->canary[1]);

	if (clean.kind != SCAN_CLEAN)
		errx(EXIT_RETRY, "%s: a clean text is not: %s", d->set, clean.text);
	if (mail.kind == SCAN_ERROR || mail.kind == SCAN_REFUSED)
		errx(EXIT_RETRY, "%s: workers cannot scan a mail: %s", d->set, mail.text);
	if (!canary_lives(CANARY_MAIL, &mail))
		refuse_blind(d);
}

void
dispatch_open(struct dispatch *d, struct engine *e, const struct crew_settings *s,
    unsigned n, const char *set)
{
	d->n = 0;
	d->set = set;
	if ((d->canary[0] = canary_open(CANARY_MAIL)) < 0 ||
	    (d->canary[1] = canary_open(CANARY_CLEAN)) < 0)
		err(EXIT_RETRY, "memfd");
	d->crew.engine = e;
	d->crew.settings = s;
	crew_open(&d->crew, n);
	crew_tend(&d->crew);
	prove(d);
}

void
dispatch_close(struct dispatch *d)
{
	while (d->n > 0)
		dispatch_dismiss(d, &d->guest[d->n - 1]);
	crew_close(&d->crew);
	close(d->canary[0]);
	close(d->canary[1]);
}
