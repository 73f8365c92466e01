/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* accept4 */
#include "cmd/avscand/serve.h"
#include "cmd/avscand/clock.h"
#include "cmd/avscand/signals.h"
#include "common/canary.h"
#include "common/cli.h"

#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ALIVE_MS = 5000,	/* the supervisor hears of us as often as that */
	REST_MS = 100,		/* a client that rests so long lends its worker */
	FAIR_MS = 1000,		/* and any does once another has waited so long */
	DEAF_MS = 100,		/* after a connection that could not be taken */
	STREAMS = 8,		/* for each worker, those that are being sent */
	DRAIN_REST_MS = 5000,	/* of a client of a generation that ends */
	DRAIN_MS = 300 * 1000,	/* for the clients of a generation that ends */
	HURRY_MS = 5000,	/* and for scans alone, beyond what one may take */
	CLIENTS_MAX = 2048
};

/* A client and its way to a worker. */
struct guest {
	struct client *client;
	struct worker *worker;	/* its own, for now, or NULL */
	bool scanning;		/* the worker has its content, or a canary */
	enum { STEP_CONTENT, STEP_FRESH, STEP_MAIL, STEP_CLEAN } step;
	unsigned long turn;	/* when it began to wait; lower is earlier */
	long long since;	/* clock_ms: when it began to wait */
	long long rested;	/* clock_ms: since when its worker is idle */
};

struct serve {
	struct serve_settings s;
	struct crew crew;
	struct client_host host;
	int canary[2];		/* a mail that is infected, and a clean text */
	bool knows;		/* the set finds the mail's */
	int signals;
	const struct listener *listener;
	unsigned listening;
	bool drains, hurries;	/* ends with its clients; with their scans */
	long long alive;	/* clock_ms: when to say that we are */
	long long draining;	/* clock_ms: since when */
	long long drained;	/* clock_ms: when it ends in any case */
	unsigned long turn;
	long long deaf;		/* clock_ms: no connection is taken before */
	size_t most;		/* clients */
	size_t n;
	struct guest guest[CLIENTS_MAX];
	struct pollfd wanted[CLIENTS_MAX + 300];
};

/* --- what a client asks of its host --------------------------------------------- */

static unsigned
in_flight(const struct serve *v)
{
	unsigned n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->guest[i].client->state == CLIENT_SCAN;
	return n;
}

static bool
host_busy(void *ctx)
{
	const struct serve *v = ctx;
	unsigned streams = 0;

	for (size_t i = 0; i < v->n; i++)
		streams += v->guest[i].client->state == CLIENT_STREAM;
	return in_flight(v) >= 2 * v->crew.n || streams >= STREAMS * v->crew.n;
}

static size_t
host_stats(void *ctx, char *text, size_t size)
{
	const struct serve *v = ctx;
	const struct board *b = v->s.board;
	unsigned live = 0, scanning = 0, waiting;
	time_t now = time(NULL);
	int n;

	for (unsigned i = 0; i < v->crew.n; i++) {
		live += v->crew.worker[i].pid > 0;
		scanning += v->crew.worker[i].scanning;
	}
	waiting = in_flight(v) > scanning ? in_flight(v) - scanning : 0;
	n = snprintf(text, size, "POOLS: 1\n\nSTATE: VALID PRIMARY\n"
	    "THREADS: live %u  idle %u max %u idle-timeout %d\nQUEUE: %u items\n"
	    "BUSY: %u of %u workers\nCLIENTS: %zu of %zu\n"
	    "SET: %.200s signatures %u age %lld\n", live, live - scanning, v->crew.n,
	    CLIENT_IDLE_MS / 1000, waiting, scanning, v->crew.n, v->n, v->most,
	    v->s.set, engine_signatures(v->crew.engine), (long long)(now - v->s.newest));
	if (n > 0 && (size_t)n < size && b != NULL)
		n += snprintf(text + n, size - (size_t)n, "RELOAD: %lld s ago: %s\n",
		    (long long)(now - b->reloaded),
		    b->trouble[0] != '\0' ? b->trouble : "ok");
	return n < 0 ? 0 : (size_t)n;
}

