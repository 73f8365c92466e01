/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE	/* accept4 */
#include "cmd/avscand/serve.h"
#include "common/clock.h"
#include "cmd/avscand/dispatch.h"
#include "cmd/avscand/signals.h"
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
	DEAF_MS = 100,		/* after a connection that could not be taken */
	SCANS = 4,		/* for each worker, under way or waiting: none is ever idle */
	STREAMS = 8,		/* for each worker, those that are being sent */
	DRAIN_REST_MS = 5000,	/* of a client of a generation that ends */
	DRAIN_MS = 300 * 1000,	/* for the clients of a generation that ends */
	HURRY_MS = 5000		/* for scans, beyond what they may take */
};

struct serve {
	struct serve_settings s;
	struct client_host host;
	int signals;
	const struct listener *listener;
	unsigned listening;
	bool drains, hurries;	/* ends with its clients; with their scans */
	long long alive;	/* clock_ms: when to say that we are */
	long long draining;	/* clock_ms: since when */
	long long drained;	/* clock_ms: when it ends in any case */
	long long deaf;		/* clock_ms: no connection is taken before */
	size_t most;		/* clients */
	struct dispatch d;
	struct pollfd wanted[DISPATCH_CLIENTS + 300];
};

/* --- what a client asks of its host --------------------------------------------- */

static bool
host_busy(void *ctx, enum client_load load)
{
	const struct serve *v = ctx;
	unsigned n = v->d.crew.n, streams = 0, paths = 0;

	for (size_t i = 0; i < v->d.n; i++) {
		streams += v->d.guest[i].client->state == CLIENT_STREAM;
		paths += v->d.guest[i].client->paths != NULL;
	}
	return dispatch_in_flight(&v->d) >= SCANS * n ||
	    (load == LOAD_STREAM && streams >= STREAMS * n) ||
	    (load == LOAD_PATH && paths >= 2 * n);
}

