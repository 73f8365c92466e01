/* SPDX-License-Identifier: ISC */
/* virtally count: what is new in the logs, into the tally of a state. */
#include "cmd/virtally/input.h"
#include "cmd/virtally/logline.h"
#include "cmd/virtally/logs.h"
#include "cmd/virtally/progress.h"
#include "cmd/virtally/resume.h"
#include "cmd/virtally/scan.h"
#include "cmd/virtally/stamp.h"
#include "cmd/virtally/tally.h"
#include "cmd/virtally/verbs.h"
#include "common/clean.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SHOWN = 200,	/* bytes of a strange line */
	AHEAD = 4	/* a power of two */
};

/* What a log gave: a record of OUTPUT in virtally(1). */
struct result {
	const char *name;
	const char *state;
	unsigned long long bytes, records, duplicates, strange;
	bool shown;
	bool later;	/* what it is to be compared with may be among the other logs */
};

struct counting {
	const struct options *o;
	struct tally *tally;
	struct logs logs;
	long long now;
	int today;
	bool loaded;		/* the rest of the tally is there */
	bool changed;
	bool failed;
	bool last_turn;		/* of logs that were left for later */
	struct stamps stamps;	/* of the log at hand */
	struct logpast past;
	struct when last;	/* its last line that had a time */
	/*
	 * The last events, which are counted when the next ones are read: by then the memory
	 * that they need is there.
	 */
	struct waiting {
		struct event event;
		struct when when;
	} waiting[AHEAD];
	size_t read, counted;	/* of the events of the log; both of waiting, modulo AHEAD */
};

/* What only a run that has something new needs. */
static void
need_rest(struct counting *c)
{
	if (!c->loaded)
		tally_load_rest(c->tally);
	c->loaded = true;
}

static void
show_strange(const char *name, struct span line)
{
	char text[SHOWN];
	size_t n = line.n < sizeof text ? line.n : sizeof text;

	memcpy(text, line.p, n);
	n = clean_line(text, n);
	progress_warn(name, "strange: %.*s%s", (int)n, text, line.n > sizeof text ? "..." : "");
}

static bool
other_tag(const struct counting *c, const struct event *e)
{
	const char *tag = c->o->tag;

	return tag != NULL && (e->kind < KIND_RECEIVED || e->kind == KIND_STRANGE ||
	    e->kind == KIND_HEARTBEAT) &&
	    (e->tag.n != strlen(tag) || memcmp(e->tag.p, tag, e->tag.n) != 0);
}

/* Counts what waits, but for the last so many. */
static void
count_waiting(struct counting *c, struct result *r, size_t last)
{
	for (; c->read - c->counted > last; c->counted++) {
		const struct waiting *w = &c->waiting[c->counted % AHEAD];

		if (tally_count(c->tally, c->today, &w->when, &w->event) == TALLIED)
			r->records++;
		else
			r->duplicates++;
	}
}

static void
count_line(struct counting *c, struct result *r, struct span line)
{
	struct waiting *at = &c->waiting[c->read % AHEAD];
	struct event *e = &at->event;
	struct when w;
	enum logline what = logline_parse(e, line.p, line.n);

	if (what == LOGLINE_STRANGE)
		e->kind = KIND_STRANGE;
	if (what == LOGLINE_NONE || other_tag(c, e))
		return;
	if (stamps_when(&c->stamps, e->stamp, &w))
		c->last = w;
	else
		what = LOGLINE_STRANGE;
	need_rest(c);
	c->changed = true;
	if (what == LOGLINE_STRANGE) {
		count_waiting(c, r, 0);
		tally_strange(c->tally, &c->last, e);
		r->strange++;
		if (c->o->verbose)
			show_strange(r->name, line);
		return;
	}
	at->when = w;
	tally_expect(c->tally, e);
	c->read++;
	count_waiting(c, r, AHEAD - 1);
}

static void
count_lines(struct counting *c, struct result *r, struct input *in)
{
	struct span lines, line;

	while (input_lines(in, &lines)) {
		const char *at = lines.p, *end = lines.p + lines.n;

		while (scan_next(&at, end, &line))
			count_line(c, r, line);
		/* the next lines take the place of these */
		count_waiting(c, r, 0);
		input_pass(in, &c->past);
		progress_tick(input_done(in));
	}
}

/* The time of lines without a year, and of those without any. */
static void
start_stamps(struct counting *c, long long written)
{
	if (!calendar_when(&c->last, written))
		(void)calendar_when(&c->last, c->now);
	if (c->o->year != 0)
		stamps_start_year(&c->stamps, c->o->year);
	else
		stamps_start(&c->stamps, written);
}