/* false: there is nobody to hear it. */
static bool
tell_supervisor(const struct serve *v, char word)
{
	return v->s.channel >= 0 &&
	    send(v->s.channel, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

static bool
host_reload(void *ctx)
{
	return tell_supervisor(ctx, SUPERVISE_RELOAD);
}

/* --- from client to worker --------------------------------------------------------- */

static struct guest *
guest_of(struct serve *v, const struct worker *w)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->guest[i].worker == w)
			return &v->guest[i];
	return NULL;
}

/* Tells the client; then its next scan, if there is one, begins to wait. */
static void
finish(struct serve *v, struct guest *g, enum scan_kind kind, bool unscanned,
    const char *text)
{
	struct scan s = { .kind = kind };

	snprintf(s.text, sizeof s.text, "%s", text);
	g->scanning = false;
	g->step = STEP_CONTENT;
	g->rested = g->since = clock_ms();
	g->turn = ++v->turn;
	client_result(g->client, &s, unscanned);
}

/* Hands the worker what its guest's step is about. */
static void
hand(struct serve *v, struct guest *g)
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
		fd = v->canary[0];
	else if (g->step == STEP_CLEAN)
		fd = v->canary[1];
	g->scanning = crew_hand(&v->crew, g->worker, fd, g->client->wish == WISH_ALL &&
	    g->step == STEP_CONTENT);
}

/* A worker that can begin now: nobody's, or of one who rests; NULL: none. */
static struct worker *
free_worker(struct serve *v, long long now)
{
	struct worker *lent = NULL;

	for (unsigned i = 0; i < v->crew.n; i++) {
		struct worker *w = &v->crew.worker[i];
		struct guest *g;

		if (!crew_ready(w))
			continue;
		if ((g = guest_of(v, w)) == NULL)
			return w;
		if (!g->scanning && g->client->state != CLIENT_SCAN &&
		    now - g->rested >= REST_MS)
			lent = w;
	}
	if (lent != NULL)
		guest_of(v, lent)->worker = NULL;
	return lent;
}

/* Is a worker renewed for somebody?  One at a time: it costs a fork or two. */
static bool
retries(const struct serve *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->guest[i].client->wish == WISH_RETRY && v->guest[i].worker != NULL &&
		    v->guest[i].client->state == CLIENT_SCAN)
			return true;
	return false;
}

/* Who has waited longest for a scan, without one running; NULL: nobody. */
static struct guest *
first_waiting(struct serve *v, bool with_worker)
{
	struct guest *first = NULL;
	bool later = !with_worker && retries(v);

	for (size_t i = 0; i < v->n; i++) {
		struct guest *g = &v->guest[i];

		if (g->client->state != CLIENT_SCAN || g->scanning ||
		    (g->worker != NULL) != with_worker)
			continue;
		if (with_worker ? !crew_ready(g->worker) :
		    later && g->client->wish == WISH_RETRY)
			continue;
		if (first == NULL || g->turn < first->turn)
			first = g;
	}
	return first;
}

/* Once somebody has waited for long, workers are nobody's. */
static void
end_leases(struct serve *v)
{
	const struct guest *first = first_waiting(v, false);

	if (first == NULL || clock_ms() - first->since < FAIR_MS)
		return;
	for (size_t i = 0; i < v->n; i++) {
		struct guest *g = &v->guest[i];

		if (g->worker != NULL && crew_ready(g->worker) && !g->scanning &&
		    g->step == STEP_CONTENT)
			g->worker = NULL;
	}
}

/* Its worker is ready: the scan begins, or goes on after a new worker's start. */
static void
begin(struct serve *v, struct guest *g)
{
	if (g->client->wish == WISH_RETRY && g->step == STEP_CONTENT)
		g->step = STEP_FRESH;
	hand(v, g);
	if (g->scanning)
		return;
	g->worker = NULL;	/* it ends: another one, or later */
	g->step = STEP_CONTENT;
}

