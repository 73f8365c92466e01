/* SPDX-License-Identifier: ISC */
/*
 * The numbers of a period, as the page, the summary and the files beside it show them: all
 * are of here, so they are the same.
 *
 * An hour counts whole or not at all: the one in which the report is made is in the
 * period.  A change is like for like: `like' are the hours of the period that are over,
 * `before' the same hours of the period before.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "cmd/virtally/tally.h"

enum {
	FIGURES_BARS = 31,
	FIGURES_TOP = 1000,	/* names of a kind at the most */
	FIGURES_SPARKS = 10,	/* viruses whose bars are kept */
	FIGURES_PAUSE = 30,	/* days in which a gateway's pauses are looked at */
	FIGURES_QUIET = 3,	/* hours of silence that say nothing yet */
	FIGURES_SELDOM = 24	/* the same, of a gateway with fewer hours with records */
};

enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_ALL, PERIOD_DATE };

struct span_of_time {
	enum period period;
	long long end;		/* the moment of the report */
	int from, to;		/* days */
	int fromhour, tohour;	/* the first hour of from, the last of to */
	bool over;		/* that hour is over */
	bool lines;		/* names stand by findings, else by messages */
};

struct count {
	unsigned long long messages, findings;
};

struct bar {
	long long start;	/* the second it begins */
	int day, hour;		/* hour -1: a whole day */
	bool over;		/* false: its time is not over */
};

struct named {
	struct span name;	/* coded; of the tally's names */
	uint32_t number;
	struct count total;
};

struct gateway {
	uint32_t host;
	struct span name;			/* coded; of the tally's names */
	struct count kinds[KIND_N];		/* in the period */
	unsigned long long virus[FIGURES_BARS];	/* messages */
	unsigned long long engine;		/* hours in which mail waited for an engine */
	long long last;		/* its last line that counts; 0: none */
	int pause;		/* hours: its usual longest pause */
	bool seldom;		/* it has few hours with records */
	struct span set;	/* coded; n 0: not known */
	long long made;		/* of the set; 0: not known */
	bool stale;		/* sigupdate said so last */
	bool quiet;		/* silent for too long, see figures_limit */
	bool old;		/* stale, or a day older than another gateway's set */
};

struct figures {
	struct span_of_time span;
	size_t bars;		/* 24 hours, 7 or 30 days; a date's hours; PERIOD_ALL: 0 */
	struct bar bar[FIGURES_BARS];
	struct count kinds[KIND_N], like[KIND_N], before[KIND_N];
	bool has_before;	/* the tally goes back that far */
	unsigned long long generation;	/* the highest there is in the tally */
	struct count kindbars[KIND_N][FIGURES_BARS];
	unsigned long long engine;		/* hours, gateways added */
	unsigned long long engine_like, engine_before;
	unsigned long long enginebars[FIGURES_BARS];
	size_t ngateways;
	struct gateway *gateways;		/* by virus messages, then by name */
	size_t quiet, old;			/* how many are marked */
	size_t ntop[KIND_N];
	struct named *top[KIND_N];		/* the most first, equal ones as `sort -nr' */
	size_t distinct[KIND_N];		/* how many names there are */
	struct count named[KIND_N];		/* their sum */
	unsigned long long sparks[FIGURES_SPARKS][FIGURES_BARS];	/* of the first viruses */
};

/*
 * -p and -e; wrong ones end with cli_usage.  NULL: a week; now.
 */
void figures_span(struct span_of_time *s, const struct tally *t, const char *period,
    const char *end);

/* Is the hour of this place in the period? */
bool figures_within(const struct span_of_time *s, const struct place *p);

/* Opens the days it needs.  Its spans are valid until the next one is made of this tally. */
struct figures *figures_make(struct tally *t, const struct span_of_time *s);
void figures_free(struct figures *f);

/* The hours of silence after which a gateway is quiet. */
int figures_limit(const struct gateway *g);

/* Lines that were counted in the period. */
unsigned long long figures_records(const struct figures *f);

#endif
