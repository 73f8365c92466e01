/* SPDX-License-Identifier: ISC */
#include "cmd/sigupdate/logged.h"
#include "cmd/sigupdate/child.h"
#include "cmd/sigupdate/say.h"
#include "cmd/sigupdate/stale.h"
#include "cmd/sigupdate/tell.h"
#include "common/cli.h"
#include "common/clock.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	SECONDS = 3,
	SAID = 300,
	NOT_STARTED = EXIT_FOUND	/* never virlog's own */
};

/* The virlog that is run, and what it has said so far. */
struct logger {
	pid_t pid;
	int in, err;		/* its standard input and error; -1: closed */
	long long until;	/* ms of clock_ms */
	char said[SAID];
	size_t n;
};

static _Noreturn void
be_virlog(const struct conf *c, int in, int error, pid_t parent)
{
	const char *argv[6] = { "virlog" };
	size_t n = 1;
	int out = open("/dev/null", O_WRONLY);

	if (c->json)
		argv[n++] = "-j";
	if (strcmp(c->log, LOG_SYSLOG) != 0) {
		argv[n++] = c->log[0] == '/' ? "-o" : "-s";
		argv[n++] = c->log;
	}
	argv[n] = NULL;
	if (child_ready(parent) && dup2(error, STDERR_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0 && dup2(in, STDIN_FILENO) >= 0)
		child_exec(argv);
	dprintf(error, "%s\n", strerror(errno));
	_exit(NOT_STARTED);
}

static bool
start(struct logger *l, const struct conf *c)
{
	pid_t parent = getpid();
	int in[2], error[2];

	if (!child_pipe(in))
		return false;
	if (!child_pipe(error)) {
		close(in[0]);
		close(in[1]);
		return false;
	}
	fflush(NULL);
	if ((l->pid = fork()) == 0)
		be_virlog(c, in[0], error[1], parent);
	close(in[0]);
	close(error[1]);
	l->in = in[1];
	l->err = error[0];
	return l->pid > 0 && fcntl(l->in, F_SETFL, O_NONBLOCK) == 0;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One that reads no more says why, or by its status that not all was logged. */
static void
give(struct logger *l, const char **text, size_t *n)
{
	ssize_t done = write(l->in, *text, *n);

	if (done > 0) {
		*text += done;
		*n -= (size_t)done;
	}
	if (*n == 0 || (done < 0 && errno != EAGAIN && errno != EINTR))
		shut(&l->in);
}

static void
hear(struct logger *l)
{
	char beyond[SAID];
	size_t room = sizeof l->said - 1 - l->n;
	ssize_t n = room > 0 ? read(l->err, l->said + l->n, room) :
	    read(l->err, beyond, sizeof beyond);

	if (room > 0 && n > 0)
		l->n += (size_t)n;
	if (n == 0 || (n < 0 && errno != EINTR))
		shut(&l->err);
}

/* All of the text, and its answer to the end; false: it takes too long. */
static bool
talk(struct logger *l, const char *text, size_t n)
{
	while (l->in >= 0 || l->err >= 0) {
		struct pollfd p[2] = { { .fd = l->in, .events = POLLOUT },
		    { .fd = l->err, .events = POLLIN } };
		long long left = l->until - clock_ms();

		if (left <= 0 || (poll(p, 2, (int)left) < 0 && errno != EINTR))
			return false;
		if (p[0].revents != 0)
			give(l, &text, &n);
		if (p[1].revents != 0)
			hear(l);
	}
	return true;
}

static void
hand_over(const struct conf *c, const char *text, size_t n)
{
	struct logger l = { .in = -1, .err = -1, .until = clock_ms() + SECONDS * 1000LL };
	bool started = start(&l, c), in_time = started && talk(&l, text, n);
	int status = l.pid > 0 ? child_end(l.pid, in_time, l.until) : -1;

	shut(&l.in);
	shut(&l.err);
	l.said[strcspn(l.said, "\n")] = '\0';
	if (!started || status < 0)
		say_plain("nothing is logged: %s", strerror(errno));
	else if (!in_time)
		say_plain("not all is logged: virlog took longer than %d seconds", SECONDS);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		say_plain("virlog: cannot be started: %s, nothing is logged", l.said);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_NOTHING)
		say_plain("not all is logged: %s", l.n > 0 ? l.said : "virlog failed");
	else if (l.n > 0)
		say_plain("%s", l.said);
}

static void
put_candidate(FILE *to, struct run *r, const struct candidate *c)
{
	enum stale stale = stale_source(&r->state, &r->now, c->source, r->time);

	if (stale == STALE_NOT && (c->outcome == OUTCOME_SAME || c->outcome == OUTCOME_LATER))
		return;
	tell_candidate(to, c, state_source(&r->state, c->source->name)->heard, stale);
}

/* Records that are collected, then handed over. */
struct records {
	FILE *to;
	char *text;
	size_t n;
};

static bool
begin(struct records *m)
{
	*m = (struct records){ .text = NULL };
	if ((m->to = open_memstream(&m->text, &m->n)) == NULL)
		say_plain("nothing is logged: %s", strerror(errno));
	return m->to != NULL;
}

static void
end(struct records *m, const struct conf *c)
{
	if (fclose(m->to) != 0)
		say_plain("nothing is logged: %s", strerror(errno));
	else if (m->n > 0)
		hand_over(c, m->text, m->n);
	free(m->text);
}

void
logged_run(struct run *r, const struct candidate *c, size_t n)
{
	struct records m;

	if (r->conf->log == NULL || !begin(&m))
		return;
	for (size_t i = 0; i < n; i++)
		put_candidate(m.to, r, &c[i]);
	if (r->current[0] != '\0')
		tell_generation(m.to, &r->now, r->current, "current");
	end(&m, r->conf);
}

/* A source that has become stale, where nobody is left who knows more. */
static void
put_stale(FILE *to, struct run *r, const struct source *s)
{
	enum stale stale = stale_source(&r->state, &r->now, s, r->time);
	struct candidate c = { .source = s };

	if (stale == STALE_NOT)
		return;
	candidate_is(&c, OUTCOME_FAILED, "the run did not come to its end");
	tell_candidate(to, &c, state_source(&r->state, s->name)->heard, stale);
}

void
logged_broken(const struct conf *c, const char *root)
{
	struct run r = { .conf = c, .time = time(NULL) };
	struct records m;

	if (c->log == NULL || !begin(&m))
		return;
	root_open(&r.root, root);
	state_read(&r.root, &r.state);
	if (!root_link(&r.root, "current", r.current) ||
	    !root_manifest(&r.root, r.current, &r.now)) {
		memset(&r.now, 0, sizeof r.now);
		r.current[0] = '\0';
	}
	for (size_t i = 0; i < c->sources; i++)
		put_stale(m.to, &r, &c->source[i]);
	if (r.current[0] != '\0')
		tell_generation(m.to, &r.now, r.current, "current");
	end(&m, c);
	manifest_free(&r.now);
	state_free(&r.state);
	root_close(&r.root);
}

void
logged_set(const struct conf *c, const struct manifest *set, const char *gen)
{
	struct records m;

	if (c->log == NULL || !begin(&m))
		return;
	tell_generation(m.to, set, gen, "current");
	end(&m, c);
}