/* Tells those whose worker cannot be started, or where none can be. */
static void
tell_failed(struct serve *v)
{
	bool all = true;

	for (unsigned i = 0; i < v->crew.n; i++)
		all = all && v->crew.worker[i].failed;
	for (size_t i = 0; i < v->n; i++) {
		struct guest *g = &v->guest[i];

		if (g->client->state != CLIENT_SCAN || g->scanning ||
		    !(g->worker != NULL ? g->worker->failed : all))
			continue;
		g->worker = NULL;
		finish(v, g, SCAN_ERROR, false, "engine-died: no worker can be started");
	}
}

/* Begins all scans that can begin. */
static void
dispatch(struct serve *v)
{
	struct guest *g;
	struct worker *w;

	tell_failed(v);
	end_leases(v);
	while ((g = first_waiting(v, true)) != NULL)
		begin(v, g);
	while ((g = first_waiting(v, false)) != NULL &&
	    (w = free_worker(v, clock_ms())) != NULL) {
		g->worker = w;
		begin(v, g);
	}
}

/* Is this what a canary's scan must be? */
static bool
canary_lives(const struct serve *v, int step, const struct scan *s)
{
	return s->kind == (step == STEP_MAIL && v->knows ? SCAN_FOUND : SCAN_CLEAN);
}

/* A worker has answered, or what it said is none. */
static void
answered(struct serve *v, struct worker *w)
{
	struct guest *g = guest_of(v, w);
	struct scan s;

	if (!crew_answer(w, &s) || g == NULL)
		return;
	g->scanning = false;
	if (client_over(g->client))
		return;
	if (g->step == STEP_CONTENT) {
		bool own = s.kind == SCAN_ERROR && g->client->wish == WISH_RETRY;

		finish(v, g, s.kind, own, own ? "engine-error" : s.text);
	} else if (!canary_lives(v, (int)g->step, &s))
		finish(v, g, SCAN_ERROR, false, "the engine does not pass its own test");
	else {
		g->step = g->step == STEP_MAIL ? STEP_CLEAN : STEP_CONTENT;
		hand(v, g);
	}
}

/* Buries the dead, and tells those whose scans they had. */
static void
bury(struct serve *v)
{
	struct worker *w;
	char why[128], text[160];
	bool own;

	while ((w = crew_bury(&v->crew, why, sizeof why, &own)) != NULL) {
		struct guest *g = guest_of(v, w);
		const char *word = w->late ? "engine-timeout" : "engine-died";

		if (g == NULL || !g->scanning)
			continue;
		g->scanning = false;
		if (g->step == STEP_FRESH)
			continue;	/* its guest waits for the new one */
		g->worker = NULL;
		snprintf(text, sizeof text, "%s: %s", word, why);
		if (g->step == STEP_CONTENT && own && g->client->wish == WISH_RETRY)
			finish(v, g, SCAN_ERROR, true, word);
		else
			finish(v, g, SCAN_ERROR, false, text);
	}
}

/* --- clients come and go -------------------------------------------------------------- */

static bool
admit(struct serve *v, int fd)
{
	struct client *c = client_new(&v->host, fd);

	if (c == NULL) {
		close(fd);
		return false;
	}
	v->guest[v->n++] = (struct guest){ .client = c, .turn = ++v->turn,
	    .rested = clock_ms(), .since = clock_ms() };
	return true;
}

static void
dismiss(struct serve *v, size_t i)
{
	client_free(v->guest[i].client);
	v->guest[i] = v->guest[--v->n];
}

/* May it go, where there is no room? */
static bool
dispensable(const struct guest *g, long long now)
{
	const struct client *c = g->client;

	return (c->state == CLIENT_COMMANDS || c->state == CLIENT_DESCRIPTOR ||
	    c->state == CLIENT_SINK) &&
	    !g->scanning && now - g->since >= DEAF_MS;
}