static size_t
host_stats(void *ctx, char *text, size_t size)
{
	const struct serve *v = ctx;
	const struct board *b = v->s.board;
	unsigned live = 0, scanning = 0, waiting;
	time_t now = time(NULL);
	int n;

	for (unsigned i = 0; i < v->d.crew.n; i++) {
		live += v->d.crew.worker[i].pid > 0;
		scanning += v->d.crew.worker[i].scanning;
	}
	waiting = dispatch_in_flight(&v->d) > scanning ? dispatch_in_flight(&v->d) - scanning : 0;
	n = snprintf(text, size, "POOLS: 1\n\nSTATE: VALID PRIMARY\n"
	    "THREADS: live %u  idle %u max %u idle-timeout %d\nQUEUE: %u items\n"
	    "BUSY: %u of %u workers\nCLIENTS: %zu of %zu\n"
	    "SET: %.200s signatures %u age %lld\n", live, live - scanning, v->d.crew.n,
	    CLIENT_IDLE_MS / 1000, waiting, scanning, v->d.crew.n, v->d.n, v->most,
	    v->s.set, engine_signatures(v->d.crew.engine), (long long)(now - v->s.newest));
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

/* --- clients come and go -------------------------------------------------------------- */

/* May it go, where there is no room? */
static bool
dispensable(const struct guest *g, long long now)
{
	const struct client *c = g->client;

	return (c->nout > 0 || (c->state != CLIENT_STREAM && c->state != CLIENT_PATH &&
	    c->state != CLIENT_SCAN)) && !g->scanning && now - g->since >= DEAF_MS;
}

/* The one that rests longest makes room, or half a command; false: there is none. */
static bool
make_room(struct serve *v)
{
	long long now = clock_ms();
	struct guest *oldest = NULL;

	for (size_t i = 0; i < v->d.n; i++) {
		struct guest *g = &v->d.guest[i];
		int before = oldest == NULL ? 1 : (int)client_rests(g->client) -
		    (int)client_rests(oldest->client);

		if (dispensable(g, now) && (before > 0 || (before == 0 &&
		    g->client->until < oldest->client->until)))
			oldest = g;
	}
	if (oldest == NULL)
		return false;
	client_refuse(oldest->client, "Busy ERROR");
	dispatch_dismiss(&v->d, oldest);
	return true;
}

static void
accept_all(struct serve *v, int listener)
{
	for (int i = 0; i < 16; i++) {
		int fd;

		if (v->d.n == v->most && !make_room(v)) {
			v->deaf = clock_ms() + DEAF_MS;
			return;
		}
		if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
			dispatch_admit(&v->d, &v->host, fd);
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

	for (size_t i = v->d.n; i-- > 0; ) {
		struct guest *g = &v->d.guest[i];
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
		dispatch_dismiss(&v->d, g);
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
	if (waits)
		due = sooner(due, dispatch_lends(g));
	if (v->drains && client_rests(c))
		due = sooner(due, resting(v, g) + DRAIN_REST_MS + 1);
	return due;
}

/* When something is to be done without anybody asking; milliseconds. */
static int
patience(struct serve *v)
{
	long long now = clock_ms(), due = now + 3600 * 1000;
	bool waits = dispatch_waits(&v->d);

	due = sooner(due, crew_due(&v->d.crew));
	for (size_t i = 0; i < v->d.n; i++)
		due = sooner(due, guest_due(v, &v->d.guest[i], waits));
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
	for (unsigned i = 0; i < v->d.crew.n; i++)
		n = add(v, n, v->d.crew.worker[i].scanning ? v->d.crew.worker[i].socket : -1,
		    POLLIN);
	for (size_t i = 0; i < v->d.n; i++) {
		const struct guest *g = &v->d.guest[i];

		/* one that hung up would be told of without end */
		n = add(v, n, client_over(g->client) ? -1 : g->client->fd,
		    client_waits(g->client));
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
	/* of a worker: the scan under way, and one that waits for it */
	long long scans = HURRY_MS + 2 * 1000 * ((long long)v->s.crew.seconds + 1);
	long long now = clock_ms();
	char word;
	ssize_t n;

	while ((n = recv(v->s.channel, &word, 1, MSG_DONTWAIT)) == 1) {
		if (!v->drains) {
			v->draining = now;
			v->drained = now + (scans > DRAIN_MS ? scans : DRAIN_MS);
		}
		v->drains = true;
		if (word != SUPERVISE_HURRY || v->hurries)
			continue;
		v->hurries = true;
		v->drained = sooner(v->drained, now + scans);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
take_client(struct serve *v, struct guest *g, short revents)
{
	bool scans = g->client->state == CLIENT_SCAN;

	client_go(g->client, revents);
	if (!scans && g->client->state == CLIENT_SCAN)
		dispatch_queue(&v->d, g);
}

static void
take_clients(struct serve *v, const struct pollfd *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].revents != 0 || v->d.guest[i].client->more)
			take_client(v, &v->d.guest[i], p[i].revents);
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
	size_t clients = v->d.n, first = 2 + v->d.crew.n;
	int n = gather(v);

	if (poll(v->wanted, (nfds_t)n, patience(v)) < 0) {
		if (errno != EINTR)
			err(EXIT_RETRY, "poll");
		return true;
	}
	for (unsigned i = 0; i < v->d.crew.n; i++)
		if (v->wanted[2 + i].revents != 0 && v->d.crew.worker[i].scanning)
			dispatch_answered(&v->d, &v->d.crew.worker[i]);
	if ((v->wanted[0].revents != 0 && !take_signals(v)) ||
	    (v->wanted[1].revents != 0 && !take_orders(v)))
		return false;
	dispatch_bury(&v->d);
	take_clients(v, v->wanted + first, clients);
	let_go(v);
	for (unsigned i = 0; i < v->listening && !v->drains; i++)
		if (v->wanted[first + clients + i].revents != 0)
			accept_all(v, v->listener[i].fd);
	dispatch_begin(&v->d);
	stay_alive(v);
	return true;
}

void
serve_run(struct serve *v, const struct listener *l, unsigned n)
{
	v->listener = l;
	v->listening = n;
	while (round_once(v))
		if (v->drains && (v->d.n == 0 || clock_ms() > v->drained))
			break;
}

bool
serve_one(struct serve *v, int connection)
{
	if (!dispatch_admit(&v->d, &v->host, connection))
		return false;
	while (v->d.n > 0 && round_once(v))
		;
	return v->d.n == 0;
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
	if (r.rlim_cur > 2 * DISPATCH_CLIENTS + 64 + 2 * (rlim_t)workers)
		return DISPATCH_CLIENTS;
	most = (size_t)r.rlim_cur / 2;
	return most < 24 + workers ? 2 : most - 16 - workers;
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
	    .closer = closer_start(), .busy = host_busy, .stats = host_stats,
	    .reload = host_reload };
	v->signals = signals_take(SIGNALS);
	v->most = client_limit(s->workers);
	v->alive = clock_ms();
	dispatch_open(&v->d, e, &v->s.crew, s->workers, s->set);
	return v;
}

void
serve_end(struct serve *v)
{
	/* Whose time is up is told; at a signal the end itself is the answer. */
	for (size_t i = 0; i < v->d.n && v->drains; i++)
		client_refuse(v->d.guest[i].client, "Busy ERROR");
	dispatch_close(&v->d);
	close(v->signals);
	free(v);
}