static void
remember(struct counting *c, const char *name, struct input *in)
{
	struct logmark m = { .offset = input_offset(in), .tail = input_tail(in),
		.read = c->today, .past = c->past };

	/* a pipe has no identity that lasts */
	if (strcmp(name, "-") != 0) {
		logs_stat(&m, input_stat(in), input_good(in) && input_whole(in));
		m.end = m.changed > 0 ? input_end(in) : 0;
	}
	if (m.offset > 0)
		logs_remember(&c->logs, name, input_head(in), &m);
}

static void
count_input(struct counting *c, struct result *r, struct input *in)
{
	const bool later = !c->last_turn && strcmp(r->name, "-") != 0;
	enum resume from = resume(&c->logs, r->name, in, later, &c->past);
	unsigned long long start = input_offset(in);

	if (from == RESUME_LOST) {
		c->failed = true;
		return;
	}
	r->later = from == RESUME_LATER;
	if (r->later || from == RESUME_NOTHING)
		return;
	if (from != RESUME_OLDER) {
		start_stamps(c, strcmp(r->name, "-") == 0 ? c->now : input_stat(in)->st_mtim.tv_sec);
		count_lines(c, r, in);
		r->bytes = input_offset(in) - start;
	}
	if (r->bytes > 0)
		r->state = from == RESUME_NEW ? "new" : "more";
	if (!input_good(in))
		c->failed = true;
	remember(c, r->name, in);
}

static void
count_log(struct counting *c, struct result *r, const char *name)
{
	struct input *in;
	struct stat st;

	*r = (struct result){ .name = name, .state = "same", .shown = true };
	if (strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode) &&
	    logs_same(&c->logs, &st, c->today))
		return;
	if ((in = input_open(name)) == NULL) {
		c->failed = true;
		r->shown = false;
		return;
	}
	progress_start(name, S_ISREG(input_stat(in)->st_mode) ?
	    (unsigned long long)input_stat(in)->st_size : 0);
	if (strcmp(name, "-") == 0 || !logs_moved(&c->logs, name, input_stat(in), input_end(in),
	    c->today)) {
		if ((r->shown = input_verify(in)))
			count_input(c, r, in);
		else
			c->failed = true;
	}
	progress_erase();
	input_close(in);
}

static void
count_logs(struct counting *c, const struct options *o, struct result *results)
{
	for (int i = 0; i < o->argc; i++)
		count_log(c, &results[i], o->argv[i]);
	c->last_turn = true;
	for (int i = 0; i < o->argc; i++)
		if (results[i].later)
			count_log(c, &results[i], o->argv[i]);
}

static void
print(const struct result *r)
{
	struct record out;

	if (!r->shown)
		return;
	record_start(&out);
	record_addstr(&out, "log", r->name);
	record_addstr(&out, "state", r->state);
	record_addnum(&out, "bytes", r->bytes);
	record_addnum(&out, "records", r->records);
	record_addnum(&out, "duplicates", r->duplicates);
	record_addnum(&out, "strange", r->strange);
	record_end(&out);
	fwrite(out.text, 1, out.len, stdout);
}

static void
start(struct counting *c, const struct options *o)
{
	struct when now;

	c->o = o;
	c->now = time(NULL);
	if (!calendar_when(&now, c->now))
		errx(EXIT_RETRY, "the clock is wrong");
	c->today = now.day;
	c->tally = tally_new();
}

int
count_verb(const struct options *o)
{
	static struct counting c;
	struct result *results = calloc((size_t)o->argc + 1, sizeof *results);
	int dir;

	if (results == NULL)
		err(EXIT_RETRY, NULL);
	if (o->argc == 0)
		cli_usage(&virtally_cli, "give a log");
	start(&c, o);
	dir = tally_lock(o->state);
	tally_load(c.tally, dir, o->state, &c.logs);
	count_logs(&c, o, results);
	/* also of what is empty there is a tally then */
	if (c.changed || c.logs.news || c.tally->generation == 0) {
		need_rest(&c);
		tally_save(c.tally, dir, c.today, &c.logs);
	}
	for (int i = 0; i < o->argc && !o->quiet; i++)
		print(&results[i]);
	tally_free(c.tally);
	logs_free(&c.logs);
	free(results);
	return c.failed ? EXIT_RETRY : EXIT_NOTHING;
}