/* The one that rests longest makes room, or half a command; false: there is none. */
static bool
make_room(struct serve *v)
{
	long long now = clock_ms();
	struct guest *oldest = NULL;

	for (size_t i = 0; i < v->n; i++) {
		struct guest *g = &v->guest[i];
		int before = oldest == NULL ? 1 : (int)client_rests(g->client) -
		    (int)client_rests(oldest->client);

		if (dispensable(g, now) && (before > 0 || (before == 0 &&
		    g->client->until < oldest->client->until)))
			oldest = g;
	}
	if (oldest == NULL)
		return false;
	client_refuse(oldest->client, "Busy ERROR");
	dismiss(v, (size_t)(oldest - v->guest));
	return true;
}

static void
accept_all(struct serve *v, int listener)
{
	for (int i = 0; i < 16; i++) {
		int fd;

		if (v->n == v->most && !make_room(v)) {
			v->deaf = clock_ms() + DEAF_MS;
			return;
		}
		if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
			admit(v, fd);
			continue;
		}
		if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
			return;
		if ((errno != EMFILE && errno != ENFILE) || !make_room(v)) {
			v->deaf = clock_ms() + DEAF_MS;
			return;
		}
	}
}

/* Since when it rests in a generation that ends. */
static long long
resting(const struct serve *v, const struct guest *g)
{
	return g->rested > v->draining ? g->rested : v->draining;
}

/* A generation that ends waits for its clients no longer than this. */
static bool
unwanted(const struct serve *v, const struct guest *g, long long now)
{
	if (!v->drains || g->client->state == CLIENT_SCAN)
		return false;
	return v->hurries ||
	    (client_rests(g->client) && now - resting(v, g) > DRAIN_REST_MS);
}

/* Lets those go that have ended, or were waited for long enough. */
static void
let_go(struct serve *v)
{
	long long now = clock_ms();

	for (size_t i = v->n; i-- > 0; ) {
		struct guest *g = &v->guest[i];
		struct client *c = g->client;

		if (g->scanning)
			continue;
		if (!client_over(c)) {
			if (client_waits(c) != 0 && c->until <= now)
				client_refuse(c, "Timed out. ERROR");
			else if (unwanted(v, g, now))
				client_refuse(c, "Busy ERROR");
			else
				continue;
		}
		dismiss(v, i);
	}
}

/* --- the loop --------------------------------------------------------------------------- */

static int
add(struct serve *v, int n, int fd, short events)
{
	v->wanted[n] = (struct pollfd){ .fd = fd, .events = events };
	return n + 1;
}

static long long
sooner(long long a, long long b)
{
	return a < b ? a : b;
}

/* When something is to be done about a guest. */
static long long
guest_due(const struct serve *v, const struct guest *g, bool waits)
{
	const struct client *c = g->client;
	long long due = LLONG_MAX;

	if (c->more)
		return 0;
	if (client_waits(c) != 0)
		due = c->until;
	if (waits && g->worker != NULL && crew_ready(g->worker) && !g->scanning &&
	    c->state != CLIENT_SCAN)
		due = sooner(due, g->rested + REST_MS);
	if (v->drains && client_rests(c))
		due = sooner(due, resting(v, g) + DRAIN_REST_MS + 1);
	return due;
}

/* When something is to be done without anybody asking; milliseconds. */
static int
patience(const struct serve *v, bool waits)
{
	long long now = clock_ms(), due = now + 3600 * 1000;

	due = sooner(due, crew_due(&v->crew));
	for (size_t i = 0; i < v->n; i++)
		due = sooner(due, guest_due(v, &v->guest[i], waits));
	if (v->drains)
		due = sooner(due, v->drained + 1);
	if (v->s.channel >= 0)
		due = sooner(due, v->alive);
	if (v->deaf > now)
		due = sooner(due, v->deaf);
	return due <= now ? 0 : (int)(due - now);
}

/* Fills wanted: signals, the supervisor, the workers, the clients, the listeners. */
static int
gather(struct serve *v)
{
	int n = add(v, 0, v->signals, POLLIN);

	n = add(v, n, v->s.channel, POLLIN);
	for (unsigned i = 0; i < v->crew.n; i++)
		n = add(v, n, v->crew.worker[i].scanning ? v->crew.worker[i].socket : -1,
		    POLLIN);
	for (size_t i = 0; i < v->n; i++) {
		const struct guest *g = &v->guest[i];

		/* one that hung up would be told of without end */
		n = add(v, n, client_over(g->client) ? -1 : g->client->fd, client_waits(g->client));
	}
	for (unsigned i = 0; i < v->listening && !v->drains; i++)
		n = add(v, n, v->deaf > clock_ms() ? -1 : v->listener[i].fd, POLLIN);
	return n;
}

/* false: to be ended. */
static bool
take_signals(struct serve *v)
{
	struct signalfd_siginfo info;

	while (read(v->signals, &info, sizeof info) == sizeof info)
		/* Who sends SIGHUP to all of our name means the supervisor. */
		if (info.ssi_signo != SIGCHLD &&
		    (info.ssi_signo != SIGHUP || v->s.channel < 0))
			return false;
	return true;
}

/* false: there is none any more. */
static bool
take_orders(struct serve *v)
{
	long long now = clock_ms();
	char word;
	ssize_t n;

	while ((n = recv(v->s.channel, &word, 1, MSG_DONTWAIT)) == 1) {
		if (!v->drains) {
			v->draining = now;
			v->drained = now + DRAIN_MS;
		}
		v->drains = true;
		if (word != SUPERVISE_HURRY || v->hurries)
			continue;
		v->hurries = true;
		v->drained = sooner(v->drained, now + HURRY_MS +
		    1000 * (long long)v->s.crew.seconds);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
take_client(struct serve *v, struct guest *g, short revents)
{
	bool scans = g->client->state == CLIENT_SCAN;

	client_go(g->client, revents);
	if (!scans && g->client->state == CLIENT_SCAN) {
		g->turn = ++v->turn;
		g->since = clock_ms();
	}
}

static void
take_clients(struct serve *v, const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].revents != 0 || v->guest[i].client->more)
			take_client(v, &v->guest[i], p[i].revents);
}

/* Says from time to time that we are there. */
static void
stay_alive(struct serve *v)
{
	if (v->s.channel < 0 || clock_ms() < v->alive)
		return;
	tell_supervisor(v, SUPERVISE_ALIVE);
	v->alive = clock_ms() + ALIVE_MS;
}

/* One round; false: a signal, or the supervisor's end, says that it is over. */
static bool
round_once(struct serve *v)
{
	size_t clients = v->n, first = 2 + v->crew.n;
	int n = gather(v);

	if (poll(v->wanted, (nfds_t)n, patience(v, first_waiting(v, false) != NULL)) < 0) {
		if (errno != EINTR)
			err(EXIT_RETRY, "poll");
		return true;
	}
	for (unsigned i = 0; i < v->crew.n; i++)
		if (v->wanted[2 + i].revents != 0 && v->crew.worker[i].scanning)
			answered(v, &v->crew.worker[i]);
	if ((v->wanted[0].revents != 0 && !take_signals(v)) ||
	    (v->wanted[1].revents != 0 && !take_orders(v)))
		return false;
	bury(v);
	take_clients(v, v->wanted + first, clients);
	let_go(v);
	for (unsigned i = 0; i < v->listening && !v->drains; i++)
		if (v->wanted[first + clients + i].revents != 0)
			accept_all(v, v->listener[i].fd);
	crew_tend(&v->crew);
	dispatch(v);
	stay_alive(v);
	return true;
}

void
serve_run(struct serve *v, const struct listener *l, unsigned n)
{
	v->listener = l;
	v->listening = n;
	while (round_once(v))
		if (v->drains && (v->n == 0 || clock_ms() > v->drained))
			break;
}

bool
serve_one(struct serve *v, int connection)
{
	if (!admit(v, connection))
		return false;
	while (v->n > 0 && round_once(v))
		;
	return v->n == 0;
}

/* --- start and end ---------------------------------------------------------------------- */

/* How many clients there may be: each holds two descriptors at the most. */
static size_t
client_limit(unsigned workers)
{
	struct rlimit r;
	size_t most;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		err(EXIT_RETRY, "getrlimit");
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_cur > 2 * CLIENTS_MAX + 64 + 2 * (rlim_t)workers)
		return CLIENTS_MAX;
	most = (size_t)r.rlim_cur / 2;
	return most < 24 + workers ? 2 : most - 16 - workers;
}

/* The first worker's scan of fd; anything odd ends the process. */
static struct scan
try_out(struct serve *v, int fd)
{
	struct worker *w = &v->crew.worker[0];
	struct pollfd wanted = { .fd = w->socket, .events = POLLIN };
	struct scan s;
	int n;

	if (w->pid == 0 || !crew_hand(&v->crew, w, fd, false))
		errx(EXIT_RETRY, "no worker runs");
	do
		n = poll(&wanted, 1, (int)v->s.crew.seconds * 1000);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || !crew_answer(w, &s))
		errx(EXIT_RETRY, "%s: a worker does not scan: see what it says above",
		    v->s.set);
	return s;
}

/* The workers can scan, and find what is in a mail. */
static void
prove(struct serve *v)
{
	struct scan mail = try_out(v, v->canary[0]), clean = try_out(v, v->canary[1]), raw;
	int fd;

	if (clean.kind != SCAN_CLEAN)
		errx(EXIT_RETRY, "%s: a clean text is not: %s", v->s.set, clean.text);
	if (mail.kind == SCAN_ERROR || mail.kind == SCAN_REFUSED)
		errx(EXIT_RETRY, "%s: workers cannot scan a mail: %s", v->s.set, mail.text);
	v->knows = mail.kind == SCAN_FOUND;
	if (v->knows)
		return;
	if ((fd = canary_open(CANARY_EICAR)) < 0)
		err(EXIT_RETRY, "memfd");
	raw = try_out(v, fd);
	close(fd);
	if (raw.kind != SCAN_CLEAN)
		errx(EXIT_RETRY, "%s: workers find EICAR, but not in a mail", v->s.set);
	warnx("%s: does not find EICAR: whether it finds anything cannot be tried",
	    v->s.set);
}

struct serve *
serve_start(struct engine *e, const struct serve_settings *s)
{
	static const int SIGNALS[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0 };
	struct serve *v = calloc(1, sizeof *v);

	if (v == NULL)
		err(EXIT_RETRY, "malloc");
	v->s = *s;
	v->host = (struct client_host){ .ctx = v, .version = s->version,
	    .tmp = s->crew.tmp, .streamsize = s->streamsize,
	    .user = { s->crew.change_user, s->crew.uid, s->crew.gid },
	    .closer = closer_start(), .busy = host_busy, .stats = host_stats, .reload = host_reload };
	v->s.crew.closer = v->host.closer;
	v->signals = signals_take(SIGNALS);
	v->most = client_limit(s->workers);
	if ((v->canary[0] = canary_open(CANARY_MAIL)) < 0 ||
	    (v->canary[1] = canary_open(CANARY_CLEAN)) < 0)
		err(EXIT_RETRY, "memfd");
	v->crew.engine = e;
	v->crew.settings = &v->s.crew;
	v->alive = clock_ms();
	crew_open(&v->crew, s->workers);
	crew_tend(&v->crew);
	prove(v);
	return v;
}

void
serve_end(struct serve *v)
{
	while (v->n > 0)
		dismiss(v, v->n - 1);
	crew_close(&v->crew);
	close(v->signals);
	close(v->canary[0]);
	close(v->canary[1]);
	free(v);
}
